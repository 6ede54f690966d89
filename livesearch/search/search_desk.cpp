#include "livesearch/search/search_desk.hpp"

#include <utility>
#include <vector>

namespace livesearch {

void search_desk::handle_cast(begin wanted) {
  const auto session =
      genstage::spawn<search_session>(home(), {.parent = self()}, std::move(wanted.wish));
  if (session) {
    sessions_.emplace(session->id(), *session);
  } else {
    log(genstage::log_level::error, session.error().message);
  }
}

genstage::task<> search_desk::terminate(const genstage::exit_reason&) {
  using told = genstage::operation<void>;
  std::vector<told> all;
  for (const auto& [id, session] : sessions_) {
    all.push_back(genstage::call(session, search_session::program_stops{}));
  }
  for (told& each : all) {
    // A session that ended meanwhile needed no telling.
    (void)co_await std::move(each);
  }
}

}  // namespace livesearch
