#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <genstage/http/client.hpp>
#include <genstage/simulation/property.hpp>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "livesearch/search/lane.hpp"
#include "livesearch/search/map_memory_test.hpp"
#include "livesearch/search/search_desk.hpp"

// Sites of every bad habit, searchers who come and go, lanes that crash: what must hold whatever
// happens.
namespace livesearch {
namespace {

using namespace std::chrono_literals;
using genstage::duration;
using genstage::errc;
using genstage::instant;
namespace http = genstage::http;

/// What the searchers want at this moment, as the requests are checked against it.
struct wishes {
  std::map<std::string, int> wanted{};        ///< by how many
  std::map<std::string, instant> given_up{};  ///< when the last searcher lost interest

  [[nodiscard]] bool has(const std::string& query, instant now) const {
    if (query == job_router::probe_query || wanted.contains(query)) return true;
    // A message that says so may be under way at the same moment.
    const auto past = given_up.find(query);
    return past != given_up.end() && past->second == now;
  }
  void lose(const std::string& query, instant now) {
    if (--wanted[query] > 0) return;
    wanted.erase(query);
    given_up[query] = now;
  }
};

std::string parameter(const std::string& url, std::string_view name) {
  const std::size_t at = url.find(name) + name.size();
  return url.substr(at, url.find('&', at) - at);
}

/// Answers as each seed wants it, and writes down what it was asked, and when.
class odd_sites final : public http::http_client {
 public:
  struct request {
    std::string site;
    std::string query;
    instant begun;
  };

  odd_sites(genstage::driver& scheduler, std::uint64_t seed, const wishes& wanted)
      : scheduler_{scheduler}, random_{seed}, wishes_{wanted} {}

  http::transfer_id start(http::http_request asked, completion on_done) override {
    request made{parameter(asked.url, "from="), parameter(asked.url, "q="), scheduler_.now()};
    if (!wishes_.has(made.query, made.begun)) {
      problems.push_back(fmt::format("{} was asked {} for nobody", made.site, made.query));
    }
    const http::transfer_id id{++last_};
    transfer& running = running_[id];
    running.asked = made;
    running.on_done = std::move(on_done);
    const auto [after, outcome] = ending_of(behave(asked.url), asked);
    running.timer = scheduler_.arm(scheduler_.now() + after,
                                   [this, id, told = outcome]() noexcept { finish(id, told); });
    begun.push_back(std::move(made));
    return id;
  }

  void cancel(http::transfer_id id) noexcept override {
    const auto found = running_.find(id);
    if (found == running_.end()) return;
    scheduler_.disarm(found->second.timer);
    finish(id, genstage::fail(errc::cancelled, "cancelled"));
  }

