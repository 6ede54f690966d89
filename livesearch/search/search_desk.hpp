#pragma once

#include <genstage/genstage.hpp>
#include <map>
#include <memory>

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

  void init() { trap_exits(); }
  void handle_cast(begin wanted);
  [[nodiscard]] std::size_t handle_call(count_searches) const { return sessions_.size(); }
  void handle_exit(const genstage::exit_signal& ended) { sessions_.erase(ended.from); }
  genstage::task<> terminate(const genstage::exit_reason& reason);

 private:
  std::map<genstage::pid, genstage::ref<search_session>> sessions_;
};

inline constexpr genstage::name<search_desk> desk{"search_desk"};

}  // namespace livesearch
