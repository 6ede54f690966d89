#include "livesearch/fuzz/fuzz_answer.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace livesearch;
  static const site_definition site = [] {
    site_definition made;
    made.id = "feed";
    made.answer.format = answer_format::feed;
    return made;
  }();
  fuzz_answer(site, fuzz_text(data, size));
  return 0;
}
