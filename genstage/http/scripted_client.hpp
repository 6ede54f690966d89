#pragma once

#include <cstddef>
#include <genstage/http/client.hpp>
#include <genstage/scheduler/driver.hpp>
#include <genstage/simulation/boundary.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace genstage::inline v0::http {

/// An HTTP client whose answers are written down beforehand and come after a delay of the driver's
/// time, which is virtual in a simulation.
///
/// Lifetime: the driver outlives the client; the client outlives what it was asked.
/// Threads: one.
class scripted_client final : public http_client {
 public:
  explicit scripted_client(driver& scheduler) noexcept : scheduler_{scheduler} {}

  /// Requests whose URL contains `part` are answered with `outcome` after `delay`. The script that
  /// was written last and fits is taken.
  void answer(std::string part, duration delay, result<http_response> outcome);
  /// Requests whose URL contains `part` are never answered.
  void ignore(std::string part);
  /// Every request crosses this boundary, where a simulation delays or loses it.
  void cross(boundary& between) noexcept { between_ = &between; }

  [[nodiscard]] transfer_id start(http_request request, completion on_done) override;
  void cancel(transfer_id transfer) noexcept override;

  /// The URLs that were asked for, in order.
  [[nodiscard]] const std::vector<std::string>& asked() const noexcept { return asked_; }
  [[nodiscard]] std::size_t cancelled() const noexcept { return cancelled_; }
  [[nodiscard]] std::size_t in_flight() const noexcept { return running_.size(); }

 private:
  struct script {
    std::string part;
    duration delay;
    std::optional<result<http_response>> outcome;
  };
  struct transfer {
    completion on_done;
    timer_id timer{};
  };

  void finish(transfer_id which, result<http_response> outcome);

  driver& scheduler_;
  boundary* between_ = nullptr;
  std::vector<script> scripts_;
  std::map<transfer_id, transfer> running_;
  std::vector<std::string> asked_;
  std::uint64_t started_ = 0;
  std::size_t cancelled_ = 0;
};

/// A 200 answer with this body.
[[nodiscard]] http_response scripted_answer(std::string content_type, std::string body);

}  // namespace genstage::inline v0::http
