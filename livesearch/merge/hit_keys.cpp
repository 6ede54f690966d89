#include "livesearch/merge/hit_keys.hpp"

#include <genstage/core/fnv1a.hpp>

#include "livesearch/merge/canonical_url.hpp"
#include "livesearch/merge/title_key.hpp"

namespace livesearch {

hit_keys keys_of(const hit& found) {
  const std::string title = title_key(found.title, found.url);
  return {genstage::fnv1a(canonical_url(found.url)), title.empty() ? 0 : genstage::fnv1a(title)};
}

}  // namespace livesearch
