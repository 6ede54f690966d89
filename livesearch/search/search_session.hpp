#pragma once

#include <genstage/genstage.hpp>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "livesearch/search/listener.hpp"
#include "livesearch/search/search_plan.hpp"
#include "livesearch/site/catalog.hpp"

namespace livesearch {

/// A search that somebody wants.
struct search_wish {
  search_plan plan;
  std::shared_ptr<search_listener> listener;
  /// Stopped when the searcher has left.
  std::stop_token searcher{};
};

/// One search as a process: sends a job to each lane, passes answers on as they come, and ends each
/// site's part at the site's limit.
class search_session final : public genstage::server {
 public:
  explicit search_session(std::shared_ptr<search_wish> wish);

  struct site_answered {
    std::size_t site;
    site_answer answer;
  };
  struct limit_reached {
    std::size_t site;
  };
  struct searcher_left {};
  struct program_stops {};

  void init();
  void handle_cast(site_answered told);
  void handle_cast(limit_reached told);
  void handle_cast(searcher_left);
  /// The searcher is told that the search ends early.
  void handle_call(program_stops);

 private:
  struct part {
    std::stop_source wanted{};
    genstage::timer_id limit{};
    bool is_over = false;
  };
  using leave_notice = std::stop_callback<std::function<void()>>;

  void send_job(std::size_t index);
  void settle(std::size_t index, const site_answer& answer);
  void end(search_end reason);
  [[nodiscard]] std::chrono::nanoseconds elapsed() const { return now() - begun_; }

  std::shared_ptr<search_wish> wish_;
  std::vector<part> parts_;
  genstage::instant begun_{};
  search_summary summary_{};
  bool is_over_ = false;
  std::optional<leave_notice> leaves_;
};

}  // namespace livesearch
