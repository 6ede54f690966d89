#include "livesearch/site/catalog.hpp"

#include <gtest/gtest.h>

namespace livesearch {
namespace {

site_definition site(std::string id, bool enabled = true) {
  site_definition made;
  made.id = std::move(id);
  made.enabled = enabled;
  made.request.url = "https://example.org/?q={query}";
  made.answer.format = answer_format::feed;
  return made;
}

std::vector<std::string> ids(const std::vector<site_ptr>& sites) {
  std::vector<std::string> all;
  for (const site_ptr& each : sites) all.push_back(each->definition.id);
  return all;
}

class catalog_test : public ::testing::Test {
 protected:
  site_catalog sites = *site_catalog::make({site("wiki"), site("docs"), site("old", false)});
};

TEST_F(catalog_test, without_a_choice_all_enabled_sites_are_asked) {
  EXPECT_EQ(ids(*sites.select({})), (std::vector<std::string>{"wiki", "docs"}));
}

TEST_F(catalog_test, a_site_whose_request_cannot_be_made_is_refused) {
  site_definition wrong = site("wiki");
  wrong.request.url = "https://example.org/?q={words}";

  EXPECT_TRUE(site_catalog::make({wrong}).error().message.starts_with(
      "wiki: request.url: at character 24: unknown placeholder {words}"));
}

TEST_F(catalog_test, a_site_named_twice_is_asked_once) {
  const std::vector<std::string> named{"docs", "docs"};

  EXPECT_EQ(ids(*sites.select(named)), (std::vector<std::string>{"docs"}));
}

TEST_F(catalog_test, an_unknown_site_is_refused_with_those_that_are_known) {
  const std::vector<std::string> named{"wikki"};

  EXPECT_EQ(sites.select(named).error().message,
            "site: \"wikki\" is not known, known are wiki, docs, old; not searched");
}

TEST_F(catalog_test, a_site_that_is_turned_off_is_refused) {
  const std::vector<std::string> named{"old"};

  EXPECT_EQ(sites.select(named).error().message, "site: \"old\" is turned off; not searched");
}

}  // namespace
}  // namespace livesearch