  [[nodiscard]] std::size_t in_flight(const std::string& site) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        running_, [&](const auto& each) { return each.second.asked.site == site; }));
  }
  /// The running requests that nobody wants.
  [[nodiscard]] std::vector<std::string> unwanted() const {
    std::vector<std::string> found;
    for (const auto& [id, each] : running_) {
      if (!wishes_.has(each.asked.query, scheduler_.now())) found.push_back(each.asked.query);
    }
    return found;
  }

  std::vector<request> begun;
  std::vector<std::string> problems;

 private:
  using answer = genstage::result<http::http_response>;
  struct transfer {
    request asked;
    completion on_done;
    genstage::timer_id timer{};
  };
  /// How a transfer goes if nobody limits it: when its answer begins, when it has ended, with what.
  struct course {
    std::optional<duration> begins{};
    std::optional<duration> ends{};
    answer outcome = genstage::fail(errc::timed_out, "it never ended");
  };

  /// As the client's limits let it end.
  static std::pair<duration, answer> ending_of(course free, const http::http_request& asked) {
    const auto too_late = [](duration when) -> std::pair<duration, answer> {
      return {when, genstage::fail(errc::timed_out, "too slow")};
    };
    const duration first = asked.first_byte_limit;
    const bool is_limited = first > 0ns && first < asked.total_limit;
    if (is_limited && (!free.begins || *free.begins >= first)) return too_late(first);
    if (!free.ends || *free.ends >= asked.total_limit) return too_late(asked.total_limit);
    return {*free.ends, std::move(free.outcome)};
  }

  course behave(const std::string& url) {
    const duration soon = std::chrono::milliseconds{1 + random_() % 300};
    http::http_response made;
    made.status = 200;
    made.content_type = "application/rss+xml";
    made.final_url = url;
    made.body = R"(<rss version="2.0"><channel>)";
    const auto ending = [&](answer outcome, int slower = 1) {
      return course{soon, soon * slower, std::move(outcome)};
    };
    switch (random_() % 18) {
      case 0:
        return {};  // It hangs.
      case 1:
        return {.begins = soon};  // It dribbles: byte after byte, without an end.
      case 2:
        return lie(soon, made);
      case 3:
        return ending(made, 12);
      case 4:
        return {{}, soon, genstage::fail(errc::unreachable, "no route")};
      case 5:
        return ending(genstage::fail(errc::refused, "an address that it may not reach"));
      case 6:
        made.status = random_() % 2 == 0 ? 500 : 503;
        return ending(made);
      case 7:
        return ending(limit_rate(std::move(made)));
      case 8:
      case 9:
        return ending(redirect(std::move(made)));
      case 10:
        made.body += "</channel></rss>";
        return ending(made);
      default:
        made.body +=
            "<item><title>Found</title><link>https://example.org/</link></item>"
            "</channel></rss>";
        return ending(made);
    }
  }

  /// About the length of its answer: it closes before, it goes on waiting, or it says too little.
  course lie(duration soon, http::http_response said) {
    switch (random_() % 3) {
      case 0:
        return {soon, soon, genstage::fail(errc::bad_answer, "shorter than it said")};
      case 1:
        return {.begins = soon};
      default:
        said.body += "<item><title>Cut o";
        return {soon, soon, std::move(said)};
    }
  }

  http::http_response limit_rate(http::http_response said) {
    said.status = random_() % 3 == 0 ? 403 : 429;
    if (random_() % 2 == 0) {
      said.headers.push_back({"Retry-After", random_() % 2 == 0 ? std::to_string(random_() % 5)
                                                                : "Thu, 01 Jan 1970 00:00:07 GMT"});
    }
    return said;
  }

  http::http_response redirect(http::http_response said) {
    const std::string asked = said.final_url.substr(said.final_url.find('?'));
    said.status = std::vector{301U, 302U, 303U, 307U, 308U}[random_() % 5];
    const std::string to =
        std::vector<std::string>{"/on", "https://other.example.net/", "ftp://x/"}[random_() % 3];
    said.headers.push_back({"Location", to + asked});
    return said;
  }

  void finish(http::transfer_id id, answer outcome) {
    auto node = running_.extract(id);
    if (!node.empty()) node.mapped().on_done(std::move(outcome));
  }

  genstage::driver& scheduler_;
  std::mt19937_64 random_;
  const wishes& wishes_;
  std::map<http::transfer_id, transfer> running_;
  std::uint64_t last_ = 0;
};

/// One search, as its searcher sees it.
struct told_search {
  std::string query;
  std::stop_source leaves{};
  bool is_begun = false;
  bool has_left = false;
  bool is_over = false;
  std::map<std::string, site_answer> answers{};
  std::vector<std::string> problems{};
};

class note_taker final : public search_listener {
 public:
  note_taker(told_search* told, std::size_t untaken, std::function<void()> on_end)
      : told_{told}, untaken_{untaken}, on_end_{std::move(on_end)} {}

