#include <fmt/format.h>

#include <cstdint>
#include <genstage/genstage.hpp>
#include <ranges>
#include <span>

namespace gs = genstage;

// Emits consecutive integers, exactly as many as were asked for.
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

class doubler final : public gs::producer_consumer<std::int64_t, std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t> events, gs::output<std::int64_t>& out) override {
    out.append(events | std::views::transform([](std::int64_t event) { return 2 * event; }));
  }
};

class printer final : public gs::consumer<std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t> events) override {
    for (const auto event : events) fmt::print("{}\n", event);
  }
};

inline constexpr gs::name<counter> numbers{"numbers"};
inline constexpr gs::name<doubler> doubled{"doubled"};
inline constexpr gs::name<printer> printed{"printed"};

int main() {
  gs::application app{{.strategy = gs::restart_strategy::rest_for_one,
                       .children = {
                           gs::child(numbers, 0),
                           gs::child(doubled).subscribe_to(numbers),
                           gs::child(printed).times(4).subscribe_to(doubled, {.max_demand = 10}),
                       }}};
  return app.run();
}
