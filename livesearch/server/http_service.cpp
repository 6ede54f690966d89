#include "livesearch/server/http_service.hpp"

#include <utility>

namespace livesearch {

genstage::task<> http_service::terminate(const genstage::exit_reason&) {
  auto [far, near] = genstage::make_operation<void>();
  server_->stop(grace, [told = far] { told.complete(genstage::result<void>{}); });
  genstage::operation<void> stopped = std::move(near);
  (void)co_await std::move(stopped);
}

}  // namespace livesearch
