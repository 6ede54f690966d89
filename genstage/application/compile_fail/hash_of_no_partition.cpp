// A hash that answers a number with a fraction: no partition has such a name (G-283).
#include <genstage/genstage.hpp>

namespace gs = genstage;

#ifdef GENSTAGE_FIXED
int which(int& event) {
  return event % 2;
}
#else
double which(int& event) {
  return event / 2.0;
}
#endif

class router final : public gs::producer<int> {
 public:
  auto dispatcher() const { return gs::partition_dispatcher{{.partitions = 2}, &which}; }
  void handle_demand(gs::demand, gs::output<int>&) override {}
};

void start(gs::runtime& home) {
  (void)gs::spawn<router>(home, {});
}
