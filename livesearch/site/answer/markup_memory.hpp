#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace livesearch {

/// The memory of one parsed document, which is given back as a whole.
///
/// libxml2 asks for some thousand small pieces for each page, and gives each of them back on a walk
/// over the tree. While a `use` lives, what its thread's libxml2 asks for comes from here instead.
/// Pieces that are given back are used again while the document is parsed.
///
/// With the address sanitizer it does nothing, so that libxml2's own mistakes are still seen.
/// Lifetime: nothing that libxml2 made during a use may outlive the memory.
/// Threads: one at a time.
class markup_memory {
 public:
  /// For the whole program, before libxml2 is used for anything else.
  static void install();

  markup_memory() = default;
  markup_memory(const markup_memory&) = delete;
  markup_memory& operator=(const markup_memory&) = delete;

  class use {
   public:
    explicit use(markup_memory& memory) noexcept;
    ~use();
    use(const use&) = delete;
    use& operator=(const use&) = delete;

   private:
    markup_memory* before_;
  };

  /// Whether documents have to be taken apart by libxml2 after all.
  [[nodiscard]] static bool is_off() noexcept;

 private:
  friend struct markup_memory_hooks;

  /// Precedes each piece.
  struct alignas(std::max_align_t) header {
    std::size_t size;
    markup_memory* owner;  ///< none for a piece of the program's memory
  };
  struct free_piece {
    free_piece* next;
  };

  static constexpr std::size_t step = alignof(std::max_align_t);
  static constexpr std::size_t largest_reused = 1024;

  [[nodiscard]] void* take(std::size_t size) noexcept;
  void give_back(void* piece, std::size_t size) noexcept;
  [[nodiscard]] bool add_block(std::size_t bytes) noexcept;

  std::vector<std::unique_ptr<std::byte[]>> blocks_{};
  std::byte* next_ = nullptr;
  std::size_t left_ = 0;
  std::array<free_piece*, largest_reused / step + 1> free_{};  ///< by size in steps
};

}  // namespace livesearch
