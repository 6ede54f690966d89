#include "livesearch/merge/hit_keys.hpp"

#include "livesearch/merge/canonical_url.hpp"
#include "livesearch/merge/title_key.hpp"

namespace livesearch {

namespace {

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  return hash;
}

}  // namespace

hit_keys keys_of(const hit& found) {
  const std::string title = title_key(found.title, found.url);
  return {hash_of(canonical_url(found.url)), title.empty() ? 0 : hash_of(title)};
}

}  // namespace livesearch
