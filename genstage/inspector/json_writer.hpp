#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace genstage::inline v0::detail {

/// Writes one JSON text from its beginning to its end.
///
/// A snapshot of ten thousand processes is a few megabytes several times a minute; a tree of values
/// for it would cost more than taking it.
/// Source: RFC 8259.
class json_writer {
 public:
  json_writer& begin_object() { return open('{'); }
  json_writer& end_object() { return close('}'); }
  json_writer& begin_array() { return open('['); }
  json_writer& end_array() { return close(']'); }

  json_writer& key(std::string_view name);

  /// Bytes that are not UTF-8 are replaced.
  json_writer& value(std::string_view text);
  json_writer& value(const char* text) { return value(std::string_view{text}); }
  json_writer& value(bool truth) { return raw(truth ? "true" : "false"); }
  json_writer& value(std::nullptr_t) { return raw("null"); }
  template <std::integral Integer>
  json_writer& value(Integer number) {
    return raw(std::to_string(number));
  }
  /// With three digits after the point.
  json_writer& value(double number);
  template <class T>
  json_writer& value(const std::optional<T>& perhaps) {
    return perhaps ? value(*perhaps) : value(nullptr);
  }

  template <class T>
  json_writer& member(std::string_view name, const T& held) {
    return key(name).value(held);
  }

  [[nodiscard]] std::string text() && { return std::move(text_); }

 private:
  json_writer& open(char bracket);
  json_writer& close(char bracket);
  json_writer& raw(std::string_view written);
  void separate();

  std::string text_;
  bool is_first_ = true;
};

}  // namespace genstage::inline v0::detail
