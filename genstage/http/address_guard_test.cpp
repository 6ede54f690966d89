#include <genstage/http/address_guard.hpp>

#include <gtest/gtest.h>

#include <string_view>
#include <thread>
#include <vector>

namespace {

namespace http = genstage::http;
using http::address_verdict;
using http::network_mode;
using http::network_scope;

http::ip_address address(std::string_view text) {
  return http::ip_address::parse(text).value();
}

address_verdict judged(std::string_view text, network_scope scope,
                       network_mode mode = network_mode::online) {
  return http::judge(http::classify(address(text)), scope, mode);
}

TEST(judge, lets_a_public_site_reach_public_addresses_only) {
  for (const auto allowed :
       {"93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"}) {
    EXPECT_EQ(judged(allowed, network_scope::public_only), address_verdict::allowed) << allowed;
  }
  for (const auto refused : {"127.0.0.1",
                             "::1",
                             "10.0.0.1",
                             "192.168.1.1",
                             "172.20.0.1",
                             "fd12::1",
                             "100.64.0.1",
                             "169.254.169.254",
                             "169.254.0.1",
                             "fe80::1",
                             "0.0.0.0",
                             "::",
                             "224.0.0.1",
                             "ff02::1",
                             "255.255.255.255",
                             "192.0.2.1",
                             "198.18.0.1",
                             "240.0.0.1",
                             "::ffff:127.0.0.1",
                             "::ffff:10.0.0.1",
                             "::127.0.0.1",
                             "64:ff9b::10.0.0.1",
                             "64:ff9b:1::8.8.8.8",
                             "2002:7f00:1::",
                             "2002:808:808::",
                             "2001:0:1:2:3:4:80ff:fffe"}) {
    EXPECT_EQ(judged(refused, network_scope::public_only), address_verdict::refused_policy)
        << refused;
  }
}

TEST(judge, lets_a_private_site_reach_private_and_public_addresses) {
  for (const auto allowed : {"10.0.0.1", "192.168.1.1", "172.20.0.1", "fd12::1", "100.64.0.1",
                             "::ffff:10.0.0.1", "93.184.216.34"}) {
    EXPECT_EQ(judged(allowed, network_scope::with_private), address_verdict::allowed) << allowed;
  }
  for (const auto refused :
       {"127.0.0.1", "::1", "169.254.169.254", "100.100.100.200", "fd00:ec2::254", "169.254.0.1",
        "fe80::1", "0.0.0.0", "::10.0.0.1", "64:ff9b::10.0.0.1", "224.0.0.1"}) {
    EXPECT_EQ(judged(refused, network_scope::with_private), address_verdict::refused_policy)
        << refused;
  }
}

TEST(judge, lets_a_loopback_site_reach_loopback_alone) {
  for (const auto allowed : {"127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_EQ(judged(allowed, network_scope::loopback_only), address_verdict::allowed) << allowed;
  }
  for (const auto refused : {"93.184.216.34", "10.0.0.1", "0.0.0.0", "::", "::127.0.0.1",
                             "64:ff9b::127.0.0.1", "2002:7f00:1::"}) {
    EXPECT_EQ(judged(refused, network_scope::loopback_only), address_verdict::refused_policy)
        << refused;
  }
}

TEST(judge, refuses_everything_but_loopback_off_line) {
  for (const auto refused : {"93.184.216.34", "10.0.0.1", "fd12::1", "64:ff9b::127.0.0.1"}) {
    EXPECT_EQ(judged(refused, network_scope::with_private, network_mode::offline),
              address_verdict::refused_offline)
        << refused;
  }
  EXPECT_EQ(judged("127.0.0.1", network_scope::loopback_only, network_mode::offline),
            address_verdict::allowed);
  EXPECT_EQ(judged("127.0.0.1", network_scope::public_only, network_mode::offline),
            address_verdict::refused_policy);
}

TEST(address_guard, counts_what_it_refuses_by_reason) {
  http::address_guard online;
  http::address_guard offline{network_mode::offline};

  std::ignore = online.admit(address("127.0.0.1"), network_scope::public_only);
  std::ignore = online.admit(address("8.8.8.8"), network_scope::public_only);
  std::ignore = offline.admit(address("8.8.8.8"), network_scope::public_only);
  std::ignore = offline.admit(address("8.8.4.4"), network_scope::public_only);

  EXPECT_EQ(online.counters(), (http::guard_counters{0, 1}));
  EXPECT_EQ(offline.counters(), (http::guard_counters{2, 0}));
}

TEST(address_guard, admits_only_local_names_and_literals_to_look_up_off_line) {
  http::address_guard offline{network_mode::offline};

  for (const auto allowed : {"localhost", "LocalHost", "wiki.localhost", "localhost.", "127.0.0.1",
                             "[::1]", "[fe80::1%25lo]", "8.8.8.8"}) {
    EXPECT_EQ(offline.admit_lookup(allowed), address_verdict::allowed) << allowed;
  }
  for (const auto refused : {"example.org", "notlocalhost", "localhost.example.org", ""}) {
    EXPECT_EQ(offline.admit_lookup(refused), address_verdict::refused_offline) << refused;
  }
  EXPECT_EQ(offline.counters().refused_offline, 4U);
}

TEST(address_guard, admits_any_name_to_look_up_on_line) {
  http::address_guard online;

  EXPECT_EQ(online.admit_lookup("example.org"), address_verdict::allowed);
}

TEST(address_guard, counts_refusals_of_many_threads) {
  http::address_guard guard;
  {
    std::vector<std::jthread> callers;
    for (int caller = 0; caller < 4; ++caller) {
      callers.emplace_back([&guard] {
        for (int turn = 0; turn < 1000; ++turn) {
          std::ignore = guard.admit(address("10.0.0.1"), network_scope::public_only);
        }
      });
    }
  }

  EXPECT_EQ(guard.counters().refused_policy, 4000U);
}

TEST(describe_refusal, names_the_address_its_kind_and_the_rule) {
  EXPECT_EQ(http::describe_refusal(address("10.0.0.1"), network_scope::public_only,
                                   address_verdict::refused_policy),
            "address 10.0.0.1 is private, only public is allowed");
  EXPECT_EQ(
      http::describe_refusal(address("::ffff:127.0.0.1"), network_scope::with_private,
                             address_verdict::refused_policy),
      "address ::ffff:127.0.0.1 is loopback (IPv4-mapped), only public or private is allowed");
  EXPECT_EQ(http::describe_refusal(address("8.8.8.8"), network_scope::public_only,
                                   address_verdict::refused_offline),
            "address 8.8.8.8 is public, off-line only loopback is allowed");
}

TEST(scope_of, a_url_of_this_machine_is_reached_on_loopback_alone) {
  for (const char* const here : {"http://localhost:4318", "http://127.0.0.1:4318", "localhost",
                                 "https://[::1]:4318/otlp", "http://localhost/otlp"}) {
    EXPECT_EQ(http::scope_of(here), network_scope::loopback_only) << here;
  }
  for (const char* const elsewhere : {"http://collector:4318", "https://10.0.0.1",
                                      "http://localhost.example", "http://x/127.0.0.1"}) {
    EXPECT_EQ(http::scope_of(elsewhere), network_scope::with_private) << elsewhere;
  }
}

}  // namespace
