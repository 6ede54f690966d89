#include "livesearch/server/search_request.hpp"

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

class search_request_test : public ::testing::Test {
 protected:
  static site_catalog make_catalog() {
    site_definition docs;
    docs.id = "docs";
    docs.categories = {"manuals"};
    docs.request.url = "https://a.example/?q={query}&p={page}";
    docs.answer.format = answer_format::feed;
    site_definition wiki = docs;
    wiki.id = "wiki";
    wiki.categories = {};
    return *site_catalog::make({docs, wiki});
  }
  [[nodiscard]] genstage::result<search_plan> plan(std::string_view target) const {
    return read_plan(*genstage::http::parse_target(target), sites);
  }
  [[nodiscard]] std::string refusal(std::string_view target) const {
    const auto made = plan(target);
    return made ? "accepted" : made.error().message;
  }
  site_catalog sites = make_catalog();
};

TEST_F(search_request_test, query_sites_categories_and_page_are_read) {
  const auto made = plan("/api/search?q=back+pressure&category=manuals&page=3");

  ASSERT_TRUE(made);
  EXPECT_EQ(made->query.text, "back pressure");
  EXPECT_EQ(made->page, 3U);
  ASSERT_EQ(made->sites.size(), 1U);
  EXPECT_EQ(made->sites[0].asked, (site_query{.text = "back pressure", .page = 3}));
  EXPECT_EQ(plan("/api/search?q=x&site=wiki&site=docs")->sites.size(), 2U);
}

TEST_F(search_request_test, the_cache_can_be_off) {
  EXPECT_EQ(plan("/api/search?q=x")->cache, cache_use::allowed);
  EXPECT_EQ(plan("/api/search?q=x&cache=off")->cache, cache_use::bypassed);
  EXPECT_EQ(refusal("/api/search?q=x&cache=no"),
            "cache: \"no\" is neither on nor off; not searched");
}

TEST_F(search_request_test, what_is_wrong_is_named_first) {
  EXPECT_TRUE(refusal("/api/search").starts_with("query: it is empty"));
  EXPECT_TRUE(
      refusal("/api/search?q=x&site=nowhere").starts_with("site: \"nowhere\" is not known"));
  EXPECT_TRUE(refusal("/api/search?q=x&category=z").starts_with("category: \"z\" is not known"));
  EXPECT_EQ(refusal("/api/search?q=x&page=two"),
            "page: \"two\" is no number, 1 to 50 are allowed; not searched");
  EXPECT_EQ(refusal("/api/search?q=x&page=0"),
            "page: 0 is out of bounds, 1 to 50 are allowed; not searched");
}

}  // namespace
}  // namespace livesearch
