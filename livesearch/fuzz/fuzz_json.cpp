#include "livesearch/fuzz/fuzz_answer.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace livesearch;
  static const site_definition site = [] {
    site_definition made;
    made.id = "json";
    made.answer = {
        .format = answer_format::json,
        .results = {.kind = rule_kind::path, .expression = "r[*]"},
        .title = {.kind = rule_kind::path, .expression = "t"},
        .url = {.kind = rule_kind::url_template, .expression = "https://site.example/{u}/{title}"},
        .snippet = {.kind = rule_kind::path, .expression = "s"},
        .fields = {{"u", {.kind = rule_kind::path, .expression = "u"}}}};
    return made;
  }();
  fuzz_answer(site, fuzz_text(data, size));
  return 0;
}
