// The sites that both systems search: the demonstration's pages, each site on a port of its own,
// with as many requests at once and as much delay as the scenario wants.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <deque>
#include <genstage/application/application.hpp>
#include <genstage/http/server.hpp>
#include <genstage/io/reactor.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "livesearch/demo/demonstration.hpp"

namespace http = genstage::http;
using json = nlohmann::ordered_json;
using std::chrono::milliseconds;

namespace {

/// Milliseconds since the epoch, so that the searchers' times can be set beside these.
std::int64_t wall_time() {
  return std::chrono::duration_cast<milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// The last word of a query tells for which search it is; the site looks for the rest.
struct tagged_query {
  std::string target;
  std::string search;
};

tagged_query read_query(const http::request_target& asked) {
  const std::string* const query = asked.find("q");
  std::string words = query != nullptr ? *query : std::string{};
  const auto last = words.rfind(' ');
  tagged_query read{"", last == std::string::npos ? "" : words.substr(last + 1)};
  words.resize(std::min(last, words.size()));
  for (char& each : words) each = each == ' ' ? '+' : each;
  read.target = fmt::format("{}?q={}&limit=10", asked.path, words);
  return read;
}

/// What a site remembers of one request.
struct visit {
  std::string search;
  std::int64_t began = 0;
  std::int64_t ended = 0;
};

/// One site: takes `slots` requests at once, each for `delay`; the others wait. A request in a slot
/// is worked on to its end even if the client has left, as most sites do.
class site : public std::enable_shared_from_this<site> {
 public:
  static constexpr milliseconds never{-1};

  site(livesearch::demo_shape shape, std::size_t slots, milliseconds delay,
       genstage::driver& scheduler)
      : shape_{shape}, free_slots_{slots}, delay_{delay}, scheduler_{&scheduler} {}

  void take(const http::server_request& arrived, http::responder responder) {
    auto [target, search] = read_query(arrived.target);
    auto asked = std::make_shared<pending>(std::move(target), std::move(responder));
    std::unique_lock lock{mutex_};
    const std::size_t number = visits_.size();
    const std::uint64_t generation = generation_;
    visits_.push_back({std::move(search), wall_time(), 0});
    lock.unlock();
    // Without the lock: it calls back at once if the client has left already.
    asked->to.on_closed([self = shared_from_this(), number, generation,
                         request = std::weak_ptr{asked}](http::exchange_end) {
      const std::scoped_lock closing{self->mutex_};
      if (self->generation_ == generation) self->visits_[number].ended = wall_time();
      if (const auto left = request.lock()) left->is_open = false;
    });
    lock.lock();
    waiting_.push_back(std::move(asked));
    serve();
  }

  void set_delay(milliseconds delay) {
    const std::scoped_lock lock{mutex_};
    delay_ = delay;
    serve();
  }

  /// What was asked since the last call, without requests that still run.
  std::vector<visit> take_visits() {
    const std::scoped_lock lock{mutex_};
    ++generation_;
    return std::exchange(visits_, {});
  }

 private:
  struct pending {
    pending(std::string asked, http::responder responder)
        : target{std::move(asked)}, to{std::move(responder)} {}
    std::string target;
    http::responder to;
    bool is_open = true;
  };

  /// Gives free slots to those who wait. A site that hangs takes nobody.
  void serve() {
    while (delay_ != never && free_slots_ > 0 && !waiting_.empty()) {
      auto next = std::move(waiting_.front());
      waiting_.pop_front();
      if (!next->is_open) continue;
      --free_slots_;
      scheduler_->arm(
          scheduler_->now() + delay_,
          [self = shared_from_this(), next]() mutable noexcept { self->answer(*next); });
    }
  }

  void answer(pending& asked) {
    static const livesearch::demonstration pages;
    livesearch::demo_answer given = pages.answer(shape_, asked.target);
    asked.to.respond({given.status, std::move(given.content_type), {}, std::move(given.body)});
    const std::scoped_lock lock{mutex_};
    ++free_slots_;
    serve();
  }

  const livesearch::demo_shape shape_;
  std::mutex mutex_;  // Guards what follows.
  std::size_t free_slots_;
  milliseconds delay_;
  genstage::driver* scheduler_;
  std::deque<std::shared_ptr<pending>> waiting_;
  std::vector<visit> visits_;
  std::uint64_t generation_ = 0;
};

struct served_site {
  std::shared_ptr<site> model;
  std::unique_ptr<http::http_server> server;
};
using served_sites = std::map<std::string, served_site>;

void reply(http::responder& to, unsigned status, const json& body) {
  to.respond({status, "application/json", {}, body.dump() + "\n"});
}

json all_visits(served_sites& sites) {
  json all = json::array();
  for (auto& [id, each] : sites) {
    for (const visit& one : each.model->take_visits()) {
      all.push_back(
          {{"site", id}, {"search", one.search}, {"began", one.began}, {"ended", one.ended}});
    }
  }
  return all;
}

/// `/sites` tells where they are, `/delay?site=ID&ms=N` changes one, `/visits` takes the list of
/// what was asked since it was taken last.
void control(served_sites& sites, const http::server_request& asked, http::responder& to) {
  if (asked.target.path == "/visits") return reply(to, 200, all_visits(sites));
  if (asked.target.path == "/sites") {
    json addresses = json::object();
    for (const auto& [id, each] : sites) addresses[id] = each.server->url();
    return reply(to, 200, addresses);
  }
  const std::string* const id = asked.target.find("site");
  const std::string* const ms = asked.target.find("ms");
  const auto known = id != nullptr ? sites.find(*id) : sites.end();
  if (asked.target.path != "/delay" || known == sites.end() || ms == nullptr) {
    return reply(to, 404, {{"error", "allowed are /sites, /visits and /delay?site=ID&ms=N"}});
  }
  known->second.model->set_delay(milliseconds{std::atoi(ms->c_str())});
  reply(to, 200, {{"site", *id}, {"ms", *ms}});
}

}  // namespace

int main(int count, char** arguments) {
  CLI::App options{"The sites of the story's scenarios, on loopback"};
  std::uint16_t port = 0;
  std::size_t slots = 4;
  int delay = 50;
  options.add_option("--port", port, "Where it is controlled; 0 takes any free port");
  options.add_option("--slots", slots, "Requests that a site takes at once");
  options.add_option("--delay", delay, "How long each takes, in milliseconds");
  CLI11_PARSE(options, count, arguments);

  genstage::application app{{}};
  genstage::reactor reactor{"sites"};
  served_sites sites;
  using shape = livesearch::demo_shape;
  const std::vector<std::pair<std::string, shape>> shapes{{"handbook", shape::handbook},
                                                          {"tracker", shape::tracker},
                                                          {"journal", shape::journal},
                                                          {"archive", shape::handbook}};
  // Enough for whoever waits in front of a site that hangs.
  const http::server_options roomy{.max_connections = 8192};
  for (const auto& [id, pages] : shapes) {
    served_site& made = sites[id];
    made.model = std::make_shared<site>(pages, slots, milliseconds{delay}, app.home().scheduler());
    auto server = http::http_server::listen(
        reactor, roomy, [model = made.model](http::server_request asked, http::responder to) {
          model->take(asked, std::move(to));
        });
    if (!server) return fmt::print(stderr, "story_sites: {}\n", server.error().message), 1;
    made.server = std::move(*server);
  }
  auto controls = http::http_server::listen(
      reactor, {.port = port},
      [&](http::server_request asked, http::responder to) { control(sites, asked, to); });
  if (!controls) return fmt::print(stderr, "story_sites: {}\n", controls.error().message), 1;
  app.on_started([&] {
    fmt::print("ready on {}\n", (*controls)->url());
    std::fflush(stdout);
  });
  return app.run();
}
