// A definition that loads can be used; one that does not says why.
#include "livesearch/fuzz/fuzz_input.hpp"
#include "livesearch/site/extraction.hpp"
#include "livesearch/site/loader.hpp"
#include "livesearch/site/request.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace livesearch;
  const auto site = load_definition(fuzz_text(data, size), "site.yaml");
  if (site) {
    must_hold(make_request(*site, {.text = "a query"}).has_value());
    must_hold(!request_host(*site).empty());
    must_hold(extractor::make(*site).has_value());
  } else {
    must_hold(!site.error().empty());
    for (const auto& error : site.error()) must_hold(!to_string(error).empty());
  }
  return 0;
}
