// Stages declare options that their kind does not have, or ask for what it has not (G-018, G-019,
// G-022, G-028, G-157, G-199).
#include <cstdint>
#include <genstage/genstage.hpp>
#include <span>

namespace gs = genstage;

class sink final : public gs::consumer<std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t>) override {}
#ifndef GENSTAGE_FIXED
  auto dispatcher() const { return gs::broadcast_dispatcher{}; }
  gs::buffer_options buffer() const { return {.size = 5}; }
#endif
};

class between final : public gs::producer_consumer<std::int64_t, std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t>, gs::output<std::int64_t>&) override {}
#ifndef GENSTAGE_FIXED
  gs::demand_mode initial_demand() const { return gs::demand_mode::accumulate; }
#endif
};

class source final : public gs::producer<std::int64_t> {
 public:
  void handle_demand(gs::demand, gs::output<std::int64_t>&) override {}
#ifndef GENSTAGE_FIXED
  int dispatcher() const { return 0; }
#endif
};

#ifndef GENSTAGE_FIXED
void ask(const gs::ref<between>& middle, const gs::ref<sink>& last) {
  gs::set_demand(middle, gs::demand_mode::accumulate);
  (void)gs::estimate_buffered_count(last);
}
#endif

void start(gs::runtime& home) {
  (void)gs::spawn<sink>(home, {});
  (void)gs::spawn<between>(home, {});
  (void)gs::spawn<source>(home, {});
}
