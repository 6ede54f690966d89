// Events that can only be moved are broadcast to a consumer that owns its events.
#include <genstage/genstage.hpp>
#include <memory>
#include <span>

namespace gs = genstage;
using event = std::unique_ptr<int>;

class source final : public gs::producer<event> {
 public:
  auto dispatcher() const { return gs::broadcast_dispatcher{}; }
  void handle_demand(gs::demand, gs::output<event>&) override {}
};

#ifdef GENSTAGE_FIXED
using taken = const event;
#else
using taken = event;
#endif

class sink final : public gs::consumer<taken> {
 public:
  void handle_events(std::span<taken>) override {}
};

auto wired(const gs::ref<sink>& consumer, const gs::ref<source>& producer) {
  return gs::subscribe(consumer, producer);
}
