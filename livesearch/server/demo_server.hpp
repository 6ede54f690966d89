#pragma once

#include <genstage/core/error.hpp>
#include <genstage/http/server.hpp>
#include <genstage/scheduler/driver.hpp>
#include <memory>
#include <string>

namespace livesearch {

/// Serves the demonstration sites over real HTTP on loopback, each with its delay.
///
/// Lifetime: reactor and scheduler outlive it.
class demo_server {
 public:
  /// Failure: as `http_server::listen`.
  [[nodiscard]] static genstage::result<demo_server> start(genstage::reactor& reactor,
                                                           genstage::driver& scheduler);

  [[nodiscard]] std::string url() const { return server_->url(); }

 private:
  explicit demo_server(std::unique_ptr<genstage::http::http_server> server)
      : server_{std::move(server)} {}

  std::unique_ptr<genstage::http::http_server> server_;
};

}  // namespace livesearch
