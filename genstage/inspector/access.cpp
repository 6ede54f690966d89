#include "genstage/inspector/access.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <genstage/http/address.hpp>

namespace genstage::inline v0 {

namespace {

bool is_own_host(std::string_view host, std::span<const std::string> own) {
  if (host.starts_with('[')) return host.contains(']');  // An IPv6 address.
  host = host.substr(0, host.rfind(':'));
  if (http::equal_without_case(host, "localhost") || http::ip_address::parse(host)) return true;
  return std::ranges::any_of(
      own, [&](const std::string& name) { return http::equal_without_case(host, name); });
}

std::string_view bearer_of(const http::http_headers& headers) {
  constexpr std::string_view scheme = "Bearer ";
  const std::string_view given = http::find_header(headers, "Authorization");
  if (!http::equal_without_case(given.substr(0, scheme.size()), scheme)) return {};
  return given.substr(scheme.size());
}

}  // namespace

bool is_loopback(std::string_view address) {
  const std::optional<http::ip_address> read = http::ip_address::parse(address);
  return read && http::classify(*read).kind == http::address_kind::loopback;
}

result<void> check_address(std::string_view address, std::string_view token) {
  const std::optional<http::ip_address> read = http::ip_address::parse(address);
  if (!read) {
    return fail(errc::invalid_argument,
                fmt::format("inspector: address is \"{}\", an IPv4 or IPv6 address is needed; not "
                            "started",
                            address));
  }
  const http::address_class found = http::classify(*read);
  if (found.kind == http::address_kind::loopback || !token.empty()) return {};
  return fail(errc::refused,
              fmt::format("inspector: address {} is {}, which others may reach; without a token "
                          "only loopback is allowed; not started",
                          address, http::to_string(found.kind)));
}

bool equal_in_constant_time(std::string_view given, std::string_view secret) noexcept {
  auto differing = static_cast<unsigned>(given.size() != secret.size());
  for (std::size_t at = 0; at < given.size(); ++at) {
    const char other = secret.empty() ? '\0' : secret[at % secret.size()];
    differing |= static_cast<unsigned char>(given[at]) ^ static_cast<unsigned char>(other);
  }
  return differing == 0;
}

access judge(const access_rule& rule, const http::server_request& request) {
  const std::string& path = request.target.path;
  const bool is_for_data = path.starts_with("/api/");
  if (!is_own_host(http::find_header(request.headers, "Host"), rule.host_names)) {
    return access::foreign_host;
  }
  const bool is_file = request.method == "POST" && path == recording_path;
  if (!is_file && request.method != "GET" && request.method != "HEAD") {
    return access::wrong_method;
  }
  // No page of another host may send it without asking first, which nobody here allows.
  if (is_file && http::find_header(request.headers, "Content-Type") != "application/octet-stream") {
    return access::wrong_type;
  }
  const bool needs_token = is_for_data && !rule.token.empty();
  if (needs_token && !equal_in_constant_time(bearer_of(request.headers), rule.token)) {
    return access::wrong_token;
  }
  return access::granted;
}

}  // namespace genstage::inline v0
