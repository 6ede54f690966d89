// Selectors on random pages: what is found, beside a matcher that works as the standard says.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <functional>
#include <memory>
#include <random>
#include <utility>

#include "livesearch/site/answer/css_search.hpp"
#include "livesearch/site/answer/markup.hpp"

namespace livesearch {
namespace {

struct element {
  std::string tag;
  std::string classes;
  std::string mark;
  int number = 0;
  element* parent = nullptr;
  std::vector<std::unique_ptr<element>> children;
};

struct page_maker {
  std::mt19937 random;
  int count = 0;
  std::vector<element*> all{};

  int below(int limit) { return static_cast<int>(random() % static_cast<unsigned>(limit)); }

  std::unique_ptr<element> make(int depth) {
    static constexpr const char* tags[] = {"xa", "xb", "xc"};
    static constexpr const char* classes[] = {"", "p", "q", "p q", " q\tp "};
    static constexpr const char* marks[] = {"", "u", "u-v", "vu", "u v"};
    auto made = std::make_unique<element>();
    made->tag = tags[below(3)];
    made->classes = classes[below(5)];
    made->mark = marks[below(5)];
    made->number = count++;
    all.push_back(made.get());
    for (int child = depth == 0 ? 0 : below(5); child > 0; --child) {
      made->children.push_back(make(depth - 1));
      made->children.back()->parent = made.get();
    }
    return made;
  }
};

std::string html_of(const element& from) {
  auto html = fmt::format("<{} n=\"{}\" class=\"{}\" m=\"{}\">", from.tag, from.number,
                          from.classes, from.mark);
  for (const auto& child : from.children) html += html_of(*child);
  return html + fmt::format("</{}>", from.tag);
}

int place_of(const element& of) {
  if (of.parent == nullptr) return 1;
  int place = 1;
  for (const auto& sibling : of.parent->children) {
    if (sibling.get() == &of) break;
    ++place;
  }
  return place;
}

const element* sibling_before(const element& of) {
  const auto place = place_of(of);
  return place < 2 ? nullptr : of.parent->children[static_cast<std::size_t>(place - 2)].get();
}

using matcher = std::function<bool(const element&)>;

struct selector {
  std::string text;
  matcher matches;
};

selector random_simple(page_maker& maker) {
  const auto has_class = [](std::string_view name) {
    return [name](const element& of) { return of.classes.find(name) != std::string::npos; };
  };
  const auto mark_is = [](auto holds) {
    return [holds](const element& of) { return holds(std::string_view{of.mark}); };
  };
  switch (maker.below(11)) {
    case 0:
      return {".p", has_class("p")};
    case 1:
      return {".q", has_class("q")};
    case 2:
      return {"[m=u]", mark_is([](auto mark) { return mark == "u"; })};
    case 3:
      return {"[m^='u']", mark_is([](auto mark) { return mark.starts_with("u"); })};
    case 4:
      return {"[m$=u]", mark_is([](auto mark) { return mark.ends_with("u"); })};
    case 5:
      return {"[m*=v]", mark_is([](auto mark) { return mark.find('v') != mark.npos; })};
    case 6:
      return {"[m|=u]", mark_is([](auto mark) { return mark == "u" || mark == "u-v"; })};
    case 7:
      return {"[m~=u]", mark_is([](auto mark) { return mark == "u" || mark == "u v"; })};
    case 8:
      return {":first-child", [](const element& of) { return place_of(of) == 1; }};
    case 9:
      return {":last-child", [](const element& of) {
                return of.parent == nullptr || of.parent->children.back().get() == &of;
              }};
    default:
      break;
  }
  const int a = maker.below(7) - 3;
  const int b = maker.below(9) - 4;
  return {fmt::format(":nth-child({}n{:+})", a, b), [a, b](const element& of) {
            for (int n = 0; n < 20; ++n) {
              if (a * n + b == place_of(of)) return true;
            }
            return false;
          }};
}

selector random_compound(page_maker& maker) {
  const char tag = "abc"[maker.below(3)];
  selector made{fmt::format("x{}", tag), [tag](const element& of) { return of.tag[1] == tag; }};
  if (maker.below(2) == 0) made = {"*", [](const element&) { return true; }};
  for (int more = maker.below(3); more > 0; --more) {
    auto simple = random_simple(maker);
    const bool is_negated = maker.below(3) == 0;
    if (is_negated) simple.text = ":not(" + simple.text + ")";
    made = {made.text + simple.text,
            [first = made.matches, second = simple.matches, is_negated](const element& of) {
              return first(of) && second(of) != is_negated;
            }};
  }
  return made;
}

selector random_selector(page_maker& maker) {
  auto made = random_compound(maker);
  for (int more = maker.below(3); more > 0; --more) {
    auto right = random_compound(maker);
    const char combinator = " >+~"[maker.below(4)];
    made = {made.text + combinator + right.text,
            [left = made.matches, last = right.matches, combinator](const element& of) {
              if (!last(of)) return false;
              if (combinator == '>') return of.parent != nullptr && left(*of.parent);
              const auto* before = sibling_before(of);
              if (combinator == '+') return before != nullptr && left(*before);
              if (combinator == ' ') before = of.parent;
              while (before != nullptr) {
                if (left(*before)) return true;
                before = combinator == ' ' ? before->parent : sibling_before(*before);
              }
              return false;
            }};
  }
  return made;
}

using selected_elements = std::vector<markup_node>;

selected_elements selected_below(markup_node top, const css_selector& wanted) {
  search_effort effort;
  css_search search{wanted, top, effort};
  selected_elements found;
  while (const auto* node = search.next()) found.push_back(node);
  return found;
}

std::vector<std::string> numbers_of(const selected_elements& nodes) {
  std::vector<std::string> numbers;
  for (const auto* node : nodes) {
    auto number = attribute_of(node, "n");
    if (!number.empty()) numbers.push_back(std::move(number));
  }
  return numbers;
}

// A page around `inside`, as libxml2 makes it; html and body carry no number.
std::unique_ptr<element> page_around(std::unique_ptr<element> inside) {
  for (const char* tag : {"body", "html"}) {
    auto around = std::make_unique<element>();
    around->tag = tag;
    inside->parent = around.get();
    around->children.push_back(std::move(inside));
    inside = std::move(around);
  }
  return inside;
}

struct random_page {
  explicit random_page(unsigned seed)
      : maker{.random = std::mt19937{seed}}, page{page_around(maker.make(4))} {}

