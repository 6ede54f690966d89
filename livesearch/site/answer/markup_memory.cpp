#include "livesearch/site/answer/markup_memory.hpp"

#include <libxml/xmlmemory.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace livesearch {

namespace {

constexpr std::size_t block_size = std::size_t{64} << 10U;

thread_local markup_memory* in_use = nullptr;

}  // namespace

// Defined before what calls it for nearly every piece.
inline void* markup_memory::take(std::size_t size) noexcept {
  const std::size_t steps = (size + step - 1) / step;
  if (steps < free_.size() && free_[steps] != nullptr) {
    free_piece* const again = free_[steps];
    free_[steps] = again->next;
    return again;
  }
  const std::size_t rounded = std::max<std::size_t>(steps, 1) * step;
  const std::size_t needed = sizeof(header) + rounded;
  if (needed > left_ && !add_block(needed)) return nullptr;
  std::byte* const room = next_;
  next_ += needed;
  left_ -= needed;
  return new (room) header{rounded, this} + 1;
}

/// What libxml2 calls: pieces of documents and of the program are told apart by their headers.
struct markup_memory_hooks {
  using header = markup_memory::header;

  static void* take(std::size_t size) {
    if (in_use != nullptr) return in_use->take(size);
    auto* const made = static_cast<header*>(std::malloc(sizeof(header) + size));
    if (made == nullptr) return nullptr;
    *made = {size, nullptr};
    return made + 1;
  }

  static void give_back(void* piece) {
    if (piece == nullptr) return;
    auto* const known = static_cast<header*>(piece) - 1;
    if (known->owner == nullptr) return std::free(known);
    known->owner->give_back(piece, known->size);
  }

  static void* take_more(void* piece, std::size_t size) {
    if (piece == nullptr) return take(size);
    auto* const known = static_cast<header*>(piece) - 1;
    if (known->owner == nullptr) {
      auto* const made = static_cast<header*>(std::realloc(known, sizeof(header) + size));
      if (made == nullptr) return nullptr;
      made->size = size;
      return made + 1;
    }
    if (size <= known->size) return piece;
    void* const made = known->owner->take(size);
    if (made == nullptr) return nullptr;
    std::memcpy(made, piece, known->size);
    known->owner->give_back(piece, known->size);
    return made;
  }

  static char* copy(const char* text) {
    const std::size_t size = std::strlen(text) + 1;
    auto* const made = static_cast<char*>(take(size));
    if (made != nullptr) std::memcpy(made, text, size);
    return made;
  }
};

void markup_memory::install() {
  if (is_off()) return;
  xmlMemSetup(markup_memory_hooks::give_back, markup_memory_hooks::take,
              markup_memory_hooks::take_more, markup_memory_hooks::copy);
}

bool markup_memory::is_off() noexcept {
#if defined(__SANITIZE_ADDRESS__)
  return true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
  return true;
#else
  return false;
#endif
#else
  return false;
#endif
}

markup_memory::use::use(markup_memory& memory) noexcept : before_{in_use} {
  in_use = &memory;
}

markup_memory::use::~use() {
  in_use = before_;
}

void markup_memory::give_back(void* piece, std::size_t size) noexcept {
  const std::size_t steps = size / step;
  if (steps >= free_.size()) return;
  free_[steps] = new (piece) free_piece{free_[steps]};
}

bool markup_memory::add_block(std::size_t bytes) noexcept try {
  const std::size_t size = std::max(bytes, block_size);
  blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(size));
  next_ = blocks_.back().get();
  left_ = size;
  return true;
} catch (const std::bad_alloc&) {
  return false;
}

}  // namespace livesearch
