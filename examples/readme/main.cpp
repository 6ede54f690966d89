#include <cstdint>
#include <genstage/genstage.hpp>
#include <iostream>
#include <ranges>
#include <span>

namespace gs = genstage;

// Emits consecutive integers, exactly as many as were asked for.
class counter final : public gs::producer<std::int64_t> {
 public:
  void handle_demand(gs::demand asked, gs::output<std::int64_t>& out) override {
    const auto count = static_cast<std::int64_t>(asked);
    out.append(std::views::iota(next_, next_ + count));
    next_ += count;
  }

 private:
  std::int64_t next_ = 0;
};

class printer final : public gs::consumer<std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t> events) override {
    for (const auto event : events) std::cout << event << '\n';
  }
};

inline constexpr gs::name<counter> numbers{"numbers"};
inline constexpr gs::name<printer> printed{"printed"};

int main() {
  gs::application app{{.strategy = gs::restart_strategy::rest_for_one,
                       .children = {
                           gs::child(numbers),
                           gs::child(printed).subscribe_to(numbers, {.max_demand = 10}),
                       }}};
  return app.run();  // until SIGINT or SIGTERM
}
