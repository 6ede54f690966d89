#include "livesearch/site/definition.hpp"

#include <fmt/format.h>

namespace livesearch {

std::string_view to_string(network_scope scope) noexcept {
  switch (scope) {
    case network_scope::public_network:
      return "public";
    case network_scope::private_network:
      return "private";
    case network_scope::loopback:
      return "loopback";
  }
  return "unknown";
}

std::string_view to_string(request_method method) noexcept {
  return method == request_method::post ? "POST" : "GET";
}

std::string_view to_string(answer_format format) noexcept {
  switch (format) {
    case answer_format::html:
      return "html";
    case answer_format::json:
      return "json";
    case answer_format::feed:
      return "feed";
  }
  return "unknown";
}

std::string to_string(const check_record& checked) {
  switch (checked.state) {
    case check_state::never:
      return "never";
    case check_state::demonstration:
      return "demonstration";
    case check_state::dated:
      break;
  }
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(checked.date.year()),
                     static_cast<unsigned>(checked.date.month()),
                     static_cast<unsigned>(checked.date.day()));
}

}  // namespace livesearch
