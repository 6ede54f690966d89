#include "livesearch/merge/hit_keys.hpp"

#include "livesearch/merge/canonical_url.hpp"
#include "livesearch/merge/title_key.hpp"

namespace livesearch {

hit_keys keys_of(const hit& found) {
  return {page_key(found.url), title_hash(found.title, found.url)};
}

}  // namespace livesearch
