// Prints the first five numbers that a stage emits, and ends.

#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <genstage/genstage.hpp>
#include <ranges>
#include <span>

namespace gs = genstage;

class counter final : public gs::producer<std::int64_t> {
 public:
  explicit counter(std::int64_t first) : next_{first} {}

  void handle_demand(gs::demand asked, gs::output<std::int64_t>& out) override {
    const auto count = static_cast<std::int64_t>(asked);
    out.append(std::views::iota(next_, next_ + count));
    next_ += count;
  }

 private:
  std::int64_t next_;
};

class printer final : public gs::consumer<std::int64_t> {
 public:
  explicit printer(int wanted) : wanted_{wanted} {}

  void handle_events(std::span<std::int64_t> events) override {
    for (const auto event : events) {
      if (wanted_ == 0) return;
      std::printf("%lld\n", static_cast<long long>(event));
      // The application stops as it would for anybody who ends the program.
      if (--wanted_ == 0) kill(getpid(), SIGTERM);
    }
  }

 private:
  int wanted_;
};

inline constexpr gs::name<counter> numbers{"numbers"};
inline constexpr gs::name<printer> printed{"printed"};

int main() {
  gs::application app{{.strategy = gs::restart_strategy::rest_for_one,
                       .children = {
                           gs::child(numbers, 0),
                           gs::child(printed, 5).subscribe_to(numbers, {.max_demand = 2}),
                       }}};
  return app.run();
}