  void started(const search_plan& plan) override {
    told_->is_begun = true;
    for (const planned_site& each : plan.sites) limits_[each.site->definition.id] = each.limit;
  }
  void answered(const searchable_site& site, const site_answer& answer,
                std::chrono::nanoseconds elapsed) override {
    const std::string& id = site.definition.id;
    const auto expect = [&](bool holds, std::string_view otherwise) {
      if (!holds) told_->problems.push_back(fmt::format("{} {}: {}", told_->query, id, otherwise));
    };
    expect(told_->answers.emplace(id, answer).second, "a second answer");
    expect(elapsed <= limits_.at(id), "after its limit");
    expect(!told_->has_left, "after the searcher left");
    expect(!told_->is_over, "after the end");
    const bool has_hits = answer.outcome == site_outcome::results;
    expect(answer.hits.empty() != has_hits, "hits and outcome do not agree");
    expect(has_hits || !answer.message.empty(), "no word of why");
    const bool says_when =
        answer.outcome == site_outcome::busy || answer.outcome == site_outcome::rate_limited;
    expect(!says_when || answer.retry_after, "no word of when");
    expect(!answer.age || is_answer(answer.outcome), "an error from the cache");
    expect(!answer.age || *answer.age <= site.definition.limits.cache, "too old");
  }
  void ended(const search_summary& summary) override {
    if (std::exchange(told_->is_over, true)) told_->problems.push_back("a second end");
    const std::size_t sites = limits_.size();
    if (told_->answers.size() != sites || summary.answered + summary.failed != sites) {
      told_->problems.push_back(told_->query + ": ended without each site");
    }
    on_end_();
  }
  [[nodiscard]] std::size_t untaken() const override { return untaken_; }

 private:
  told_search* told_;
  std::size_t untaken_;
  std::function<void()> on_end_;
  std::map<std::string, std::chrono::milliseconds> limits_;
};

/// How often the sites' parts ended how, over all seeds.
using tally = std::map<site_outcome, int>;

/// A program of three sites that lives through one trial.
class odd_world {
 public:
  explicit odd_world(genstage::trial& once) : once_{once} {
    world_.emplace(once.seed());
    client_.emplace(*world_, once.seed(), wishes_);
    std::vector<site_definition> definitions;
    for (const char* const id : {"a", "b", "c"}) definitions.push_back(site(id));
    sites_ = *site_catalog::make(std::move(definitions));
    board_.emplace(sites_);
    genstage::supervisor_spec tree{.limits = {.restarts = 10, .within = 5s}};
    tree.children.push_back(lanes(sites_, {&*client_, &*board_, &memory_}));
    tree.children.push_back(genstage::child(desk, &*board_));
    top_ = *world_->home().spawn(std::make_unique<genstage::supervisor>(std::move(tree)));
    world_->settle();
    once.run_in(*world_);
  }

  void live(tally& seen) {
    for (int step = 0; step < 60; ++step) {
      const auto chance = once_.pick(10);
      if (chance < 7) begin();
      if (chance > 7) leave();
      world_->settle();
      check();
      world_->run_for(std::chrono::milliseconds{once_.pick(120)});
      check();
    }
    world_->run_for(6s);  // The longest limit is shorter.
    check();
    check_pace();
    for (const site_ptr& each : sites_.all()) {
      once_.expect(!!world_->home().find(router_name(each->definition)), "a lane is gone");
    }
    for (const told_search& each : searches_) {
      once_.expect(each.is_begun, each.query + " has no begin");
      once_.expect(each.has_left || each.is_over, each.query + " has no end");
      for (const auto& [site, answer] : each.answers) ++seen[answer.outcome];
    }
  }

 private:
  std::chrono::milliseconds some(std::uint64_t least, std::uint64_t most) {
    return std::chrono::milliseconds{least + once_.pick(most - least)};
  }

  site_definition site(std::string id) {
    site_definition made;
    made.id = std::move(id);
    made.request.url = "https://" + made.id + ".example.org/?from=" + made.id + "&q={query}";
    made.limits.time = some(500, 3000);
    if (once_.pick(3) == 0) made.limits.first_byte = some(100, 600);
    made.limits.concurrency = static_cast<std::uint32_t>(1 + once_.pick(3));
    made.limits.queue = 1 + once_.pick(5);
    made.limits.rate.count = std::vector{0.7, 2.0, 5.5, 40.0}[once_.pick(4)];
    made.limits.delay = std::chrono::milliseconds{once_.pick(3) * 30};
    made.limits.retries = static_cast<std::uint32_t>(once_.pick(3));
    if (once_.pick(8) == 0) made.limits.per_day = 5 + once_.pick(20);
    if (once_.pick(3) == 0) made.limits.cache = some(500, 3000);
    made.answer.format = answer_format::feed;
    return made;
  }

