#include "livesearch/sites/carried_sites.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "livesearch/site/request.hpp"

namespace livesearch {
namespace {

std::string messages(const loaded_sites& loaded) {
  std::string all;
  for (const auto& error : loaded.errors) all += to_string(error) + "\n";
  return all;
}

TEST(demonstration_site_files, all_load_and_stay_on_loopback) {
  const auto loaded = load_definitions(demonstration_site_files("http://127.0.0.1:4711"));

  EXPECT_TRUE(loaded.errors.empty()) << messages(loaded);
  ASSERT_EQ(loaded.definitions.size(), 3U);
  for (const auto& site : loaded.definitions) {
    EXPECT_EQ(site.network, network_scope::loopback) << site.id;
    EXPECT_EQ(site.checked.state, check_state::demonstration) << site.id;
    EXPECT_EQ(request_host(site), "127.0.0.1") << site.id;
    EXPECT_TRUE(site.enabled) << site.id;
  }
}

TEST(demonstration_site_files, have_three_different_shapes) {
  const auto loaded = load_definitions(demonstration_site_files("http://127.0.0.1:4711"));

  ASSERT_EQ(loaded.definitions.size(), 3U);
  EXPECT_EQ(loaded.definitions[0].id, "handbook");
  EXPECT_EQ(loaded.definitions[0].answer.format, answer_format::html);
  EXPECT_EQ(loaded.definitions[1].id, "journal");
  EXPECT_EQ(loaded.definitions[1].answer.format, answer_format::feed);
  EXPECT_EQ(loaded.definitions[2].id, "tracker");
  EXPECT_EQ(loaded.definitions[2].answer.format, answer_format::json);
}

TEST(public_site_files, all_load) {
  const auto loaded = load_definitions(public_site_files());

  EXPECT_TRUE(loaded.errors.empty()) << messages(loaded);
  EXPECT_GE(loaded.definitions.size(), 8U);
  EXPECT_LE(loaded.definitions.size(), 12U);
}

TEST(public_site_files, say_where_their_interface_is_documented_and_were_never_checked) {
  for (const auto& site : load_definitions(public_site_files()).definitions) {
    EXPECT_EQ(site.checked.state, check_state::never) << site.id;
    EXPECT_TRUE(site.documentation.starts_with("https://")) << site.id;
    EXPECT_TRUE(site.homepage.starts_with("https://")) << site.id;
    EXPECT_TRUE(site.request.url.starts_with("https://")) << site.id;
    EXPECT_EQ(site.network, network_scope::public_network) << site.id;
    EXPECT_EQ(site.request.method, request_method::get) << site.id;
  }
}

TEST(public_site_files, ask_one_thing_at_a_time_and_at_most_once_in_a_second) {
  for (const auto& site : load_definitions(public_site_files()).definitions) {
    EXPECT_EQ(site.limits.concurrency, 1U) << site.id;
    EXPECT_LE(site.limits.rate.count, 1.0) << site.id;
  }
}

TEST(public_site_files, begin_with_the_policy_that_their_rate_follows) {
  for (const auto& file : public_site_files()) {
    const std::string_view yaml = file.yaml;
    const auto policy = yaml.substr(0, yaml.find("\nname:"));

    EXPECT_TRUE(yaml.starts_with("# ")) << file.name;
    EXPECT_NE(policy.find("https://"), std::string_view::npos) << file.name;
    EXPECT_NE(policy.find("Here:"), std::string_view::npos) << file.name;
  }
}

TEST(public_site_files, make_requests_in_which_a_query_stays_a_query) {
  for (const auto& site : load_definitions(public_site_files()).definitions) {
    const auto request = make_request(site, {.text = "a&b=c #d/../?e"});

    ASSERT_TRUE(request.has_value()) << site.id;
    EXPECT_NE(request->url.find("a%26b%3Dc%20%23d%2F..%2F%3Fe"), std::string::npos) << request->url;
    EXPECT_EQ(request->url.find('{'), std::string::npos) << request->url;
  }
}

}  // namespace
}  // namespace livesearch
