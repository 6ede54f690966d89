// A child gets an argument of which no copy can be made for its next start.
#include <genstage/genstage.hpp>
#include <memory>
#include <utility>

namespace gs = genstage;

class keeper final : public gs::server {
 public:
  explicit keeper(std::unique_ptr<int> kept) : kept_{std::move(kept)} {}
  int handle_call(int) { return *kept_; }

 private:
  std::unique_ptr<int> kept_;
};

inline constexpr gs::name<keeper> kept{"kept"};

gs::child_spec declared() {
#ifdef GENSTAGE_FIXED
  return gs::child_from(kept, [] { return std::make_unique<keeper>(std::make_unique<int>(1)); });
#else
  return gs::child(kept, std::make_unique<int>(1));
#endif
}
