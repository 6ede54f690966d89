#pragma once

#include <genstage/genstage.hpp>
#include <genstage/http/server.hpp>
#include <genstage/io/reactor.hpp>
#include <memory>
#include <string>

#include "livesearch/server/routes.hpp"

namespace livesearch {

/// Where the HTTP interface listens. The socket is opened before the tree starts, so that an
/// address in use is a clear error, and closed when the tree stops, after the searches have ended.
///
/// Lifetime: the server outlives the tree.
class http_service final : public genstage::server {
 public:
  static constexpr std::chrono::milliseconds grace{2000};

  explicit http_service(genstage::http::http_server* listening) noexcept : server_{listening} {}

  void init() { trap_exits(); }
  /// Lets running answers reach their readers.
  genstage::task<> terminate(const genstage::exit_reason& reason);

 private:
  genstage::http::http_server* server_;
};

inline constexpr genstage::name<http_service> http_endpoint{"http_service"};

}  // namespace livesearch
