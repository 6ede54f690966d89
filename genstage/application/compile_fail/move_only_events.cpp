// Events that can only be moved are copied from the range that is appended.
#include <genstage/genstage.hpp>
#include <iterator>
#include <memory>
#include <ranges>
#include <span>
#include <vector>

namespace gs = genstage;
using event = std::unique_ptr<int>;

class source final : public gs::producer<event> {
 public:
  void handle_demand(gs::demand, gs::output<event>& out) override {
#ifdef GENSTAGE_FIXED
    out.append(std::ranges::subrange{std::make_move_iterator(kept_.begin()),
                                     std::make_move_iterator(kept_.end())});
#else
    out.append(kept_);
#endif
  }

 private:
  std::vector<event> kept_;
};

class sink final : public gs::consumer<event> {
 public:
  void handle_events(std::span<event>) override {}
};

auto wired(const gs::ref<sink>& consumer, const gs::ref<source>& producer) {
  return gs::subscribe(consumer, producer);
}
