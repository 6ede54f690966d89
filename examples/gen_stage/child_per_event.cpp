// Each number gets a process of its own, which prints it after a while and ends. There are never
// more than fifty of them. The supervisor asks again when half of them have ended, so the counter
// is asked rarely, and for many.
// Rule G-410.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <genstage/genstage.hpp>
#include <genstage/simulation/simulation.hpp>
#include <ranges>

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
  std::int64_t next_ = 1;
};

inline constexpr gs::name<counter> numbers{"numbers"};
inline constexpr gs::name<gs::consumer_supervisor<std::int64_t>> printers{"printers"};

int main() {
  gs::simulation world{1};
  int running = 0;
  int most = 0;
  // A number takes the longer, the larger its last digit is; no two end at the same instant.
  const auto print_later = [&](std::int64_t number) -> gs::task<> {
    most = std::max(most, ++running);
    auto pause = gs::sleep_for((number % 10 + 1) * 100ms + number * 10us);
    co_await std::move(pause);
    fmt::print("{}\n", number);
    --running;
  };
  const gs::consumer_supervisor_spec<std::int64_t> one_each{
      .child = gs::event_child<std::int64_t>::running(print_later)};

  const auto tree = gs::start_supervisor(
      world.home(),
      {.strategy = gs::restart_strategy::rest_for_one,
       .children = {gs::child(numbers),
                    gs::child(printers, one_each).subscribe_to(numbers, {.max_demand = 50})}});
  world.run_for(2s);

  fmt::print("at most {} at once\n", most);
  return tree ? 0 : 1;
}
