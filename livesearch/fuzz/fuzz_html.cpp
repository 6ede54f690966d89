#include "livesearch/fuzz/fuzz_answer.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace livesearch;
  static const site_definition site = [] {
    site_definition made;
    made.id = "html";
    made.answer = {.format = answer_format::html,
                   .results = {.kind = rule_kind::css, .expression = "li:not(.no), div > .hit"},
                   .title = {.kind = rule_kind::css, .expression = "a"},
                   .url = {.kind = rule_kind::css, .expression = "a", .attribute = "href"},
                   .snippet = {.kind = rule_kind::xpath, .expression = ".//p | @title"}};
    return made;
  }();
  fuzz_answer(site, fuzz_text(data, size));
  return 0;
}
