#pragma once

#include <cstdint>
#include <genstage/http/server.hpp>

#include "bench/old_architecture/job_queue.hpp"
#include "livesearch/site/catalog.hpp"

namespace old_architecture {

/// `/api/search/start`, `/api/search/poll` and `/bench/state` over the queue.
///
/// Lifetime: queue and sites outlive the server. Threads: the handler runs on the reactor and waits
/// there for Redis; a round trip to a local server takes less than handing it to another thread.
[[nodiscard]] genstage::http::http_server::handler make_routes(
    job_queue& jobs, const livesearch::site_catalog& sites);

struct web_options {
  std::uint16_t redis_port = 6379;
  std::uint16_t port = 0;  ///< 0 takes a free one
};

/// Serves until SIGTERM or SIGINT; the program's exit status.
[[nodiscard]] int serve_web(const web_options& options, const livesearch::site_catalog& sites);

}  // namespace old_architecture
