// A consumer is subscribed to another consumer (G-067).
#include <cstdint>
#include <genstage/genstage.hpp>
#include <span>

namespace gs = genstage;

class printer final : public gs::consumer<std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t>) override {}
};

#ifdef GENSTAGE_FIXED
class first final : public gs::producer<std::int64_t> {
 public:
  void handle_demand(gs::demand, gs::output<std::int64_t>&) override {}
};
#else
class first final : public gs::consumer<std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t>) override {}
};
#endif

inline constexpr gs::name<first> source{"source"};
inline constexpr gs::name<printer> printed{"printed"};

gs::child_spec wired() {
  return gs::child(printed).subscribe_to(source);
}
