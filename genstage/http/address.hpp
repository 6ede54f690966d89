#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

struct sockaddr;

namespace genstage::inline v0::http {

/// An IPv4 or IPv6 address as a value.
class ip_address {
 public:
  [[nodiscard]] static ip_address v4(std::uint32_t host_order) noexcept;
  [[nodiscard]] static ip_address v6(const std::array<std::uint8_t, 16>& network_order) noexcept;

  /// Reads dotted IPv4 ("127.0.0.1") or IPv6 text ("::1", without brackets and zone).
  [[nodiscard]] static std::optional<ip_address> parse(std::string_view text);

  /// The address that a socket is about to connect to; nothing when it is neither IPv4 nor IPv6.
  [[nodiscard]] static std::optional<ip_address> of(const sockaddr& socket_address) noexcept;

  [[nodiscard]] bool is_v4() const noexcept { return is_v4_; }

  /// The IPv4 address in host order; only for an address that `is_v4()`.
  [[nodiscard]] std::uint32_t v4_bits() const noexcept;

  /// The IPv6 address in network order; an IPv4 address stands in the last four bytes.
  [[nodiscard]] const std::array<std::uint8_t, 16>& bytes() const noexcept { return bytes_; }

  [[nodiscard]] std::string to_string() const;

  friend bool operator==(const ip_address&, const ip_address&) = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
  bool is_v4_{false};
};

/// What an address is for, by the special-purpose registries.
enum class address_kind : std::uint8_t {
  public_internet,
  unspecified,    ///< 0.0.0.0, ::
  loopback,       ///< 127.0.0.0/8, ::1
  private_use,    ///< 10/8, 172.16/12, 192.168/16
  unique_local,   ///< fc00::/7
  shared,         ///< 100.64/10, behind a provider's or an overlay network's translator
  link_local,     ///< 169.254/16, fe80::/10
  metadata,       ///< a cloud's instance metadata or host service
  multicast,      ///< 224/4, ff00::/8
  broadcast,      ///< 255.255.255.255
  documentation,  ///< 192.0.2/24, 198.51.100/24, 203.0.113/24, 2001:db8::/32, 3fff::/20
  benchmarking,   ///< 198.18/15, 2001:2::/48
  reserved,       ///< anything else that is not globally reachable
};

/// How an IPv6 address carries the IPv4 address that was classified.
enum class embedding : std::uint8_t {
  none,
  v4_mapped,      ///< ::ffff:a.b.c.d; the kernel connects to the IPv4 address itself
  v4_compatible,  ///< ::a.b.c.d, deprecated
  v4_translated,  ///< ::ffff:0:a.b.c.d
  nat64,          ///< 64:ff9b::a.b.c.d
  nat64_local,    ///< 64:ff9b:1::/48, whose layout only the local network knows
  six_to_four,    ///< 2002:ab:cd::/48, deprecated
  teredo,         ///< 2001::/32, deprecated
};

struct address_class {
  address_kind kind{address_kind::reserved};
  embedding carried{embedding::none};

  friend bool operator==(const address_class&, const address_class&) = default;
};

/// Says what an address is for; an embedded IPv4 address is judged in place of its carrier.
///
/// Source: RFC 6890 and the IANA special-purpose registries; RFC 1918, 3056, 4193, 4291, 4380,
/// 6052, 6598, 8215, 9637.
[[nodiscard]] address_class classify(const ip_address& address) noexcept;

[[nodiscard]] std::string_view to_string(address_kind kind) noexcept;
[[nodiscard]] std::string_view to_string(embedding carried) noexcept;

}  // namespace genstage::inline v0::http
