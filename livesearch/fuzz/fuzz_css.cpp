// The first line is a selector, the rest a page. What is selected are elements, each once and in
// document order, and a list selects only what one of its parts does.
#include <algorithm>
#include <optional>
#include <vector>

#include "livesearch/fuzz/fuzz_input.hpp"
#include "livesearch/site/answer/charset.hpp"
#include "livesearch/site/answer/css_search.hpp"

namespace {

using namespace livesearch;

using elements = std::vector<markup_node>;

// Nothing if it took more than its effort: only whole searches can be compared.
std::optional<elements> selected(const css_selector& selector, const markup_document& page) {
  search_effort effort{200'000};
  css_search search{selector, page.top(), effort};
  elements found;
  while (const auto* node = search.next()) found.push_back(node);
  return effort.is_spent() ? std::nullopt : std::optional{std::move(found)};
}

bool is_in_order(const elements& found, const elements& all) {
  auto at = all.begin();
  return std::ranges::all_of(found, [&](markup_node node) {
    at = std::find(at, all.end(), node);
    return at != all.end() && at++ != all.end();
  });
}

bool is_selected_by_a_part(markup_node node, const css_selector& whole,
                           const markup_document& page) {
  return std::ranges::any_of(whole.paths, [&](const css_path& path) {
    const auto found = selected({.paths = {path}}, page);
    return !found || std::ranges::find(*found, node) != found->end();
  });
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = valid_utf8(fuzz_text(data, size));
  const auto line = std::min(input.find('\n'), input.size());
  const auto selector = css_selector::parse(input.substr(0, line));
  const auto page = markup_document::parse_html(input.substr(std::min(line + 1, input.size())));
  if (!selector || !page) return 0;
  const auto found = selected(*selector, *page);
  const auto all = selected(css_selector::parse("*").value(), *page);
  if (!found || !all) return 0;
  must_hold(is_in_order(*found, *all));
  if (found->size() > 20 || selector->paths.size() > 20) return 0;
  for (const auto* node : *found) must_hold(is_selected_by_a_part(node, *selector, *page));
  return 0;
}
