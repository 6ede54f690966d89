// A producer is subscribed to another producer (G-049).
#include <cstdint>
#include <genstage/genstage.hpp>
#include <span>

namespace gs = genstage;

class counter final : public gs::producer<std::int64_t> {
 public:
  void handle_demand(gs::demand, gs::output<std::int64_t>&) override {}
};

#ifdef GENSTAGE_FIXED
class second final : public gs::consumer<std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t>) override {}
};
#else
class second final : public gs::producer<std::int64_t> {
 public:
  void handle_demand(gs::demand, gs::output<std::int64_t>&) override {}
};
#endif

auto wired(const gs::ref<second>& consumer, const gs::ref<counter>& producer) {
  return gs::subscribe(consumer, producer);
}
