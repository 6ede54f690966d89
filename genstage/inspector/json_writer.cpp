#include "genstage/inspector/json_writer.hpp"

#include <fmt/format.h>

#include <genstage/core/escaped.hpp>

namespace genstage::inline v0::detail {

json_writer& json_writer::key(std::string_view name) {
  value(name);
  text_ += ':';
  is_first_ = true;  // What follows is the member's value.
  return *this;
}

json_writer& json_writer::value(std::string_view text) {
  separate();
  text_ += '"';
  append_escaped(text_, text);
  text_ += '"';
  return *this;
}

json_writer& json_writer::value(double number) {
  return raw(fmt::format("{:.3f}", number));
}

json_writer& json_writer::open(char bracket) {
  separate();
  text_ += bracket;
  is_first_ = true;
  return *this;
}

json_writer& json_writer::close(char bracket) {
  text_ += bracket;
  is_first_ = false;
  return *this;
}

json_writer& json_writer::raw(std::string_view written) {
  separate();
  text_ += written;
  return *this;
}

void json_writer::separate() {
  if (!is_first_) text_ += ',';
  is_first_ = false;
}

}  // namespace genstage::inline v0::detail
