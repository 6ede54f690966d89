#pragma once

#include <genstage/genstage.hpp>
#include <map>
#include <memory>
#include <string>

#include "livesearch/search/search_session.hpp"

namespace livesearch {

/// Where searches begin: it starts a process for each, and at the end of the program sees to it
/// that every searcher is told.
class search_desk final : public genstage::server {
 public:
  struct begin {
    std::shared_ptr<search_wish> wish;
  };
  struct count_searches {};

  explicit search_desk(lane_board* board) noexcept : board_{board} {}

  void init() { trap_exits(); }
  void handle_cast(begin wanted);
  [[nodiscard]] std::size_t handle_call(count_searches) const { return sessions_.size(); }
  void handle_exit(const genstage::exit_signal& ended);
  genstage::task<> terminate(const genstage::exit_reason& reason);

 private:
  lane_board* board_;
  void supersede(const std::string& name, const genstage::ref<search_session>& newest);

  struct running_search {
    genstage::ref<search_session> session;
    searcher_name name;
  };

  std::map<genstage::pid, running_search> sessions_;
  /// Of searchers whose new search ends the one before.
  std::map<std::string, genstage::ref<search_session>> newest_;
};

inline constexpr genstage::name<search_desk> desk{"search_desk"};

}  // namespace livesearch
