#include "livesearch/cli/recorded_search.hpp"

#include <gtest/gtest.h>

namespace livesearch {
namespace {

using namespace std::chrono_literals;

recorded_search example() {
  const auto yaml = [](std::string_view id) {
    return "name: " + std::string{id} + "\nrequest: {url: \"https://" + std::string{id} +
           ".example/?q={query}\"}\nanswer: {format: feed}\n";
  };
  return {.query = "back pressure",
          .sites = {"one"},
          .categories = {},
          .page = 1,
          .cache = cache_use::bypassed,
          .format = output_format::json,
          .files = {{"one.yaml", yaml("one")}, {"two.yaml", yaml("two")}},
          .disabled = {"two"},
          .began = calendar::time{1'700'000'000'000ms},
          .learnt = lane_conditions{{"one", {.failures = 2}}}};
}

TEST(recorded_search_test, what_was_written_is_read_to_the_same_bytes) {
  const std::string bytes = to_bytes(example());

  const auto read = recorded_search_of_bytes(bytes);

  ASSERT_TRUE(read);
  EXPECT_EQ(to_bytes(*read), bytes);
}

TEST(recorded_search_test, a_server_is_kept_with_who_looks_on) {
  recorded_search server = example();
  server.server = server_settings{.is_offline = true,
                                  .host_names = {"search.example"},
                                  .inspect = 8042,
                                  .otlp = "http://127.0.0.1:4318",
                                  .latencies = true};

  const auto read = recorded_search_of_bytes(to_bytes(server));

  ASSERT_TRUE(read);
  EXPECT_EQ(read->server, server.server);
  EXPECT_TRUE(read->is_of_a_server());
  EXPECT_FALSE(recorded_search_of_bytes(to_bytes(example()))->is_of_a_server());
}

TEST(recorded_search_test, a_part_of_it_or_something_else_is_not_read) {
  const std::string bytes = to_bytes(example());

  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(recorded_search_of_bytes(std::string_view{bytes}.substr(0, size))) << size;
  }
  EXPECT_FALSE(recorded_search_of_bytes(bytes + "x"));
}

TEST(recorded_search_test, it_is_prepared_as_it_was) {
  const auto sites = example().catalog();
  ASSERT_TRUE(sites) << sites.error().message;
  const auto plan = example().plan(*sites);

  ASSERT_TRUE(plan) << plan.error().message;
  ASSERT_EQ(plan->sites.size(), 1U);
  EXPECT_EQ(plan->sites[0].site->definition.id, "one");
  EXPECT_EQ(plan->cache, cache_use::bypassed);
  EXPECT_FALSE(sites->find("two")->definition.enabled);
  EXPECT_EQ(example().times().at(genstage::instant{5ms}), calendar::time{1'700'000'000'005ms});
}

TEST(recorded_search_test, a_file_that_is_not_there_or_no_recording_is_said) {
  EXPECT_FALSE(read_recorded_search("/nowhere/run.gsched"));
  EXPECT_FALSE(read_recorded_search("/dev/null"));
}

}  // namespace
}  // namespace livesearch
