#include "livesearch/site/syntax/json_path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace livesearch {
namespace {

constexpr bool is_key_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '@' || c == ':' || c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

class json_path::parser {
 public:
  explicit parser(std::string_view text) : text_{text} {}

  std::expected<json_path, syntax_error> run() {
    if (text_.empty()) return wrong("the path is empty, at least one key or \"$\" is needed");
    if (text_.size() > longest_text) {
      return wrong(fmt::format("the path is too long ({} bytes), at most {} are allowed",
                               text_.size(), longest_text));
    }
    bool key_may_follow = true;
    if (peek() == '$' && (text_.size() == 1 || text_[1] == '.' || text_[1] == '[')) {
      ++at_;
      key_may_follow = false;
    }
    while (at_ < text_.size() && !error_) {
      if (peek() == '[') {
        read_bracket();
      } else {
        if (!key_may_follow) expect('.', "\".\" or \"[\"");
        if (!error_) read_key();
      }
      key_may_follow = false;
      if (path_.steps_.size() > most_steps && !error_) {
        set_error(fmt::format("the path has more than {} steps", most_steps));
      }
    }
    if (error_) return std::unexpected{*std::move(error_)};
    return std::move(path_);
  }

 private:
  [[nodiscard]] char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }

  void set_error(std::string message) {
    if (!error_) error_ = syntax_error{at_, std::move(message)};
  }

  std::unexpected<syntax_error> wrong(std::string message) {
    return std::unexpected{syntax_error{at_, std::move(message)}};
  }

  [[nodiscard]] std::string seen() const {
    return at_ < text_.size() ? fmt::format("\"{}\"", text_.substr(at_, 1)) : "the end";
  }

  void expect(char c, std::string_view allowed) {
    if (peek() == c && at_ < text_.size()) {
      ++at_;
    } else {
      set_error(fmt::format("{} is unexpected, {} is allowed", seen(), allowed));
    }
  }

  void read_key() {
    if (peek() == '*') {
      ++at_;
      path_.steps_.emplace_back(any_member{});
      return;
    }
    const auto start = at_;
    while (at_ < text_.size() && is_key_character(text_[at_])) ++at_;
    if (at_ == start) {
      set_error(fmt::format("{} is unexpected, a key, \"*\" or [\"key\"] is allowed", seen()));
      return;
    }
    path_.steps_.emplace_back(std::string{text_.substr(start, at_ - start)});
  }

  void read_bracket() {
    ++at_;
    if (peek() == '*') {
      ++at_;
      path_.steps_.emplace_back(any_member{});
    } else if (peek() == '"') {
      read_quoted_key();
    } else {
      read_index();
    }
    if (!error_) expect(']', "\"]\"");
  }

  void read_quoted_key() {
    const auto start = at_++;
    std::string key;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\') {
        ++at_;
        if (peek() != '"' && peek() != '\\') {
          set_error(fmt::format("{} follows a backslash, \\\" and \\\\ are allowed", seen()));
          return;
        }
      }
      key += text_[at_++];
    }
    if (at_ == text_.size()) {
      at_ = start;
      set_error("the quoted key is not closed");
      return;
    }
    ++at_;
    path_.steps_.emplace_back(std::move(key));
  }

  void read_index() {
    const auto start = at_;
    std::size_t index = 0;
    while (peek() >= '0' && peek() <= '9') {
      index = index * 10 + static_cast<std::size_t>(text_[at_++] - '0');
      if (at_ - start > 9) {
        at_ = start;
        set_error("the index is too large, at most 999999999 is allowed");
        return;
      }
    }
    if (at_ == start) {
      set_error(fmt::format("{} is unexpected, an index, \"*\" or \"key\" is allowed", seen()));
      return;
    }
    path_.steps_.emplace_back(index);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::optional<syntax_error> error_;
  json_path path_;
};

std::optional<simdjson::dom::element> json_path::member(simdjson::dom::element from,
                                                        const step& which) {
  simdjson::dom::element found;
  if (const auto* key = std::get_if<std::string>(&which)) {
    simdjson::dom::object object;
    if (from.get(object) != simdjson::SUCCESS || object.at_key(*key).get(found)) return {};
  } else {
    const auto* index = std::get_if<std::size_t>(&which);
    simdjson::dom::array array;
    if (index == nullptr || from.get(array) != simdjson::SUCCESS || array.at(*index).get(found))
      return {};
  }
  return found;
}

std::expected<json_path, syntax_error> json_path::parse(std::string_view text) {
  return parser{text}.run();
}

bool json_path::is_single() const noexcept {
  return std::ranges::none_of(
      steps_, [](const step& each) { return std::holds_alternative<any_member>(each); });
}

std::optional<simdjson::dom::element> json_path::find(simdjson::dom::element root) const {
  std::optional<simdjson::dom::element> found{root};
  for (const step& each : steps_) {
    found = member(*found, each);
    if (!found) break;
  }
  return found;
}

std::vector<simdjson::dom::element> json_path::evaluate(simdjson::dom::element root) const {
  std::vector<simdjson::dom::element> current{root};
  std::vector<simdjson::dom::element> next;
  for (const step& each_step : steps_) {
    next.clear();
    for (const auto& from : current) {
      if (!std::holds_alternative<any_member>(each_step)) {
        if (const auto found = member(from, each_step)) next.push_back(*found);
      } else if (simdjson::dom::array array; from.get(array) == simdjson::SUCCESS) {
        for (const auto element : array) next.push_back(element);
      } else if (simdjson::dom::object object; from.get(object) == simdjson::SUCCESS) {
        for (const auto field : object) next.push_back(field.value);
      }
    }
    std::swap(current, next);
  }
  return current;
}

}  // namespace livesearch
