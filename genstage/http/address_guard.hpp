#pragma once

#include <genstage/http/address.hpp>

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace genstage::inline v0::http {

/// Which networks one site may be reached on.
enum class network_scope : std::uint8_t {
  public_only,    ///< the Internet, nothing on this machine or its own networks
  with_private,   ///< the Internet and private networks, not this machine
  loopback_only,  ///< this machine alone
};

/// Whether the whole program may leave this machine.
enum class network_mode : std::uint8_t { online, offline };

enum class address_verdict : std::uint8_t { allowed, refused_offline, refused_policy };

/// Decides about one address; a pure function.
///
/// Off-line every address that is not loopback is refused before the scope is looked at. Cloud
/// metadata, link-local, multicast and reserved addresses are refused in every scope. An address
/// that merely carries loopback or a private address through a translator (NAT64, 6to4 and the
/// like) is refused in every scope; IPv4-mapped is the IPv4 address itself.
[[nodiscard]] address_verdict judge(address_class seen, network_scope scope,
                                    network_mode mode) noexcept;

/// How many connections or look-ups were refused since the guard was made.
struct guard_counters {
  std::uint64_t refused_offline{0};
  std::uint64_t refused_policy{0};

  friend bool operator==(const guard_counters&, const guard_counters&) = default;
};

/// The gate that every outgoing connection passes, with counters of what it refused.
///
/// Lifetime: must outlive the clients that use it.
/// Threads: every member may be called from any thread; the counters are independent sums, so a
/// reader may see one of two simultaneous refusals.
class address_guard {
 public:
  explicit address_guard(network_mode mode = network_mode::online) noexcept : mode_{mode} {}

  address_guard(const address_guard&) = delete;
  address_guard& operator=(const address_guard&) = delete;

  /// Judges the address that a socket is about to connect to, and counts a refusal.
  [[nodiscard]] address_verdict admit(const ip_address& address, network_scope scope) noexcept;

  /// Judges a host name before it is looked up, and counts a refusal.
  ///
  /// A look-up itself leaves the machine, so off-line only `localhost`, names under it and literal
  /// addresses are admitted.
  [[nodiscard]] address_verdict admit_lookup(std::string_view host) noexcept;

  [[nodiscard]] network_mode mode() const noexcept { return mode_; }
  [[nodiscard]] guard_counters counters() const noexcept;

 private:
  address_verdict count(address_verdict verdict) noexcept;

  network_mode mode_;
  // Sums that publish nothing else; relaxed order is enough.
  std::atomic<std::uint64_t> refused_offline_{0};
  std::atomic<std::uint64_t> refused_policy_{0};
};

/// The words for a refused address: what it is, and the rule that it breaks.
[[nodiscard]] std::string describe_refusal(const ip_address& address, network_scope scope,
                                           address_verdict verdict);

[[nodiscard]] std::string_view to_string(network_scope scope) noexcept;

/// Where a program's own service at this URL is to be looked for: loopback alone for one that names
/// this machine, otherwise the Internet and private networks.
[[nodiscard]] network_scope scope_of(std::string_view url);

}  // namespace genstage::inline v0::http
