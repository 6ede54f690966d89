// The first line is a path, the rest a document.
#include "livesearch/fuzz/fuzz_input.hpp"
#include "livesearch/site/syntax/json_path.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace livesearch;
  const auto text = fuzz_text(data, size);
  const auto end = text.find('\n');
  const auto path = json_path::parse(text.substr(0, end));
  if (!path || end == std::string_view::npos) return 0;
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(text.data() + end, text.size() - end).get(root) != simdjson::SUCCESS) return 0;
  must_hold(path->evaluate(root).size() <= size);
  return 0;
}
