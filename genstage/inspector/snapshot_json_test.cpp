#include "genstage/inspector/snapshot_json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace genstage {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

process_view consumer() {
  process_view made;
  made.id = {6, 2};
  made.label = "archived";
  made.name = "archived";
  made.parent = {0, 1};
  made.type = "shop::archive";
  made.activity = process_activity::waiting;
  made.callback = "handle_events";
  made.waits = 1500ms;
  made.queue_length = 3;
  made.queue_bytes = 96;
  made.oldest_message = 2ms;
  made.busy = 500ms;
  made.restarts = 0;
  made.stage = stage_view{.kind = stage_kind::consumer, .takes = "order", .queued = 12};
  return made;
}

json written(const snapshot& seen, const look_context& around = {}) {
  return json::parse(write_snapshot(seen, around));
}

TEST(snapshot_json_test, a_stage_is_told_with_all_that_is_known) {
  const json told = written({.at = instant{2s}, .took = 800us, .processes = {consumer()}});

  EXPECT_EQ(told.at("at"), 2'000'000'000);
  EXPECT_EQ(told.at("took_us"), 800);
  EXPECT_EQ(told.at("processes").at(0), json::parse(R"({
    "pid":"<6.2>","label":"archived","name":"archived","type":"shop::archive","parent":"<0.1>",
    "activity":"waiting","supervisor":false,"answered":true,"callback":"handle_events",
    "in_callback_ms":1500.0,"mailbox":{"length":3,"bytes":96,"oldest_ms":2.0},"busy":null,
    "restarts":0,"stage":{"kind":"consumer","takes":"order","emits":"","dispatcher":"",
    "buffered":0,"queued":12,"buffer_size":null,"mode":"forward","emitted":0,"discarded":0}})"));
}

TEST(snapshot_json_test, a_process_that_has_not_answered_is_told_by_its_callback) {
  process_view silent;
  silent.id = {3, 1};
  silent.answered = false;
  silent.callback = "handle_call";
  silent.blocked = 250ms;

  const json told = written({.processes = {silent}}).at("processes").at(0);

  EXPECT_EQ(told.at("answered"), false);
  EXPECT_EQ(told.at("in_callback_ms"), 250.0);
  EXPECT_EQ(told.at("parent"), nullptr);
  EXPECT_EQ(told.at("stage"), nullptr);
}

TEST(snapshot_json_test, how_busy_a_process_is_shows_between_two_snapshots) {
  const snapshot before{.at = instant{1s}, .processes = {consumer()}};
  snapshot now{.at = instant{2s}, .processes = {consumer()}};
  now.processes.front().busy = 750ms;

  const json told = written(now, {.before = &before});

  EXPECT_DOUBLE_EQ(told.at("processes").at(0).at("busy").get<double>(), 0.25);
}

TEST(snapshot_json_test, subscriptions_are_told_with_both_ends) {
  subscription_view between;
  between.tag = unique_id{17};
  between.producer = {1, 1};
  between.consumer = {6, 2};
  between.asked = 100;
  between.delivered = 60;
  between.handled = 20;
  between.in_flight = 40;
  between.outstanding = demand{40};
  between.max_demand = demand{100};
  between.since_ask = 1500us;

  const json told = written({.subscriptions = {between}}).at("subscriptions").at(0);

  EXPECT_EQ(told, json::parse(R"({"tag":"s17","producer":"<1.1>","consumer":"<6.2>","asked":100,
    "delivered":60,"handled":20,"in_flight":40,"outstanding":40,"max_demand":100,"min_demand":0,
    "since_ask_ms":1.5,"since_event_ms":null,"latency":null})"));
}

TEST(snapshot_json_test, findings_are_told_with_their_evidence) {
  const finding found{.what = illness::slow_sink,
                      .stage = {6, 2},
                      .label = "archived",
                      .text = "archived is slow",
                      .evidence = {"orders waits"}};

  const json told = written({}, {.findings = std::span{&found, 1}, .next_in = 500ms});

  EXPECT_EQ(told.at("next_in_ms"), 500.0);
  EXPECT_EQ(told.at("findings").at(0), json::parse(R"({"illness":"slow_sink","stage":"<6.2>",
    "label":"archived","text":"archived is slow","evidence":["orders waits"]})"));
}

}  // namespace
}  // namespace genstage
