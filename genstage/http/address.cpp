#include <genstage/http/address.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstring>

namespace genstage::inline v0::http {

namespace {

using v6_groups = std::array<std::uint16_t, 8>;

struct v4_block {
  std::uint32_t first;
  unsigned bits;
  address_kind kind;
};

struct v6_block {
  v6_groups first;
  unsigned bits;
  address_kind kind;
};

struct v6_carrier {
  v6_groups first;
  unsigned bits;
  embedding carried;
};

constexpr std::uint32_t quad(unsigned a, unsigned b, unsigned c, unsigned d) {
  return (a << 24U) | (b << 16U) | (c << 8U) | d;
}

// In each table the first block that holds the address decides, so exceptions stand before the
// rule.
constexpr v4_block v4_blocks[] = {
    {quad(0, 0, 0, 0), 32, address_kind::unspecified},
    {quad(0, 0, 0, 0), 8, address_kind::reserved},
    {quad(10, 0, 0, 0), 8, address_kind::private_use},
    {quad(100, 100, 100, 200), 32, address_kind::metadata},  // Alibaba Cloud.
    {quad(100, 64, 0, 0), 10, address_kind::shared},
    {quad(127, 0, 0, 0), 8, address_kind::loopback},
    {quad(168, 63, 129, 16), 32, address_kind::metadata},    // Azure's host, on a public number.
    {quad(169, 254, 169, 254), 32, address_kind::metadata},  // Most clouds.
    {quad(169, 254, 170, 2), 32, address_kind::metadata},    // Amazon's containers.
    {quad(169, 254, 0, 0), 16, address_kind::link_local},
    {quad(172, 16, 0, 0), 12, address_kind::private_use},
    {quad(192, 0, 0, 192), 32, address_kind::metadata},  // Oracle Cloud.
    {quad(192, 0, 0, 0), 24, address_kind::reserved},
    {quad(192, 0, 2, 0), 24, address_kind::documentation},
    {quad(192, 88, 99, 0), 24, address_kind::reserved},
    {quad(192, 168, 0, 0), 16, address_kind::private_use},
    {quad(198, 18, 0, 0), 15, address_kind::benchmarking},
    {quad(198, 51, 100, 0), 24, address_kind::documentation},
    {quad(203, 0, 113, 0), 24, address_kind::documentation},
    {quad(224, 0, 0, 0), 4, address_kind::multicast},
    {quad(255, 255, 255, 255), 32, address_kind::broadcast},
    {quad(240, 0, 0, 0), 4, address_kind::reserved},
};

constexpr v6_block v6_blocks[] = {
    {{}, 128, address_kind::unspecified},
    {{0, 0, 0, 0, 0, 0, 0, 1}, 128, address_kind::loopback},
    {{0x2001, 0x0002}, 48, address_kind::benchmarking},
    {{0x2001, 0x0db8}, 32, address_kind::documentation},
    {{0x2001}, 23, address_kind::reserved},
    {{0x3fff}, 20, address_kind::documentation},
    {{0x2000}, 3, address_kind::public_internet},
    {{0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254}, 128, address_kind::metadata},  // Amazon.
    {{0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0x0254}, 128, address_kind::metadata},  // Google.
    {{0xfc00}, 7, address_kind::unique_local},
    {{0xfe80}, 10, address_kind::link_local},
    {{0xff00}, 8, address_kind::multicast},
};

constexpr v6_carrier v6_carriers[] = {
    {{0, 0, 0, 0, 0, 0xffff}, 96, embedding::v4_mapped},
    {{0, 0, 0, 0, 0xffff, 0}, 96, embedding::v4_translated},
    {{0x0064, 0xff9b}, 96, embedding::nat64},
    {{0x0064, 0xff9b, 0x0001}, 48, embedding::nat64_local},
    {{0x2001, 0x0000}, 32, embedding::teredo},
    {{0x2002}, 16, embedding::six_to_four},
};

bool starts_with(const std::array<std::uint8_t, 16>& bytes, const v6_groups& first, unsigned bits) {
  for (unsigned bit = 0; bit < bits; bit += 8) {
    const auto group = first[bit / 16];
    const auto wanted = (bit % 16 == 0) ? (group >> 8U) : (group & 0xffU);
    const unsigned used = bits - bit >= 8 ? 8 : bits - bit;
    if (((bytes[bit / 8] ^ wanted) & (0xffU << (8 - used)) & 0xffU) != 0) return false;
  }
  return true;
}

address_kind kind_of_v4(std::uint32_t bits) noexcept {
  for (const auto& block : v4_blocks) {
    const auto mask = ~std::uint32_t{0} << (32U - block.bits);
    if (((bits ^ block.first) & mask) == 0) return block.kind;
  }
  return address_kind::public_internet;
}

std::uint32_t v4_at(const std::array<std::uint8_t, 16>& bytes, std::size_t offset) noexcept {
  return quad(bytes[offset], bytes[offset + 1], bytes[offset + 2], bytes[offset + 3]);
}

address_class classify_carried(const std::array<std::uint8_t, 16>& bytes, embedding carried) {
  switch (carried) {
    case embedding::six_to_four:
      return {kind_of_v4(v4_at(bytes, 2)), carried};
    case embedding::teredo:
      return {kind_of_v4(~v4_at(bytes, 12)), carried};
    case embedding::nat64_local:
      return {address_kind::reserved, carried};
    default:
      return {kind_of_v4(v4_at(bytes, 12)), carried};
  }
}

}  // namespace

ip_address ip_address::v4(std::uint32_t host_order) noexcept {
  ip_address made;
  made.is_v4_ = true;
  for (unsigned byte = 0; byte < 4; ++byte) {
    made.bytes_[15 - byte] = static_cast<std::uint8_t>(host_order >> (8U * byte));
  }
  return made;
}

ip_address ip_address::v6(const std::array<std::uint8_t, 16>& network_order) noexcept {
  ip_address made;
  made.bytes_ = network_order;
  return made;
}

std::optional<ip_address> ip_address::parse(std::string_view text) {
  const std::string terminated{text};
  if (terminated.size() != std::strlen(terminated.c_str())) return std::nullopt;
  in_addr four{};
  if (inet_pton(AF_INET, terminated.c_str(), &four) == 1) return v4(ntohl(four.s_addr));
  std::array<std::uint8_t, 16> six{};
  if (inet_pton(AF_INET6, terminated.c_str(), six.data()) == 1) return v6(six);
  return std::nullopt;
}

std::optional<ip_address> ip_address::of(const sockaddr& socket_address) noexcept {
  if (socket_address.sa_family == AF_INET) {
    sockaddr_in four{};
    std::memcpy(&four, &socket_address, sizeof four);
    return v4(ntohl(four.sin_addr.s_addr));
  }
  if (socket_address.sa_family == AF_INET6) {
    sockaddr_in6 six{};
    std::memcpy(&six, &socket_address, sizeof six);
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &six.sin6_addr, bytes.size());
    return v6(bytes);
  }
  return std::nullopt;
}

