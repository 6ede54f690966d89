// The demand conversation of the slides, held by two real stages and told from what was recorded.
#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <genstage/genstage.hpp>
#include <genstage/task/sync_wait.hpp>
#include <vector>

#include "slides.hpp"
#include "stages.hpp"

namespace gs = genstage;

int main() {
  gs::runtime home;
  const gs::recorder& records = *home.records();

  // Asks and deliveries are recorded by the producer, so its callback sees all there are by then.
  std::vector<std::uint64_t> pauses;
  const auto time_passed = [&] { pauses.push_back(records.read().back().order); };

  const std::deque<std::int64_t> supplies{60, 40, 100};
  const auto producer = gs::spawn<supplier>(home, {.name = "producer"}, supplies,
                                            std::chrono::milliseconds{100}, time_passed);
  const auto consumer = gs::spawn<customer>(home, {.name = "consumer"}, 200);
  auto end = home.down(consumer->process());
  const auto subscribed =
      gs::sync_wait(gs::subscribe(*consumer, *producer, {.max_demand = 100, .min_demand = 0}));
  if (!subscribed) {
    fmt::print(stderr, "{}\n", subscribed.error().message);
    return EXIT_FAILURE;
  }
  (void)gs::sync_wait(std::move(end));

  fmt::print("{}", as_slides(records.read(), pauses, 5));
}
