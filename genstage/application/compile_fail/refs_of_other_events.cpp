// By hand: a consumer of strings is subscribed to a producer of integers.
#include <cstdint>
#include <genstage/genstage.hpp>
#include <span>
#include <string>

namespace gs = genstage;

class counter final : public gs::producer<std::int64_t> {
 public:
  void handle_demand(gs::demand, gs::output<std::int64_t>&) override {}
};

#ifdef GENSTAGE_FIXED
using taken = std::int64_t;
#else
using taken = std::string;
#endif

class printer final : public gs::consumer<taken> {
 public:
  void handle_events(std::span<taken>) override {}
};

auto wired(const gs::ref<printer>& consumer, const gs::ref<counter>& producer) {
  return gs::subscribe(consumer, producer);
}
