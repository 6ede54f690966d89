#pragma once

#include <cstdint>
#include <genstage/http/client.hpp>
#include <genstage/replay/port_log.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace genstage::inline v0::http {

/// An HTTP client whose answers are kept in recording mode and come from the recording in a replay,
/// so that a failure that an answer led to can be had again without the network.
///
///     http::curl_client over_network{waiting};
///     http::recorded_client client{over_network, app.ports()};
///
/// Without a log it only passes on. The client behind it completes on threads of its own, as
/// `curl_client` does; a scripted one belongs to a simulation, which needs no recording.
///
/// Lifetime: `behind` and the log outlive what was asked; the log may be gone when this is
/// destroyed, as an application's is if its processes use the client to the end. The log's bytes
/// are whole answers, with what servers set as cookies: treat a recording as what it holds.
/// Threads: any. Cost: a copy of each answer while it is recorded.
class recorded_client final : public http_client {
 public:
  /// `name` is as which it is kept; each client of a program needs another.
  recorded_client(http_client& behind, port_log* log, std::string name = "http");
  ~recorded_client() override;

  [[nodiscard]] transfer_id start(http_request request, completion on_done) override;
  void cancel(transfer_id transfer) noexcept override;

 private:
  class implementation;
  std::shared_ptr<implementation> self_;
};

/// An outcome as the bytes that a recording has of it: every member of the answer, or the error.
[[nodiscard]] std::string to_bytes(const result<http_response>& outcome);
/// No value for other bytes.
[[nodiscard]] std::optional<result<http_response>> outcome_of_bytes(std::string_view bytes);

}  // namespace genstage::inline v0::http
