// An afternoon of football: goals fall in four matches, and two score boards show them. The screen
// is soon ready for the next score, the man on the ladder is not. A board asks for one score at a
// time, and no more than that is emitted, so a goal is shown by a board that is free for it.
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <genstage/genstage.hpp>
#include <random>
#include <span>
#include <string_view>

namespace gs = genstage;
using namespace std::chrono_literals;

struct score {
  std::string_view home;
  std::string_view away;
  int home_goals = 0;
  int away_goals = 0;
  int minute = 0;  // of the last goal
};

struct match {
  score now;
  bool has_news = false;
};

inline constexpr std::array fixtures{match{{"Ajax", "Porto"}}, match{{"Celtic", "Lyon"}},
                                     match{{"Bremen", "Genoa"}}, match{{"Sevilla", "Basel"}}};

// Plays the matches, a minute every 100 ms. They don't stop when no board is free: what waits is
// the newest score of each match, so never more than four.
class afternoon final : public gs::producer<score> {
 public:
  struct minute_passed {};

  void init() { start_minute(); }

  void handle_demand(gs::demand asked, gs::output<score>& out) override {
    asked_ += asked;
    emit_news(out);
  }

  void handle_cast(minute_passed, gs::output<score>& out) {
    for (auto& match : matches_) play(match);
    emit_news(out);
    start_minute();
  }

 private:
  // After ninety minutes the same teams meet again, and a score nobody asked for is forgotten.
  void start_minute() {
    minute_ = minute_ % 90 + 1;
    if (minute_ == 1) matches_ = fixtures;
    gs::cast_after(100ms, gs::ref<afternoon>{self()}, minute_passed{});
  }

  // Either team scores once in sixty minutes, on average.
  void play(match& played) {
    const auto thrown = dice_() % 60;
    if (thrown > 1) return;
    ++(thrown == 0 ? played.now.home_goals : played.now.away_goals);
    played.now.minute = minute_;
    played.has_news = true;
  }

  void emit_news(gs::output<score>& out) {
    for (auto& match : matches_) {
      if (asked_.is_zero()) return;
      if (!match.has_news) continue;
      out.emit(match.now);
      match.has_news = false;
      asked_ -= gs::demand{1};
    }
  }

  std::array<match, fixtures.size()> matches_ = fixtures;
  std::mt19937 dice_{1954};  // A fixed seed: each run has the same goals.
  gs::demand asked_;
  int minute_ = 0;
};

// Shows a score and is busy for a while. A callback must not block, so it waits as a coroutine.
class board final : public gs::async_consumer<score> {
 public:
  board(std::string_view label, std::chrono::milliseconds busy) : label_{label}, busy_{busy} {}

  gs::task<> handle_events(std::span<score> events) override {
    for (const auto& [home, away, home_goals, away_goals, minute] : events) {
      fmt::print("{}: {}' {} {}:{} {}\n", label_, minute, home, home_goals, away_goals, away);
      std::fflush(stdout);
      auto pause = gs::sleep_for(busy_);
      co_await std::move(pause);
    }
  }

 private:
  std::string_view label_;
  std::chrono::milliseconds busy_;
};

inline constexpr gs::name<afternoon> football{"football"};
inline constexpr gs::name<board> screen{"screen"};
inline constexpr gs::name<board> ladder{"ladder"};

int main() {
  gs::application app{
      {.strategy = gs::restart_strategy::rest_for_one,
       .children = {
           gs::child(football),
           gs::child(screen, "screen", 800ms).subscribe_to(football, {.max_demand = 1}),
           gs::child(ladder, "ladder", 3s).subscribe_to(football, {.max_demand = 1}),
       }}};
  return app.run();  // until SIGINT or SIGTERM
}
