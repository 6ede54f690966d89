#include <genstage/http/address.hpp>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace {

namespace http = genstage::http;
using http::address_kind;
using http::embedding;

struct sample {
  std::string_view text;
  address_kind kind;
  embedding carried = embedding::none;
};

void expect_classes(std::span<const sample> samples) {
  for (const auto& [text, kind, carried] : samples) {
    const auto address = http::ip_address::parse(text);
    ASSERT_TRUE(address.has_value()) << text;

    const auto seen = http::classify(*address);

    EXPECT_EQ(to_string(seen.kind), to_string(kind)) << text;
    EXPECT_EQ(to_string(seen.carried), to_string(carried)) << text;
  }
}

TEST(classify, tells_the_blocks_of_ipv4_apart_at_their_edges) {
  static constexpr sample samples[] = {sample{"0.0.0.0", address_kind::unspecified},
                                       sample{"0.0.0.1", address_kind::reserved},
                                       sample{"1.0.0.0", address_kind::public_internet},
                                       sample{"9.255.255.255", address_kind::public_internet},
                                       sample{"10.0.0.0", address_kind::private_use},
                                       sample{"10.255.255.255", address_kind::private_use},
                                       sample{"11.0.0.0", address_kind::public_internet},
                                       sample{"100.63.255.255", address_kind::public_internet},
                                       sample{"100.64.0.0", address_kind::shared},
                                       sample{"100.100.100.200", address_kind::metadata},
                                       sample{"100.127.255.255", address_kind::shared},
                                       sample{"100.128.0.0", address_kind::public_internet},
                                       sample{"126.255.255.255", address_kind::public_internet},
                                       sample{"127.0.0.1", address_kind::loopback},
                                       sample{"127.255.255.254", address_kind::loopback},
                                       sample{"128.0.0.1", address_kind::public_internet},
                                       sample{"168.63.129.16", address_kind::metadata},
                                       sample{"169.253.255.255", address_kind::public_internet},
                                       sample{"169.254.0.1", address_kind::link_local},
                                       sample{"169.254.169.254", address_kind::metadata},
                                       sample{"169.254.170.2", address_kind::metadata},
                                       sample{"169.255.0.0", address_kind::public_internet},
                                       sample{"172.15.255.255", address_kind::public_internet},
                                       sample{"172.16.0.0", address_kind::private_use},
                                       sample{"172.31.255.255", address_kind::private_use},
                                       sample{"172.32.0.0", address_kind::public_internet},
                                       sample{"192.0.0.1", address_kind::reserved},
                                       sample{"192.0.0.192", address_kind::metadata},
                                       sample{"192.0.2.1", address_kind::documentation},
                                       sample{"192.88.99.1", address_kind::reserved},
                                       sample{"192.167.255.255", address_kind::public_internet},
                                       sample{"192.168.0.1", address_kind::private_use},
                                       sample{"192.169.0.0", address_kind::public_internet},
                                       sample{"198.17.255.255", address_kind::public_internet},
                                       sample{"198.18.0.0", address_kind::benchmarking},
                                       sample{"198.19.255.255", address_kind::benchmarking},
                                       sample{"198.51.100.7", address_kind::documentation},
                                       sample{"203.0.113.7", address_kind::documentation},
                                       sample{"223.255.255.255", address_kind::public_internet},
                                       sample{"224.0.0.1", address_kind::multicast},
                                       sample{"239.255.255.255", address_kind::multicast},
                                       sample{"240.0.0.1", address_kind::reserved},
                                       sample{"255.255.255.255", address_kind::broadcast}};

  expect_classes(samples);
}

