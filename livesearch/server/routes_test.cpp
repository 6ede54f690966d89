#include "livesearch/server/routes.hpp"

#include <gtest/gtest.h>

namespace livesearch {
namespace {

const std::vector<std::string> names{"search.example.org"};

TEST(own_host_test, addresses_localhost_and_given_names_are_own) {
  for (const char* const host : {"127.0.0.1:8080", "10.0.0.7", "[::1]:8080", "localhost",
                                 "LocalHost:8080", "search.example.org", "Search.Example.org:80"}) {
    EXPECT_TRUE(is_own_host(host, names)) << host;
  }
}

TEST(own_host_test, a_foreign_name_that_resolves_to_this_machine_is_refused) {
  for (const char* const host : {"evil.example.com", "localhost.evil.example.com", "127.0.0.1.evil",
                                 "", "search.example.org.evil"}) {
    EXPECT_FALSE(is_own_host(host, names)) << host;
  }
}

}  // namespace
}  // namespace livesearch
