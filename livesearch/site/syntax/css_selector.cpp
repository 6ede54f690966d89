#include "livesearch/site/syntax/css_selector.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "livesearch/site/syntax/letter_case.hpp"

namespace livesearch {
namespace {

constexpr std::string_view whitespace = " \t\r\n";

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

constexpr bool starts_name(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '\\' ||
         static_cast<unsigned char>(c) >= 0x80;
}

constexpr bool continues_name(char c) noexcept {
  return starts_name(c) || is_digit(c) || c == '-';
}

constexpr int hex_value(char c) noexcept {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void append_utf8(std::string& text, std::uint32_t point) {
  const auto add = [&text](std::uint32_t byte) { text += static_cast<char>(byte); };
  // What no document can hold, a selector cannot look for.
  const bool is_character = point >= 0x20 && point <= 0x10FFFF && point != 0xFFFE &&
                            point != 0xFFFF && (point < 0xD800 || point > 0xDFFF);
  if (!is_character) point = 0xFFFD;
  if (point < 0x80) {
    add(point);
  } else if (point < 0x800) {
    add(0xC0U | (point >> 6U));
    add(0x80U | (point & 0x3FU));
  } else if (point < 0x10000) {
    add(0xE0U | (point >> 12U));
    add(0x80U | ((point >> 6U) & 0x3FU));
    add(0x80U | (point & 0x3FU));
  } else {
    add(0xF0U | (point >> 18U));
    add(0x80U | ((point >> 12U) & 0x3FU));
    add(0x80U | ((point >> 6U) & 0x3FU));
    add(0x80U | (point & 0x3FU));
  }
}

// Whether a word can stand in a list of words that white space parts.
bool is_word(std::string_view text) noexcept {
  return !text.empty() && text.find_first_of(whitespace) == std::string_view::npos;
}

css_condition attribute_condition(std::string name, char operation, std::string value) {
  // Section 6.3: these hold for no attribute if there is nothing that could be found.
  const bool is_void = (operation == '~' && !is_word(value)) ||
                       (value.empty() && std::string_view{"^$*"}.contains(operation));
  if (is_void) return {.test = css_test::any_element, .is_negated = true};
  const auto test = operation == '~'   ? css_test::word
                    : operation == '|' ? css_test::value_or_dash
                    : operation == '^' ? css_test::beginning
                    : operation == '$' ? css_test::end
                    : operation == '*' ? css_test::part
                                       : css_test::value;
  return {.test = test, .name = std::move(name), .value = std::move(value)};
}

class selector_parser {
 public:
  explicit selector_parser(std::string_view text) : text_{text} {}

  std::expected<css_selector, syntax_error> run() {
    if (text_.size() > longest_selector) {
      set_error(0, fmt::format("the selector is too long ({} bytes), at most {} are allowed",
                               text_.size(), longest_selector));
    }
    refuse_non_characters();
    css_selector selector;
    while (!error_) {
      selector.paths.push_back(read_path());
      if (peek() != ',' || error_) break;
      ++at_;
    }
    if (!error_ && at_ < text_.size()) {
      set_error(at_, fmt::format("{} is unexpected, a selector such as a, .b, #c or [d] is allowed",
                                 seen()));
    }
    if (error_) return std::unexpected{*std::move(error_)};
    return selector;
  }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const noexcept {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  [[nodiscard]] std::string seen() const {
    return at_ < text_.size() ? fmt::format("\"{}\"", text_.substr(at_, 1)) : "the end";
  }

  void set_error(std::size_t position, std::string message) {
    if (!error_) error_ = syntax_error{position, std::move(message)};
  }

  void refuse_non_characters() {
    for (std::size_t at = 0; at < text_.size(); ++at) {
      const auto rest = text_.substr(at);
      const bool is_control = static_cast<unsigned char>(rest.front()) < 0x20 &&
                              whitespace.find(rest.front()) == std::string_view::npos;
      if (is_control || rest.starts_with("\xEF\xBF\xBE") || rest.starts_with("\xEF\xBF\xBF")) {
        set_error(at, "a control character is unexpected, text is allowed");
        return;
      }
    }
  }

  bool skip_whitespace() {
    const auto start = at_;
    at_ = std::min(text_.find_first_not_of(whitespace, at_), text_.size());
    return at_ != start;
  }

  void expect(char c) {
    if (at_ < text_.size() && text_[at_] == c) {
      ++at_;
    } else {
      set_error(at_, fmt::format("{} is unexpected, \"{}\" is needed", seen(), c));
    }
  }

  css_path read_path() {
    skip_whitespace();
    css_path path;
    path.push_back(read_compound());
    while (!error_) {
      const bool had_space = skip_whitespace();
      const char sign = peek();
      const bool is_combinator = sign == '>' || sign == '+' || sign == '~';
      if (is_combinator) {
        ++at_;
        skip_whitespace();
      } else if (!had_space || at_ == text_.size() || sign == ',') {
        break;
      }
      path.push_back(read_compound());
      path.back().before = sign == '>'   ? css_combinator::parent
                           : sign == '+' ? css_combinator::sibling_just_before
                           : sign == '~' ? css_combinator::sibling_before
                                         : css_combinator::ancestor;
    }
    return path;
  }

  // A type or `*`, both optional, followed by simple selectors; at least one of all.
  css_compound read_compound() {
    const auto start = at_;
    css_compound compound;
    if (peek() == '*') {
      ++at_;
    } else if (starts_name(peek()) || peek() == '-') {
      compound.element = lower_case(read_name("an element name"));
    }
    if (peek() == '|') set_error(at_, "\"|\" is unexpected, HTML elements have no namespace");
    while (!error_) {
      const char c = peek();
      if (c != '.' && c != '#' && c != '[' && c != ':') break;
      compound.conditions.push_back(read_condition(nesting::outside));
    }
    if (at_ == start) {
      set_error(at_, fmt::format("{} is unexpected, a selector such as a, .b, #c or [d] is allowed",
                                 seen()));
    }
    return compound;
  }

  enum class nesting { outside, in_not };

  css_condition read_condition(nesting where) {
    const char kind = peek();
    if (kind == '[') return read_attribute();
    if (kind == ':') return read_pseudo_class(where);
    ++at_;
    if (kind == '.') return attribute_condition("class", '~', read_name("a class name"));
    return attribute_condition("id", '=', read_name("an id"));
  }

  css_condition read_attribute() {
    ++at_;
    skip_whitespace();
    auto name = lower_case(read_name("an attribute name"));
    skip_whitespace();
    if (peek() == ']') {
      ++at_;
      return {.test = css_test::attribute, .name = std::move(name)};
    }
    char operation = peek();
    if (operation != '=') {
      if (operation == '\0' ||
          std::string_view{"~^$*|"}.find(operation) == std::string_view::npos) {
        set_error(at_, fmt::format("{} is unexpected, \"]\", =, ~=, ^=, $=, *= or |= is allowed",
                                   seen()));
        return {};
      }
      ++at_;
    }
    expect('=');
    skip_whitespace();
    auto value = read_value();
    skip_whitespace();
    if (!error_) expect(']');
    return attribute_condition(std::move(name), operation, std::move(value));
  }

  std::string read_value() {
    const char quote = peek();
    if (quote != '"' && quote != '\'') return read_name("a name or a quoted text");
    const auto start = at_++;
    std::string value;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '\\') {
        read_escape(value);
      } else {
        value += text_[at_++];
      }
    }
    if (at_ == text_.size()) {
      set_error(start, "the quoted text is not closed");
    } else {
      ++at_;
    }
    return value;
  }

  void read_escape(std::string& into) {
    ++at_;
    if (at_ == text_.size()) {
      set_error(at_, "the end is unexpected, a backslash needs a character after it");
      return;
    }
    std::uint32_t point = 0;
    std::size_t digits = 0;
    while (digits < 6 && hex_value(peek()) >= 0) {
      point = point * 16 + static_cast<std::uint32_t>(hex_value(text_[at_++]));
      ++digits;
    }
    if (digits == 0) {
      into += text_[at_++];
      return;
    }
    append_utf8(into, point);
    if (at_ < text_.size() && whitespace.find(text_[at_]) != std::string_view::npos) ++at_;
  }

  std::string read_name(std::string_view what) {
    const auto start = at_;
    std::string name;
    if (peek() == '-') name += text_[at_++];
    if (!starts_name(peek())) {
      at_ = start;
      set_error(at_, fmt::format("{} is unexpected, {} is needed", seen(), what));
      return {};
    }
    while (at_ < text_.size() && continues_name(text_[at_]) && !error_) {
      if (text_[at_] == '\\') {
        read_escape(name);
      } else {
        name += text_[at_++];
      }
    }
    return name;
  }

  css_condition read_pseudo_class(nesting where) {
    const auto start = at_++;
    if (peek() == ':') {
      set_error(start, "pseudo-elements select nothing that can be read, remove the \"::\"");
      return {};
    }
    const auto name = lower_case(read_name("a pseudo-class"));
    if (error_) return {};
    if (name == "first-child") return {.test = css_test::place, .start = 1};
    if (name == "last-child") return {.test = css_test::last_place};
    if (name == "nth-child") return read_nth();
    if (name == "not" && where == nesting::in_not) {
      set_error(start, ":not() cannot stand inside :not()");
      return {};
    }
    if (name == "not") return read_not();
    set_error(start, fmt::format("unknown pseudo-class :{}, allowed are :first-child, "
                                 ":last-child, :nth-child() and :not()",
                                 name));
    return {};
  }

  css_condition read_not() {
    expect('(');
    skip_whitespace();
    css_condition condition;
    const char c = peek();
    if (error_) return {};
    if (c == '.' || c == '#' || c == '[' || c == ':') {
      condition = read_condition(nesting::in_not);
    } else if (c == '*') {
      ++at_;
    } else {
      condition = {.test = css_test::element, .name = lower_case(read_name("one simple selector"))};
    }
    skip_whitespace();
    if (!error_ && peek() != ')') {
      set_error(
          at_, fmt::format("{} is unexpected, :not() takes one simple selector and \")\"", seen()));
      return {};
    }
    ++at_;
    condition.is_negated = !condition.is_negated;
    return condition;
  }

  css_condition read_nth() {
    expect('(');
    skip_whitespace();
    const auto start = at_;
    const auto end = text_.find(')', at_);
    if (end == std::string_view::npos && !error_) set_error(text_.size(), "\")\" is missing");
    if (error_) return {};
    auto argument = text_.substr(start, end - start);
    argument = argument.substr(0, argument.find_last_not_of(whitespace) + 1);
    const auto steps = nth_steps(lower_case(argument));
    if (!steps) {
      set_error(start, fmt::format("\"{}\" is no position, a number, odd, even or a form such as "
                                   "2n+1 is allowed, with numbers of at most 6 digits",
                                   argument));
      return {};
    }
    at_ = end + 1;
    return {.test = css_test::place, .step = steps->first, .start = steps->second};
  }

  // `a` and `b` of an+b.
  static std::optional<std::pair<int, int>> nth_steps(std::string_view text) {
    if (text == "odd") return std::pair{2, 1};
    if (text == "even") return std::pair{2, 0};
    const auto n = text.find('n');
    if (n == std::string_view::npos) {
      const auto b = signed_number(text);
      return b ? std::optional{std::pair{0, *b}} : std::nullopt;
    }
    const auto before = text.substr(0, n);
    std::optional<int> a = before.empty() || before == "+" ? 1 : before == "-" ? -1 : 0;
    if (*a == 0) a = signed_number(before);
    std::string after;
    for (const char c : text.substr(n + 1)) {
      if (whitespace.find(c) == std::string_view::npos) after += c;
    }
    std::optional<int> b = 0;
    if (!after.empty()) {
      b = after.front() == '+' || after.front() == '-' ? signed_number(after) : std::nullopt;
    }
    return a && b ? std::optional{std::pair{*a, *b}} : std::nullopt;
  }

  static std::optional<int> signed_number(std::string_view text) {
    int sign = 1;
    if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
      sign = text.front() == '-' ? -1 : 1;
      text.remove_prefix(1);
    }
    if (text.empty() || text.size() > 6 || !std::ranges::all_of(text, is_digit)) return {};
    int number = 0;
    for (const char c : text) number = number * 10 + (c - '0');
    return sign * number;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::optional<syntax_error> error_;
};

}  // namespace

std::expected<css_selector, syntax_error> css_selector::parse(std::string_view text) {
  return selector_parser{text}.run();
}

}  // namespace livesearch
