#include "livesearch/cli/search_run.hpp"

#include <genstage/task/sync_wait.hpp>
#include <optional>
#include <utility>

#include "livesearch/cli/recorded_search.hpp"
#include "livesearch/search/lane.hpp"
#include "livesearch/search/search_desk.hpp"

namespace livesearch {

search_run::search_run(const std::string& record_to, const std::string& replay_from)
    : driver_{record_to, replay_from} {
  if (!record_to.empty()) signals_.emplace();
  genstage::runtime_options options;
  options.on_incident = [this](const genstage::incident&) {
    if (home_) driver_.save(*home_);
  };
  home_.reset(new genstage::runtime{driver_.make_runtime(std::move(options))});
  if (signals_) signals_->begin([this] { driver_.save(*home_); });
}

void search_run::end() {
  signals_.reset();
  if (!home_) return;
  driver_.stop(*home_);
  home_.reset();
}

template <class T>
genstage::result<T> search_run::wait(genstage::operation<T> awaited) {
  if (driver_.player() == nullptr) return genstage::sync_wait(std::move(awaited));
  auto played = driver_.player()->run_until(std::move(awaited));
  if (played) return *std::move(played);
  const genstage::result<std::size_t> at = driver_.player()->run();
  return genstage::fail(genstage::errc::invalid_argument,
                        "replay: " + (at ? std::string{"the recording ends before the search does"}
                                         : at.error().message));
}

genstage::result<search_summary> search_run::run(request asked, const listener_maker& make) {
  if (driver_.failure()) return std::unexpected{*driver_.failure()};
  auto [far, near] = genstage::make_operation<search_summary>();
  auto wish = std::make_shared<search_wish>(search_wish{std::move(asked.plan), make(far), {}});
  genstage::supervisor_spec tree;
  tree.children.push_back(lanes(*asked.sites, asked.services));
  tree.children.push_back(genstage::child(desk, asked.services.board));
  auto [up, starting] = genstage::make_operation<std::optional<genstage::exit_reason>>();
  genstage::result<genstage::process_ref> top;
  const auto begin = [&] {
    top = home_->spawn(std::make_unique<genstage::supervisor>(std::move(tree)), {.started = up});
  };
  if (genstage::port_log* const ports = driver_.ports()) {
    ports->came(recorded_search::port_name, 0, std::move(asked.begins), begin);
  } else {
    begin();
  }
  if (!top) return std::unexpected{std::move(top.error())};
  if (auto started = wait(std::move(starting)); !started) {
    return std::unexpected{std::move(started.error())};
  }
  if (auto sent = genstage::cast(*home_, desk, search_desk::begin{std::move(wish)}); !sent) {
    return std::unexpected{std::move(sent.error())};
  }
  auto summary = wait(std::move(near));
  if (!summary) return summary;
  auto down = home_->down(*top);
  home_->exit(*top, genstage::exit_reason::shutdown());
  (void)wait(std::move(down));
  driver_.save(*home_);
  return summary;
}

}  // namespace livesearch
