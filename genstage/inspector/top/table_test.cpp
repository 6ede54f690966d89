#include "genstage/inspector/top/table.hpp"

#include <gtest/gtest.h>

#include <string>

namespace genstage::top {
namespace {

constexpr std::string_view snapshot = R"({"at":2000000000,"took_us":800,"next_in_ms":0,"processes":[
 {"pid":"<0.1>","label":"application","name":"application","type":"supervisor","parent":null,
  "activity":"ready","supervisor":true,"answered":true,"callback":null,"in_callback_ms":null,
  "mailbox":{"length":0,"bytes":0,"oldest_ms":null},"busy":null,"restarts":0,"stage":null},
 {"pid":"<1.1>","label":"orders","name":"orders","type":"source","parent":"<0.1>",
  "activity":"ready","supervisor":false,"answered":true,"callback":null,"in_callback_ms":null,
  "mailbox":{"length":0,"bytes":0,"oldest_ms":null},"busy":0.25,"restarts":0,
  "stage":{"kind":"producer","buffered":7,"queued":0}},
 {"pid":"<2.1>","label":"archived","name":"archived","type":"archive","parent":"<0.1>",
  "activity":"waiting","supervisor":false,"answered":true,"callback":"handle_events",
  "in_callback_ms":1500.0,"mailbox":{"length":3,"bytes":90,"oldest_ms":4.0},"busy":0.5,
  "restarts":2,"stage":{"kind":"consumer","buffered":0,"queued":0}},
 {"pid":"<3.1>","label":"inspector/door","name":"inspector/door","type":"door","parent":"<0.1>",
  "activity":"ready","supervisor":false,"answered":false,"callback":"handle_cast",
  "in_callback_ms":2.0,"mailbox":{"length":0,"bytes":0,"oldest_ms":null},"busy":null,
  "restarts":0,"stage":null}],
 "subscriptions":[{"tag":"s1","producer":"<1.1>","consumer":"<2.1>","delivered":100}],
 "findings":[{"illness":"slow_sink","stage":"<2.1>","label":"archived","text":"it is slow",
              "evidence":[]}]})";

program_view read(std::string_view text = snapshot) {
  auto view = read_view(text);
  EXPECT_TRUE(view) << view.error().message;
  return *view;
}

/// Where each name stands, from the top.
std::size_t line_of(const std::string& table, std::string_view name) {
  return table.find("\n" + std::string{name});
}

TEST(top_table_test, shows_who_waits_longest_first_and_what_was_found) {
  const std::string table = write_table(read(), nullptr, {});

  EXPECT_TRUE(table.starts_with("up 2.0 s, 3 processes, looked in 0.8 ms, sorted by waiting\n"))
      << table;
  EXPECT_NE(table.find("! archived: it is slow"), std::string::npos);
  EXPECT_NE(table.find("handle_events waits"), std::string::npos);
  EXPECT_NE(table.find("1.5 s"), std::string::npos);
  EXPECT_LT(line_of(table, "archived"), line_of(table, "orders"));
}

TEST(top_table_test, rates_are_told_from_two_views) {
  const program_view before = read();
  program_view now = before;
  now.at_ms += 500;
  for (process_row& each : now.processes) {
    if (each.label == "archived") each.events += 60;
  }

  const std::string table = write_table(now, &before, {.sort = sort_key::events});

  EXPECT_NE(table.find("120/s"), std::string::npos) << table;
}

TEST(top_table_test, names_are_sorted_alphabetically) {
  const std::string table = write_table(read(), nullptr, {.sort = sort_key::name});

  EXPECT_LT(line_of(table, "application"), line_of(table, "archived"));
  EXPECT_LT(line_of(table, "archived"), line_of(table, "orders"));
}

TEST(top_table_test, a_tree_has_children_below_their_supervisors) {
  const std::string table = write_table(read(), nullptr, {.arranged = arrangement::tree});

  EXPECT_NE(line_of(table, "application"), std::string::npos) << table;
  EXPECT_NE(line_of(table, "  archived"), std::string::npos) << table;
}

TEST(top_table_test, the_inspector_itself_is_shown_if_asked_for) {
  EXPECT_EQ(write_table(read(), nullptr, {}).find("inspector/door"), std::string::npos);

  const std::string table = write_table(read(), nullptr, {.with_inspector = true});

  EXPECT_NE(table.find("handle_cast runs"), std::string::npos) << table;
}

