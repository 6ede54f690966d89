#include "livesearch/site/answer/css_search.hpp"

#include <libxml/tree.h>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace livesearch {
namespace {

// libxml2's texts end in a zero, which a selector cannot hold.
bool is_text(const xmlChar* text, std::string_view wanted) noexcept {
  const auto* const bytes = reinterpret_cast<const char*>(text);
  for (std::size_t at = 0; at < wanted.size(); ++at) {
    if (bytes[at] != wanted[at]) return false;
  }
  return bytes[wanted.size()] == '\0';
}

bool is_element(const xmlNode& node) noexcept {
  return node.type == XML_ELEMENT_NODE;
}

bool can_hold_elements(const xmlNode& node) noexcept {
  return is_element(node) || node.type == XML_HTML_DOCUMENT_NODE || node.type == XML_DOCUMENT_NODE;
}

constexpr bool is_space(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool has_word(std::string_view text, std::string_view word) noexcept {
  std::size_t at = 0;
  while (at + word.size() <= text.size()) {
    if (is_space(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && !is_space(text[end])) ++end;
    if (text.substr(at, end - at) == word) return true;
    at = end;
  }
  return false;
}

bool compares(css_test test, const char* text, std::size_t size, const std::string& wanted) {
  const std::string_view value{text, size};
  switch (test) {
    case css_test::value:
      return value == wanted;
    case css_test::word:
      return has_word(value, wanted);
    case css_test::value_or_dash:
      return value.starts_with(wanted) && (size == wanted.size() || value[wanted.size()] == '-');
    case css_test::beginning:
      return value.starts_with(wanted);
    case css_test::end:
      return value.ends_with(wanted);
    case css_test::part:
      return std::strstr(text, wanted.c_str()) != nullptr;
    default:
      return true;
  }
}

}  // namespace

markup_node css_search::next() noexcept {
  while (at_ != nullptr && !effort_.is_spent()) {
    effort_.spend(1);
    if (at_->children != nullptr && can_hold_elements(*at_)) {
      at_ = at_->children;
    } else {
      while (at_ != top_ && at_->next == nullptr) at_ = at_->parent;
      at_ = at_ == top_ ? nullptr : at_->next;
    }
    if (at_ != nullptr && is_element(*at_) && is_selected(*at_)) return at_;
  }
  return nullptr;
}

bool css_search::is_selected(const xmlNode& element) noexcept {
  const auto selects = [&](const css_path& path) {
    return match(path, path.size() - 1, element) == verdict::matches;
  };
  return std::ranges::any_of(selector_.paths, selects) && !effort_.is_spent();
}

css_search::verdict css_search::match(const css_path& path, std::size_t last,
                                      const xmlNode& element) noexcept {
  effort_.spend(1);
  if (!fits(path[last], element)) return verdict::fails;
  return last == 0 ? verdict::matches : match_before(path, last, element);
}

// From right to left. An ancestor that does not match for want of ancestors of its own says the
// same of those above it, and a sibling the same of those before it: without that, a path would
// take all ways through a page.
css_search::verdict css_search::match_before(const css_path& path, std::size_t last,
                                             const xmlNode& element) noexcept {
  switch (path[last].before) {
    case css_combinator::parent: {
      if (element.parent == top_) return verdict::fails_with_all;
      const auto found = match(path, last - 1, *element.parent);
      return found == verdict::fails ? verdict::fails_with_siblings : found;
    }
    case css_combinator::ancestor:
      for (const auto* above = element.parent; above != top_; above = above->parent) {
        const auto found = match(path, last - 1, *above);
        if (found == verdict::matches || found == verdict::fails_with_all) return found;
        if (effort_.is_spent()) break;
      }
      return verdict::fails_with_all;
    case css_combinator::sibling_just_before: {
      const auto* const before = sibling(element, &xmlNode::prev);
      return before == nullptr ? verdict::fails_with_siblings : match(path, last - 1, *before);
    }
    case css_combinator::sibling_before:
      for (const auto* before = sibling(element, &xmlNode::prev); before != nullptr;
           before = sibling(*before, &xmlNode::prev)) {
        const auto found = match(path, last - 1, *before);
        if (found != verdict::fails) return found;
        if (effort_.is_spent()) break;
      }
      return verdict::fails_with_siblings;
  }
  return verdict::fails_with_all;
}

bool css_search::fits(const css_compound& compound, const xmlNode& element) noexcept {
  if (!compound.element.empty() && !is_text(element.name, compound.element)) return false;
  return std::ranges::all_of(compound.conditions, [&](const css_condition& condition) {
    return holds(condition, element) != condition.is_negated;
  });
}

bool css_search::holds(const css_condition& condition, const xmlNode& element) noexcept {
  switch (condition.test) {
    case css_test::any_element:
      return true;
    case css_test::element:
      return is_text(element.name, condition.name);
    case css_test::place:
      return has_place(condition, element);
    case css_test::last_place:
      return sibling(element, &xmlNode::next) == nullptr;
    default:
      return has_attribute(condition, element);
  }
}

// Counts no further than it has to: only steps upwards reach places beyond the start.
bool css_search::has_place(const css_condition& condition, const xmlNode& element) noexcept {
  const bool is_bounded = condition.step <= 0;
  int place = 1;
  for (const auto* before = sibling(element, &xmlNode::prev); before != nullptr;
       before = sibling(*before, &xmlNode::prev)) {
    ++place;
    if ((is_bounded && place > condition.start) || effort_.is_spent()) return false;
  }
  const int beyond = place - condition.start;
  if (condition.step == 0) return beyond == 0;
  const bool is_reached = condition.step > 0 ? beyond >= 0 : beyond <= 0;
  return is_reached && beyond % condition.step == 0;
}

bool css_search::has_attribute(const css_condition& condition, const xmlNode& element) noexcept {
  const auto* attribute = element.properties;
  while (attribute != nullptr && !is_text(attribute->name, condition.name)) {
    effort_.spend(1);
    attribute = attribute->next;
  }
  if (attribute == nullptr) return false;
  if (condition.test == css_test::attribute) return true;
  // In HTML a value is one text.
  const auto* const content = attribute->children;
  const char* const text =
      content == nullptr ? "" : reinterpret_cast<const char*>(content->content);
  const std::size_t size = std::strlen(text);
  effort_.spend(size / 64);
  return compares(condition.test, text, size, condition.value);
}

markup_node css_search::sibling(const xmlNode& element, way next) noexcept {
  const xmlNode* beside = element.*next;
  effort_.spend(1);
  while (beside != nullptr && !is_element(*beside)) {
    effort_.spend(1);
    beside = beside->*next;
  }
  return beside;
}

}  // namespace livesearch
