// A child that takes strings is subscribed to one that emits integers.
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

inline constexpr gs::name<counter> numbers{"numbers"};
inline constexpr gs::name<printer> printed{"printed"};

gs::child_spec wired() {
  return gs::child(printed).subscribe_to(numbers);
}
