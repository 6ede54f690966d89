#pragma once

#include <cstddef>
#include <cstdint>

#include "livesearch/site/answer/markup.hpp"
#include "livesearch/site/syntax/css_selector.hpp"

namespace livesearch {

/// What looking for elements may cost together, so that no page can keep a thread busy.
///
/// A step is a node, an attribute or 64 bytes of a value that are looked at. A page of some
/// megabytes takes well under a million, and ten million take less than a second.
class search_effort {
 public:
  static constexpr std::size_t most_steps = 10'000'000;

  explicit search_effort(std::size_t steps = most_steps) noexcept : left_{steps} {}

  void spend(std::size_t steps) noexcept { left_ = steps < left_ ? left_ - steps : 0; }

  [[nodiscard]] bool is_spent() const noexcept { return left_ == 0; }

 private:
  std::size_t left_;
};

/// The elements of an HTML page that a selector selects below a node, one after the other in
/// document order.
///
/// Unlike in a browser, the whole selector must match below that node.
/// Lifetime: selector, document and effort must outlive it.
/// Cost: allocates nothing.
/// Source: W3C Selectors Level 3, sections 6 to 8.
class css_search {
 public:
  css_search(const css_selector& selector, markup_node top, search_effort& effort) noexcept
      : selector_{selector}, top_{top}, at_{top}, effort_{effort} {}

  /// The next element; none at the end, and none once the effort is spent.
  [[nodiscard]] markup_node next() noexcept;

 private:
  /// What is known once an element does not match: how far away another can still help.
  enum class verdict : std::uint8_t { matches, fails, fails_with_siblings, fails_with_all };

  [[nodiscard]] bool is_selected(const _xmlNode& element) noexcept;
  verdict match(const css_path& path, std::size_t last, const _xmlNode& element) noexcept;
  verdict match_before(const css_path& path, std::size_t last, const _xmlNode& element) noexcept;
  [[nodiscard]] bool fits(const css_compound& compound, const _xmlNode& element) noexcept;
  [[nodiscard]] bool holds(const css_condition& condition, const _xmlNode& element) noexcept;
  [[nodiscard]] bool has_place(const css_condition& condition, const _xmlNode& element) noexcept;
  [[nodiscard]] bool has_attribute(const css_condition& condition,
                                   const _xmlNode& element) noexcept;

  using way = _xmlNode* _xmlNode::*;
  [[nodiscard]] markup_node sibling(const _xmlNode& element, way next) noexcept;

  const css_selector& selector_;
  markup_node top_;
  markup_node at_;
  search_effort& effort_;
};

}  // namespace livesearch