TEST(classify, tells_the_blocks_of_ipv6_apart_at_their_edges) {
  static constexpr sample samples[] = {sample{"::", address_kind::unspecified},
                                       sample{"::1", address_kind::loopback},
                                       sample{"100::1", address_kind::reserved},
                                       sample{"2001:2::1", address_kind::benchmarking},
                                       sample{"2001:db8::1", address_kind::documentation},
                                       sample{"2001:1ff::1", address_kind::reserved},
                                       sample{"2001:200::1", address_kind::public_internet},
                                       sample{"2606:4700::1111", address_kind::public_internet},
                                       sample{"3fff:0fff::1", address_kind::documentation},
                                       sample{"3fff:1000::1", address_kind::public_internet},
                                       sample{"4000::1", address_kind::reserved},
                                       sample{"5f00::1", address_kind::reserved},
                                       sample{"fbff::1", address_kind::reserved},
                                       sample{"fc00::1", address_kind::unique_local},
                                       sample{"fdff::1", address_kind::unique_local},
                                       sample{"fd00:ec2::254", address_kind::metadata},
                                       sample{"fd20:ce::254", address_kind::metadata},
                                       sample{"fe7f::1", address_kind::reserved},
                                       sample{"fe80::1", address_kind::link_local},
                                       sample{"febf::1", address_kind::link_local},
                                       sample{"fec0::1", address_kind::reserved},
                                       sample{"ff02::1", address_kind::multicast}};

  expect_classes(samples);
}

TEST(classify, judges_an_embedded_ipv4_address_in_place_of_its_carrier) {
  static constexpr sample samples[] = {
      sample{"::ffff:127.0.0.1", address_kind::loopback, embedding::v4_mapped},
      sample{"::ffff:8.8.8.8", address_kind::public_internet, embedding::v4_mapped},
      sample{"::ffff:169.254.169.254", address_kind::metadata, embedding::v4_mapped},
      sample{"::127.0.0.1", address_kind::loopback, embedding::v4_compatible},
      sample{"::10.1.2.3", address_kind::private_use, embedding::v4_compatible},
      sample{"::ffff:0:10.1.2.3", address_kind::private_use, embedding::v4_translated},
      sample{"64:ff9b::8.8.8.8", address_kind::public_internet, embedding::nat64},
      sample{"64:ff9b::192.168.1.1", address_kind::private_use, embedding::nat64},
      sample{"64:ff9b:1::8.8.8.8", address_kind::reserved, embedding::nat64_local},
      sample{"64:ff9b:2::1", address_kind::reserved},
      sample{"2002:7f00:1::", address_kind::loopback, embedding::six_to_four},
      sample{"2002:808:808::", address_kind::public_internet, embedding::six_to_four},
      sample{"2001:0:1:2:3:4:80ff:fffe", address_kind::loopback, embedding::teredo},
      sample{"2001:0:1:2:3:4:f7f7:f7f7", address_kind::public_internet, embedding::teredo}};

  expect_classes(samples);
}

TEST(ip_address, reads_what_it_writes) {
  for (const std::string text : {"127.0.0.1", "255.1.0.9", "::1", "2001:db8::7", "fe80::1"}) {
    const auto address = http::ip_address::parse(text);

    ASSERT_TRUE(address.has_value()) << text;
    EXPECT_EQ(address->to_string(), text);
  }
}

TEST(ip_address, refuses_text_that_is_no_address) {
  using namespace std::string_view_literals;
  for (const auto text : {""sv, "localhost"sv, "1.2.3"sv, "1.2.3.4.5"sv, "256.1.1.1"sv, "[::1]"sv,
                          "0x7f.0.0.1"sv, "::1%lo"sv, "127.0.0.1\0x"sv, ":::"sv}) {
    EXPECT_FALSE(http::ip_address::parse(text).has_value()) << text;
  }
}

TEST(ip_address, is_taken_from_a_socket_address) {
  sockaddr_in four{};
  four.sin_family = AF_INET;
  four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr four_base{};
  std::memcpy(&four_base, &four, sizeof four);

  const auto address = http::ip_address::of(four_base);

  EXPECT_EQ(address, http::ip_address::parse("127.0.0.1"));
}

TEST(ip_address, is_not_taken_from_a_socket_that_is_no_internet_socket) {
  sockaddr local{};
  local.sa_family = AF_UNIX;

  EXPECT_FALSE(http::ip_address::of(local).has_value());
}

}  // namespace