  // A list of one or two selectors.
  selector wanted() {
    auto made = random_selector(maker);
    if (maker.below(3) != 0) return made;
    auto other = random_selector(maker);
    return {made.text + ", " + other.text, [one = made.matches, two = other.matches](
                                               const element& of) { return one(of) || two(of); }};
  }

  [[nodiscard]] const element& inside() const { return *page->children.front()->children.front(); }

  [[nodiscard]] std::string html() const {
    return "<html><body>" + html_of(inside()) + "</body></html>";
  }

  page_maker maker;
  std::unique_ptr<element> page;
};

RC_GTEST_PROP(css_selection, selects_what_the_standard_says_in_document_order, (unsigned seed)) {
  random_page page{seed};
  const auto wanted = page.wanted();
  RC_LOG() << wanted.text << "\n" << page.html() << "\n";
  const auto document = markup_document::parse_html(page.html());

  const auto found =
      numbers_of(selected_below(document->top(), css_selector::parse(wanted.text).value()));

  std::vector<std::string> expected;
  for (const auto* each : page.maker.all) {
    if (wanted.matches(*each)) expected.push_back(std::to_string(each->number));
  }
  RC_ASSERT(found == expected);
}

// Below a result, what stands around it must not count, except for its children's places.
RC_GTEST_PROP(css_selection, selects_below_an_element_as_on_a_page_of_its_own, (unsigned seed)) {
  random_page page{seed};
  const auto wanted = css_selector::parse(page.wanted().text).value();
  const auto all = css_selector::parse("[n]").value();
  const auto document = markup_document::parse_html(page.html());
  const auto elements = selected_below(document->top(), all);
  const auto index = static_cast<std::size_t>(page.maker.below(static_cast<int>(elements.size())));

  const auto found = numbers_of(selected_below(elements[index], wanted));

  std::string alone;
  for (const auto& child : page.maker.all[index]->children) alone += html_of(*child);
  const auto other = markup_document::parse_html("<html><body>" + alone + "</body></html>");
  const auto* const body = selected_below(other->top(), css_selector::parse("body").value()).at(0);
  RC_ASSERT(found == numbers_of(selected_below(body, wanted)));
}

}  // namespace
}  // namespace livesearch
