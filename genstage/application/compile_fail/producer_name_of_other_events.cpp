// The name of any producer of integers is given to a consumer of strings.
#include <cstdint>
#include <genstage/genstage.hpp>
#include <span>
#include <string>

namespace gs = genstage;

#ifdef GENSTAGE_FIXED
using taken = std::int64_t;
#else
using taken = std::string;
#endif

class printer final : public gs::consumer<taken> {
 public:
  void handle_events(std::span<taken>) override {}
};

inline constexpr gs::producer_name<std::int64_t> numbers{"numbers"};
inline constexpr gs::name<printer> printed{"printed"};

gs::child_spec wired() {
  return gs::child(printed).subscribe_to(numbers);
}
