// Selectors against pages: the translation, libxml2 and a matcher that works as the standard says.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <functional>
#include <memory>
#include <random>
#include <utility>

#include "livesearch/site/answer/markup.hpp"
#include "livesearch/site/answer/xpath_reader.hpp"
#include "livesearch/site/syntax/css_to_xpath.hpp"

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

std::vector<std::string> selected(std::string_view html, std::string_view css) {
  const auto document = markup_document::parse_html(html);
  xpath_reader reader{*document};
  const auto compiled = reader.compile(css_to_xpath(css).value());
  const auto value = reader.evaluate(*compiled, document->top());
  std::vector<std::string> numbers;
  for (const auto* node : std::get<std::vector<markup_node>>(*value)) {
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

RC_GTEST_PROP(css_selection, selects_what_the_standard_says_in_document_order, (unsigned seed)) {
  page_maker maker{.random = std::mt19937{seed}};
  const auto page = page_around(maker.make(4));
  const auto wanted = random_selector(maker);
  const auto& inside = *page->children.front()->children.front();
  RC_LOG() << wanted.text << "\n" << html_of(inside) << "\n";

  const auto numbers = selected("<html><body>" + html_of(inside) + "</body></html>", wanted.text);

  std::vector<std::string> expected;
  for (const auto* each : maker.all) {
    if (wanted.matches(*each)) expected.push_back(std::to_string(each->number));
  }
  RC_ASSERT(numbers == expected);
}

}  // namespace
}  // namespace livesearch
