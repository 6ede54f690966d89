// Whatever css_to_xpath accepts must be an expression that libxml2 accepts and that gives nodes.
#include "livesearch/fuzz/fuzz_input.hpp"
#include "livesearch/site/answer/charset.hpp"
#include "livesearch/site/answer/xpath_reader.hpp"
#include "livesearch/site/syntax/css_to_xpath.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace livesearch;
  const auto expression = css_to_xpath(valid_utf8(fuzz_text(data, size)));
  if (expression) must_hold(xpath_mistake(*expression, xpath_need::nodes).empty());
  return 0;
}
