// A canonical address is one that stays as it is, and the same however its parts are written.
#include <genstage/core/fnv1a.hpp>

#include "livesearch/fuzz/fuzz_input.hpp"
#include "livesearch/merge/canonical_url.hpp"
#include "livesearch/merge/hit_keys.hpp"
#include "livesearch/merge/title_key.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace livesearch;
  const std::string url{fuzz_text(data, size)};
  const std::string canonical = canonical_url(url);
  must_hold(canonical_url(canonical) == canonical);
  must_hold(canonical.size() <= 3 * size + 10);
  const bool is_web = url.starts_with("https://") && canonical != url;
  if (is_web) must_hold(canonical_url("http" + url.substr(5)) == canonical);
  must_hold(page_key(url) == genstage::fnv1a(canonical));
  const std::string title = title_key(url, canonical);
  must_hold(title.size() <= size);
  must_hold(title_hash(url, canonical) == (title.empty() ? 0 : genstage::fnv1a(title)));
  must_hold(keys_of({url, url, ""}).page == keys_of({url, canonical, ""}).page);
  return 0;
}
