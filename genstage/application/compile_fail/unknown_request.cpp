// A server is called with a request that it has no handler for (G-042).
#include <genstage/genstage.hpp>

namespace gs = genstage;

struct get_count {};
struct get_sum {};

class tally final : public gs::server {
 public:
  int handle_call(get_count) { return 0; }
};

auto asked(const gs::ref<tally>& server) {
#ifdef GENSTAGE_FIXED
  return gs::call(server, get_count{});
#else
  return gs::call(server, get_sum{});
#endif
}
