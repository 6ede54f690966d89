#include "livesearch/search/search_desk.hpp"

#include <utility>
#include <vector>

namespace livesearch {

void search_desk::handle_cast(begin wanted) {
  const searcher_name name = wanted.wish->name;
  const auto session =
      genstage::spawn<search_session>(home(), {.parent = self()}, std::move(wanted.wish), board_);
  if (session) {
    sessions_.emplace(session->id(), running_search{*session, name});
    if (name.order == search_order::newest_only) supersede(name.text, *session);
  } else {
    log(genstage::log_level::error, session.error().message);
  }
}

void search_desk::supersede(const std::string& name, const genstage::ref<search_session>& newest) {
  const auto earlier = newest_.find(name);
  if (earlier != newest_.end()) genstage::cast(earlier->second, search_session::superseded{});
  newest_.insert_or_assign(name, newest);
}

void search_desk::handle_exit(const genstage::exit_signal& ended) {
  const auto over = sessions_.find(ended.from);
  if (over == sessions_.end()) return;
  const auto newest = newest_.find(over->second.name.text);
  if (newest != newest_.end() && newest->second.id() == ended.from) newest_.erase(newest);
  sessions_.erase(over);
}

genstage::task<> search_desk::terminate(const genstage::exit_reason&) {
  using told = genstage::operation<void>;
  std::vector<told> all;
  for (const auto& [id, each] : sessions_) {
    all.push_back(genstage::call(each.session, search_session::program_stops{}));
  }
  for (told& each : all) {
    // A session that ended meanwhile needed no telling.
    (void)co_await std::move(each);
  }
}

}  // namespace livesearch
