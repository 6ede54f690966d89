#pragma once

#include <genstage/genstage.hpp>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "livesearch/fetch/lane_gauge.hpp"
#include "livesearch/search/listener.hpp"
#include "livesearch/search/search_plan.hpp"
#include "livesearch/search/search_trace.hpp"
#include "livesearch/site/catalog.hpp"

namespace livesearch {

/// Whether a searcher's new search ends the one before.
enum class search_order : std::uint8_t { side_by_side, newest_only };

/// Who searches.
struct searcher_name {
  /// For turns in a queue; all without a name are one searcher.
  std::string text{};
  search_order order = search_order::side_by_side;
};

/// A search that somebody wants.
struct search_wish {
  search_plan plan;
  std::shared_ptr<search_listener> listener;
  /// Stopped when the searcher has left.
  std::stop_token searcher{};
  searcher_name name{};
  /// The searcher's own span, if it told one.
  std::optional<genstage::trace_context> trace{};
};

/// One search as a process: sends a job to each lane, passes answers on as they come, and ends each
/// site's part at the site's limit.
class search_session final : public genstage::server {
 public:
  /// What a search may hold for a reader that takes nothing: answers that have come, and those
  /// that may come because their sites have been asked. A site more is asked when it fits.
  static constexpr std::size_t most_held = std::size_t{2} << 20U;

  search_session(std::shared_ptr<search_wish> wish, lane_board* board);

  struct site_answered {
    std::size_t site;
    site_answer answer;
  };
  struct limit_reached {
    std::size_t site;
  };
  struct reader_took {};
  struct searcher_left {};
  /// The same searcher has begun another search.
  struct superseded {};
  struct program_stops {};

  void init();
  void handle_cast(site_answered told);
  void handle_cast(limit_reached told);
  void handle_cast(reader_took) { ask_what_fits(); }
  void handle_cast(searcher_left);
  void handle_cast(superseded) {
    give_up(search_end::superseded, "A newer search took its place.");
  }
  /// The searcher is told that the search ends early.
  void handle_call(program_stops) { give_up(search_end::stopping, "The program stops."); }

 private:
  struct part {
    bool is_asked = false;
    std::stop_source wanted{};
    genstage::timer_id limit{};
    bool is_over = false;
  };
  using leave_notice = std::stop_callback<std::function<void()>>;

  void ask_what_fits();
  void send_job(std::size_t index);
  void settle(std::size_t index, const site_answer& answer);
  /// Ends each part that is not over with these words.
  void give_up(search_end reason, std::string why);
  void end(search_end reason);
  [[nodiscard]] std::chrono::nanoseconds elapsed() const { return now() - begun_; }

  std::shared_ptr<search_wish> wish_;
  lane_board* board_;
  std::vector<part> parts_;
  genstage::instant begun_{};
  std::size_t next_ = 0;      ///< the first part that was not asked yet
  std::size_t reserved_ = 0;  ///< bytes that the answers of those asked may have
  search_summary summary_{};
  bool is_over_ = false;
  std::optional<search_trace> trace_;
  std::optional<leave_notice> leaves_;
};

}  // namespace livesearch
