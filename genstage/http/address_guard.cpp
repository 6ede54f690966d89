#include <genstage/http/address_guard.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <cctype>

namespace genstage::inline v0::http {

namespace {

bool is_direct(embedding carried) noexcept {
  return carried == embedding::none || carried == embedding::v4_mapped;
}

bool is_private(address_kind kind) noexcept {
  return kind == address_kind::private_use || kind == address_kind::unique_local ||
         kind == address_kind::shared;
}

bool is_public(address_class seen) noexcept {
  // NAT64 is how a machine without IPv4 reaches the public IPv4 Internet; the other carriers are
  // deprecated, and nothing public is lost without them.
  return seen.kind == address_kind::public_internet &&
         (is_direct(seen.carried) || seen.carried == embedding::nat64);
}

bool permits(network_scope scope, address_class seen) noexcept {
  switch (scope) {
    case network_scope::public_only:
      return is_public(seen);
    case network_scope::with_private:
      return is_public(seen) || (is_direct(seen.carried) && is_private(seen.kind));
    case network_scope::loopback_only:
      return is_direct(seen.carried) && seen.kind == address_kind::loopback;
  }
  return false;
}

bool is_local_name(std::string_view host) {
  std::string lower{host};
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower.ends_with('.')) lower.pop_back();
  return lower == "localhost" || lower.ends_with(".localhost");
}

}  // namespace

address_verdict judge(address_class seen, network_scope scope, network_mode mode) noexcept {
  const bool stays_here = permits(network_scope::loopback_only, seen);
  if (mode == network_mode::offline && !stays_here) return address_verdict::refused_offline;
  return permits(scope, seen) ? address_verdict::allowed : address_verdict::refused_policy;
}

address_verdict address_guard::admit(const ip_address& address, network_scope scope) noexcept {
  return count(judge(classify(address), scope, mode_));
}

address_verdict address_guard::admit_lookup(std::string_view host) noexcept {
  if (mode_ == network_mode::online) return address_verdict::allowed;
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  host = host.substr(0, host.find('%'));
  if (is_local_name(host) || ip_address::parse(host)) return address_verdict::allowed;
  return count(address_verdict::refused_offline);
}

address_verdict address_guard::count(address_verdict verdict) noexcept {
  switch (verdict) {
    case address_verdict::allowed:
      break;
    case address_verdict::refused_offline:
      refused_offline_.fetch_add(1, std::memory_order_relaxed);
      break;
    case address_verdict::refused_policy:
      refused_policy_.fetch_add(1, std::memory_order_relaxed);
      break;
  }
  return verdict;
}

guard_counters address_guard::counters() const noexcept {
  return {.refused_offline = refused_offline_.load(std::memory_order_relaxed),
          .refused_policy = refused_policy_.load(std::memory_order_relaxed)};
}

std::string describe_refusal(const ip_address& address, network_scope scope,
                             address_verdict verdict) {
  const auto seen = classify(address);
  std::string words = fmt::format("address {} is {}", address.to_string(), to_string(seen.kind));
  if (seen.carried != embedding::none) words += fmt::format(" ({})", to_string(seen.carried));
  if (verdict == address_verdict::refused_offline) {
    return words + ", off-line only loopback is allowed";
  }
  return words + fmt::format(", only {} is allowed", to_string(scope));
}

std::string_view to_string(network_scope scope) noexcept {
  switch (scope) {
    case network_scope::public_only:
      return "public";
    case network_scope::with_private:
      return "public or private";
    case network_scope::loopback_only:
      return "loopback";
  }
  return "unknown";
}

network_scope scope_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  std::string_view host = scheme == std::string_view::npos ? url : url.substr(scheme + 3);
  host = host.substr(0, host.find('/'));
  host =
      host.starts_with('[') ? host.substr(1, host.find(']') - 1) : host.substr(0, host.find(':'));
  const auto address = ip_address::parse(host);
  const bool is_here =
      host == "localhost" || (address && classify(*address).kind == address_kind::loopback);
  return is_here ? network_scope::loopback_only : network_scope::with_private;
}

}  // namespace genstage::inline v0::http