  void begin() {
    told_search& told = searches_.emplace_back();
    told.query = fmt::format("q{}", once_.pick(30));
    ++wishes_.wanted[told.query];
    const std::string limit = once_.pick(8) == 0 ? " limit:300ms" : "";
    const std::size_t untaken = once_.pick(10) == 0 ? search_session::most_held : 0;
    auto wish = std::make_shared<search_wish>();
    wish->plan = *plan_search(sites_, *parse_query(told.query + limit));
    wish->listener = std::make_shared<note_taker>(
        &told, untaken, [this, query = told.query] { wishes_.lose(query, world_->now()); });
    wish->searcher = told.leaves.get_token();
    wish->name.text = fmt::format("s{}", once_.pick(4));
    if (once_.pick(4) == 0) wish->name.order = search_order::newest_only;
    const auto sent = genstage::cast(world_->home(), desk, search_desk::begin{std::move(wish)});
    once_.expect(sent.has_value(), "the desk is not there");
  }

  void leave() {
    if (searches_.empty()) return;
    told_search& told = searches_[once_.pick(searches_.size())];
    if (told.has_left || told.is_over) return;
    told.has_left = true;
    wishes_.lose(told.query, world_->now());
    told.leaves.request_stop();
  }

  void check() {
    for (const site_ptr& each : sites_.all()) {
      const site_definition& site = each->definition;
      const lane_state state = board_->find(site.id)->state();
      once_.expect(client_->in_flight(site.id) <= site.limits.concurrency,
                   site.id + " has too many requests at once");
      once_.expect(state.waiting <= site.limits.queue, site.id + " has a long queue");
      once_.expect(state.resting <= site.limits.queue + site.limits.concurrency,
                   site.id + " has many that rest");
    }
    for (const std::string& query : client_->unwanted()) once_.fail(query + " runs for nobody");
    for (const std::string& said : client_->problems) once_.fail(said);
    for (const told_search& each : searches_) {
      for (const std::string& said : each.problems) once_.fail(said);
    }
  }

  /// Over every window, wherever it begins, and every hop of a redirect.
  void check_pace() {
    for (const site_ptr& each : sites_.all()) {
      const auto& [id, limits] = std::tie(each->definition.id, each->definition.limits);
      std::vector<instant> left;
      for (const odd_sites::request& asked : client_->begun) {
        if (asked.site == id) left.push_back(asked.begun);
      }
      const auto burst = std::max<std::size_t>(1, static_cast<std::size_t>(limits.rate.count));
      const duration span{
          static_cast<std::int64_t>(1e9 * static_cast<double>(burst) / limits.rate.count)};
      for (std::size_t at = 0; at < left.size(); ++at) {
        once_.expect(at < burst || left[at] - left[at - burst] >= span, id + ": asked too often");
        once_.expect(at < 1 || left[at] - left[at - 1] >= limits.delay, id + ": asked too soon");
      }
      const bool has_day = limits.per_day > 0;
      once_.expect(!has_day || left.size() <= limits.per_day, id + ": asked too much in a day");
    }
  }

  genstage::trial& once_;
  wishes wishes_;
  std::deque<told_search> searches_;
  map_memory memory_;
  // The world's processes use what stands before it, and end with it.
  site_catalog sites_;
  std::optional<lane_board> board_;
  std::optional<odd_sites> client_;
  std::optional<genstage::simulation> world_;
  genstage::process_ref top_;
};

bool is_lane(std::string_view subject) {
  return subject.starts_with("lane");
}

TEST(random_sites_sim_test, each_site_ends_once_and_in_time_and_no_limit_is_passed) {
  tally seen;
  std::size_t trials = 0;

  const auto broken = genstage::find_failure(
      {.seeds = 2'000, .faults = {.kill = 0.002, .start = 0.01, .at_most = 6, .may_fail = is_lane}},
      [&](genstage::trial& once) {
        ++trials;
        odd_world{once}.live(seen);
      });

  ASSERT_FALSE(broken) << to_string(*broken);
  if (trials < 100) return;  // Somebody looks at a few seeds.
  for (const site_outcome each : all_outcomes) {
    if (each == site_outcome::suspicious) continue;  // It takes more answers than one trial has.
    EXPECT_GT(seen[each], 0) << to_string(each);
  }
}

}  // namespace
}  // namespace livesearch