// What an inspector answers of one subscription that is measured.
constexpr std::string_view measured = R"({"at":2000000000,"took_us":800,"processes":[
 {"pid":"<1.1>","label":"orders","parent":null,"activity":"ready","supervisor":false,
  "answered":true,"callback":null,"in_callback_ms":null,"mailbox":{"length":0},"busy":null,
  "restarts":0,"stage":{"kind":"producer","buffered":0,"queued":0}},
 {"pid":"<3.1>","label":"inspector/door","parent":null,"activity":"ready","supervisor":false,
  "answered":true,"callback":null,"in_callback_ms":null,"mailbox":{"length":0},"busy":null,
  "restarts":0,"stage":null}],
 "subscriptions":[
  {"tag":"s1","producer":"<1.1>","consumer":"<9.1>","delivered":100,"latency":{
   "waiting_for_demand":{"count":0,"half_ms":0,"most_ms":0,"longest_ms":0},
   "in_queue":{"count":40,"half_ms":0.012,"most_ms":4.04,"longest_ms":9},
   "in_service":{"count":40,"half_ms":150,"most_ms":2500,"longest_ms":9000},
   "waiting_for_batch":{"count":0,"half_ms":0,"most_ms":0,"longest_ms":0},
   "acknowledging":{"count":20,"half_ms":0.5,"most_ms":120000,"longest_ms":120000}}},
  {"tag":"s2","producer":"<1.1>","consumer":"<3.1>","delivered":1,"latency":{
   "waiting_for_demand":{"count":1,"half_ms":1,"most_ms":200000,"longest_ms":1},
   "in_queue":{"count":1,"half_ms":1,"most_ms":1,"longest_ms":1},
   "in_service":{"count":1,"half_ms":1,"most_ms":1,"longest_ms":1},
   "waiting_for_batch":{"count":1,"half_ms":1,"most_ms":1,"longest_ms":1},
   "acknowledging":{"count":1,"half_ms":1,"most_ms":1,"longest_ms":1}}}],
 "findings":[]})";

TEST(top_table_test, latencies_are_told_in_five_parts_of_each_subscription) {
  const std::string table =
      write_table(read(measured), nullptr, {.shows = table_content::latencies});

  EXPECT_EQ(
      table,
      "up 2.0 s, 1 subscriptions measured, looked in 0.8 ms, the slowest first\n"
      "nobody is stuck\n"
      "HALF, 99 %        FOR DEMAND      IN QUEUE    IN SERVICE      IN BATCH           ACK\n"
      "orders > <9.1>                  12us 4.0ms    150ms 2.5s                  500us 2min\n");
}

TEST(top_table_test, the_slowest_subscription_is_told_first_or_the_first_by_name) {
  table_options options{.shows = table_content::latencies, .with_inspector = true};

  const std::string by_slowness = write_table(read(measured), nullptr, options);
  options.sort = sort_key::name;
  const std::string by_name = write_table(read(measured), nullptr, options);

  EXPECT_LT(line_of(by_slowness, "orders > inspector/door"), line_of(by_slowness, "orders > <9.1>"))
      << by_slowness;
  EXPECT_LT(line_of(by_name, "orders > <9.1>"), line_of(by_name, "orders > inspector/door"))
      << by_name;
}

TEST(top_table_test, who_measures_no_latencies_is_told_what_would) {
  const std::string table = write_table(read(), nullptr, {.shows = table_content::latencies});

  EXPECT_NE(table.find("the program does not measure latencies; gs::latencies does"),
            std::string::npos)
      << table;
}

TEST(top_table_test, what_does_not_fit_is_cut_and_counted) {
  const std::string table = write_table(read(), nullptr, {.width = 20, .height = 4});

  EXPECT_TRUE(table.ends_with("and 3 more\n")) << table;
  for (std::size_t begin = 0; begin < table.size(); begin = table.find('\n', begin) + 1) {
    EXPECT_LE(table.find('\n', begin) - begin, 20U);
  }
}

TEST(top_table_test, letters_and_words_name_the_same_keys) {
  EXPECT_EQ(sort_key_of('b'), sort_key::busy);
  EXPECT_EQ(sort_key_of("mailbox"), sort_key::mailbox);
  EXPECT_EQ(sort_key_of('x'), std::nullopt);
  EXPECT_EQ(to_string(sort_key::name), "name");
}

TEST(top_table_test, what_is_no_snapshot_is_refused) {
  const auto view = read_view("<html>");

  ASSERT_FALSE(view);
  EXPECT_EQ(view.error().code, errc::bad_answer);
  EXPECT_TRUE(view.error().message.starts_with(
      "gs-top: what was answered is no snapshot of an inspector: "))
      << view.error().message;
}

}  // namespace
}  // namespace genstage::top
