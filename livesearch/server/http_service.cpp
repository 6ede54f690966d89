#include "livesearch/server/http_service.hpp"

#include <utility>

namespace livesearch {

namespace {

constexpr std::string_view port_name = "http server";

}  // namespace

genstage::task<> http_service::terminate(const genstage::exit_reason&) {
  auto [far, near] = genstage::make_operation<void>();
  const auto tell = [told = far] { told.complete(genstage::result<void>{}); };
  if (log_ == nullptr) {
    server_->stop(grace, tell);
  } else if (!log_->plays()) {
    server_->stop(grace, [tell, log = log_] { log->came(port_name, 0, "", tell); });
  } else {
    log_->listen(std::string{port_name}, [tell](std::uint64_t, std::string_view) {
      tell();
      return true;
    });
  }
  genstage::operation<void> stopped = std::move(near);
  (void)co_await std::move(stopped);
}

}  // namespace livesearch
