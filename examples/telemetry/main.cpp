// Is told what happens in a program: in words of its own, and as JSON lines. A printer that gives
// up at the third number is started again by its supervisor; nothing of that waits for who is told.
#include <fmt/format.h>

#include <cstdint>
#include <genstage/genstage.hpp>
#include <genstage/observe/log_lines.hpp>
#include <genstage/stage/stage_events.hpp>
#include <genstage/supervision/supervision_events.hpp>
#include <span>
#include <stdexcept>
#include <string_view>

namespace gs = genstage;

class counter final : public gs::producer<std::int64_t> {
 public:
  void handle_demand(gs::demand asked, gs::output<std::int64_t>& out) override {
    for (auto left = asked.count(); left > 0; --left) out.emit(++last_);
  }

 private:
  std::int64_t last_ = 0;
};

class printer final : public gs::consumer<std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t> events) override {
    if (events.front() == 3) throw std::runtime_error{"3 is too much"};
  }
};

inline constexpr gs::name<counter> numbers{"numbers"};
inline constexpr gs::name<printer> printed{"printed"};

int main() {
  gs::application app{
      {.children = {gs::child(numbers),
                    gs::child(printed).subscribe_to(numbers, {.max_demand = 1, .min_demand = 0})},
       .runtime = {.log = gs::silent_log(), .workers = 1}}};

  gs::telemetry_handlers& telemetry = app.home().telemetry();
  (void)telemetry.attach<gs::callback_done>("failures", [](const gs::callback_done& done) {
    if (done.how == gs::callback_end::threw) {
      fmt::print("{} of {} threw\n", done.callback, done.who.label());
    }
  });
  (void)telemetry.attach<gs::child_restarted>("restarts", [&](const gs::child_restarted& again) {
    fmt::print("{} runs again\n", again.child);
    app.request_stop();
  });
  const auto print = [](std::string_view line) { fmt::print("{}", line); };
  (void)gs::attach_log_lines(telemetry, {.write = print, .least = gs::log_level::error});
  return app.run();
}
