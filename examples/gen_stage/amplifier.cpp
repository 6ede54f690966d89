// A counter, an amplifier that makes three numbers of each one, and a printer that rests for a
// second after each batch. What the amplifier makes in excess waits in its buffer, and as long as
// anything waits there the counter is asked for nothing, however slow the printer is.
// Rule G-407.
#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <genstage/genstage.hpp>
#include <genstage/simulation/simulation.hpp>
#include <ranges>
#include <span>

namespace gs = genstage;
using namespace std::chrono_literals;

class counter final : public gs::producer<std::int64_t> {
 public:
  void handle_demand(gs::demand asked, gs::output<std::int64_t>& out) override {
    fmt::print("counter: {} more\n", asked.count());
    const auto count = static_cast<std::int64_t>(asked);
    out.append(std::views::iota(next_, next_ + count));
    next_ += count;
  }

 private:
  std::int64_t next_ = 0;
};

class amplifier final : public gs::producer_consumer<std::int64_t, std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t> events, gs::output<std::int64_t>& out) override {
    for (const std::int64_t event : events) out.append(std::views::iota(event, event + 3));
  }
};

class printer final : public gs::async_consumer<std::int64_t> {
 public:
  gs::task<> handle_events(std::span<std::int64_t> events) override {
    fmt::print("printer: {} numbers, {} to {}\n", events.size(), events.front(), events.back());
    auto pause = gs::sleep_for(1s);
    co_await std::move(pause);
  }
};

inline constexpr gs::name<counter> numbers{"numbers"};
inline constexpr gs::name<amplifier> amplified{"amplified"};
inline constexpr gs::name<printer> printed{"printed"};

int main() {
  // A fault of the buffer would be logged, and so be printed.
  gs::simulation world{1, {.log = [](const gs::log_record& line) {
                         fmt::print("{}: {}\n", line.subject, line.text);
                       }}};
  const auto tree = gs::start_supervisor(
      world.home(), {.strategy = gs::restart_strategy::rest_for_one,
                     .children = {gs::child(numbers), gs::child(amplified).subscribe_to(numbers),
                                  gs::child(printed).subscribe_to(amplified)}});
  world.run_for(12s);
  return tree ? 0 : 1;
}
