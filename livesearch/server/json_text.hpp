#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace livesearch {

/// Appends `text` as a JSON string; bytes that are not UTF-8 are replaced.
void append_json(std::string& to, std::string_view text);

/// Writes a JSON document piece by piece, with commas where they belong. What is opened has to be
/// closed by the caller.
///
/// What is most of an answer, its results, is written with this straight into the text: a tree of
/// values for each of them costs more than everything else that is done to them.
/// Lifetime: the text outlives the writer.
class json_writer {
 public:
  explicit json_writer(std::string& to) noexcept : to_{to} {}

  json_writer& open(char bracket);
  json_writer& close(char bracket);
  /// The name of the member whose value comes next; it has nothing that would have to be escaped.
  json_writer& name(std::string_view name);

  json_writer& value(std::string_view text);
  json_writer& value(double number);
  json_writer& value(std::integral auto number) {
    if constexpr (std::same_as<decltype(number), bool>) return raw(number ? "true" : "false");
    return whole(static_cast<std::int64_t>(number));
  }
  /// A string that has nothing that would have to be escaped.
  json_writer& plain(std::string_view text);
  /// A string of such a text, a colon and a number.
  json_writer& plain(std::string_view text, std::uint32_t number);
  /// Sixteen digits as a string.
  json_writer& hexadecimal(std::uint64_t number);

  json_writer& member(std::string_view named, const auto& given) {
    if constexpr (std::convertible_to<decltype(given), std::string_view>) {
      return text_member(named, given);
    } else {
      return name(named).value(given);
    }
  }
  json_writer& list(std::string_view named, const auto& texts) {
    name(named).open('[');
    for (const auto& each : texts) value(each);
    return close(']');
  }

 private:
  json_writer& text_member(std::string_view named, std::string_view text);
  json_writer& raw(std::string_view text);
  json_writer& whole(std::int64_t number);

  std::string& to_;
};

}  // namespace livesearch