std::uint32_t ip_address::v4_bits() const noexcept {
  return v4_at(bytes_, 12);
}

std::string ip_address::to_string() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* address = is_v4_ ? bytes_.data() + 12 : bytes_.data();
  inet_ntop(is_v4_ ? AF_INET : AF_INET6, address, text.data(), text.size());
  return text.data();
}

address_class classify(const ip_address& address) noexcept {
  if (address.is_v4()) return {kind_of_v4(address.v4_bits()), embedding::none};
  const auto& bytes = address.bytes();
  for (const auto& carrier : v6_carriers) {
    if (starts_with(bytes, carrier.first, carrier.bits)) {
      return classify_carried(bytes, carrier.carried);
    }
  }
  for (const auto& block : v6_blocks) {
    if (starts_with(bytes, block.first, block.bits)) return {block.kind, embedding::none};
  }
  // :: and ::1 are settled above; what is left of ::/96 carries an IPv4 address.
  if (starts_with(bytes, v6_groups{}, 96)) {
    return classify_carried(bytes, embedding::v4_compatible);
  }
  return {address_kind::reserved, embedding::none};
}

std::string_view to_string(address_kind kind) noexcept {
  switch (kind) {
    case address_kind::public_internet:
      return "public";
    case address_kind::unspecified:
      return "unspecified";
    case address_kind::loopback:
      return "loopback";
    case address_kind::private_use:
      return "private";
    case address_kind::unique_local:
      return "unique-local";
    case address_kind::shared:
      return "shared (carrier-grade NAT)";
    case address_kind::link_local:
      return "link-local";
    case address_kind::metadata:
      return "cloud metadata";
    case address_kind::multicast:
      return "multicast";
    case address_kind::broadcast:
      return "broadcast";
    case address_kind::documentation:
      return "documentation";
    case address_kind::benchmarking:
      return "benchmarking";
    case address_kind::reserved:
      return "reserved";
  }
  return "unknown";
}

std::string_view to_string(embedding carried) noexcept {
  switch (carried) {
    case embedding::none:
      return "plain";
    case embedding::v4_mapped:
      return "IPv4-mapped";
    case embedding::v4_compatible:
      return "IPv4-compatible";
    case embedding::v4_translated:
      return "IPv4-translated";
    case embedding::nat64:
      return "NAT64";
    case embedding::nat64_local:
      return "local NAT64";
    case embedding::six_to_four:
      return "6to4";
    case embedding::teredo:
      return "Teredo";
  }
  return "unknown";
}

}  // namespace genstage::inline v0::http
