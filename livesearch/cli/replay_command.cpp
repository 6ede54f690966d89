#include <fmt/format.h>

#include <genstage/http/recorded_client.hpp>
#include <genstage/http/trace_headers.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "livesearch/cli/commands.hpp"
#include "livesearch/cli/notices.hpp"
#include "livesearch/cli/recorded_search.hpp"
#include "livesearch/cli/search_run.hpp"
#include "livesearch/search/search_desk.hpp"
#include "livesearch/server/report_listener.hpp"
#include "livesearch/server/search_port.hpp"
#include "livesearch/server/search_request.hpp"
#include "livesearch/server/service_tree.hpp"

namespace livesearch {

namespace {

namespace http = genstage::http;

/// What a replay stands on: it is never asked, since answers come out of the recording.
class nobody_to_ask final : public http::http_client {
 public:
  http::transfer_id start(http::http_request, completion on_done) override {
    on_done(genstage::fail(genstage::errc::refused, "a replay asks nobody"));
    return {};
  }
  void cancel(http::transfer_id) noexcept override {}
};

/// What the lanes work with in a run that is had again.
class replayed_outside {
 public:
  replayed_outside(const recorded_search& recorded, const site_catalog& sites,
                   genstage::port_log* ports)
      : board_{sites}, client_{nobody_, ports}, times_{recorded.times()} {
    if (recorded.learnt && ports != nullptr) memory_.emplace(nullptr, *ports, *recorded.learnt);
  }

  [[nodiscard]] lane_services services() noexcept {
    return {.client = &client_,
            .board = &board_,
            .memory = memory_ ? &*memory_ : nullptr,
            .times = times_};
  }
  /// Before the runtime ends.
  void forget() {
    if (memory_) memory_->forget();
  }

 private:
  lane_board board_;
  nobody_to_ask nobody_;
  http::recorded_client client_;
  std::optional<recorded_memory> memory_;
  calendar times_;
};

int replay_search(const std::string& file, const recorded_search& recorded,
                  const site_catalog& sites) {
  const auto plan = recorded.plan(sites);
  if (!plan) return failed(plan.error());
  search_run runs{"", file};
  replayed_outside outside{recorded, sites, runs.driver().ports()};
  const auto summary = runs.run({&sites, outside.services(), *plan, to_bytes(recorded)},
                                listeners_for(recorded.format));
  outside.forget();
  runs.end();
  if (!summary) return failed(summary.error());
  return summary->results > 0 ? 0 : status_found_nothing;
}

/// Prints what a search came to, below what was asked for.
std::shared_ptr<search_listener> printing(std::string target) {
  return std::make_shared<report_listener>([target = std::move(target)](std::string document) {
    fmt::print("GET {}\n{}\n", target, document);
  });
}

/// Begins the search that a visit asked for.
bool begin(genstage::runtime& home, const site_catalog& sites, const search_port::visit& come,
           std::stop_token searcher,
           const std::function<std::shared_ptr<search_listener>(std::shared_ptr<search_listener>)>&
               watch) {
  const auto target = http::parse_target(come.target);
  if (!target) return false;
  auto plan = read_plan(*target, sites);
  const auto at = genstage::find(home, desk);
  if (!plan || !at) return false;
  auto wish = std::make_shared<search_wish>(
      search_wish{*std::move(plan), watch(printing(come.target)), std::move(searcher),
                  searcher_of(*target, come.peer), http::trace_of(come.trace)});
  genstage::cast(*at, search_desk::begin{std::move(wish)});
  return true;
}

int replay_server(const std::string& file, const recorded_search& recorded,
                  const site_catalog& sites) {
  // Declared before the application, whose processes use it to the end.
  std::optional<search_port> searches;
  std::optional<replayed_outside> outside;
  genstage::application app{{.replay_from = file}};
  if (app.ports() == nullptr) return app.run();  // It says why.
  outside.emplace(recorded, sites, app.ports());
  searches.emplace(app.ports());
  searches->play([&](const search_port::visit& come, std::stop_token searcher, const auto& watch) {
    return begin(app.home(), sites, come, std::move(searcher), watch);
  });
  for (genstage::child_spec& each :
       service_tree(sites, outside->services(), nullptr, app.ports())) {
    app.add(std::move(each));
  }
  app.ports()->came(recorded_search::port_name, 0, to_bytes(recorded), [] {});
  const int status = app.run();
  outside->forget();
  return status;
}

}  // namespace

int replay(const std::string& file) {
  const genstage::result<recorded_search> recorded = read_recorded_search(file);
  if (!recorded) return failed(recorded.error());
  const auto sites = recorded->catalog();
  if (!sites) return failed(sites.error());
  return recorded->is_of_a_server() ? replay_server(file, *recorded, *sites)
                                    : replay_search(file, *recorded, *sites);
}

}  // namespace livesearch
