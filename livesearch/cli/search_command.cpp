#include <fmt/format.h>

#include <chrono>
#include <genstage/task/sync_wait.hpp>
#include <memory>
#include <utility>

#include "livesearch/cli/commands.hpp"
#include "livesearch/cli/notices.hpp"
#include "livesearch/cli/terminal.hpp"
#include "livesearch/search/lane.hpp"
#include "livesearch/search/search_desk.hpp"
#include "livesearch/search/search_plan.hpp"

namespace livesearch {

namespace {

/// One search, without a server around it.
class single_search {
 public:
  /// Failure: a wrong query, an unknown site, or what keeps the program from starting.
  static genstage::result<std::unique_ptr<single_search>> open(const search_options& asked) {
    auto parsed = parse_query(asked.query);
    if (!parsed) return std::unexpected{std::move(parsed.error())};
    auto made = std::make_unique<single_search>();
    auto started = program::start(asked.program, made->home_->scheduler());
    if (!started) return std::unexpected{std::move(started.error())};
    made->program_ = std::move(*started);
    warn_of_wrong_files(*made->program_);
    auto plan = plan_search(made->program_->sites(), std::move(*parsed), asked.sites,
                            asked.categories, asked.page);
    if (!plan) return std::unexpected{std::move(plan.error())};
    plan->cache = asked.cache;
    introduce_hosts(*made->program_);
    made->plan_ = std::move(*plan);
    return made;
  }

  // Processes and their timers end before what they use.
  ~single_search() { home_.reset(); }

  [[nodiscard]] program& base() noexcept { return *program_; }
  [[nodiscard]] std::size_t site_count() const noexcept { return plan_.sites.size(); }

  /// Asks the sites and waits for the end. `make_listener` gets what is to be completed then.
  template <class MakeListener>
  genstage::result<search_summary> run(MakeListener make_listener) {
    auto [far, near] = genstage::make_operation<search_summary>();
    auto wish = std::make_shared<search_wish>(search_wish{plan_, make_listener(far), {}});
    genstage::supervisor_spec tree;
    tree.children.push_back(lanes(program_->sites(), program_->services()));
    tree.children.push_back(genstage::child(desk, &program_->board()));
    auto [up, starting] = genstage::make_operation<std::optional<genstage::exit_reason>>();
    auto top =
        home_->spawn(std::make_unique<genstage::supervisor>(std::move(tree)), {.started = up});
    if (!top) return std::unexpected{std::move(top.error())};
    (void)genstage::sync_wait(std::move(starting));
    if (auto sent = genstage::cast(*home_, desk, search_desk::begin{std::move(wish)}); !sent) {
      return std::unexpected{std::move(sent.error())};
    }
    auto summary = genstage::sync_wait(std::move(near));
    auto end = home_->down(*top);
    home_->exit(*top, genstage::exit_reason::shutdown());
    (void)genstage::sync_wait(std::move(end));
    return summary;
  }

 private:
  std::optional<genstage::runtime> home_{std::in_place};
  std::unique_ptr<program> program_;
  search_plan plan_;
};

/// Says how each site did in a check, and keeps the ids of those that answered with results.
class check_listener final : public search_listener {
 public:
  explicit check_listener(genstage::completion<search_summary> done) : done_{std::move(done)} {}
  void started(const search_plan&) override {}
  void answered(const searchable_site& site, const site_answer& answer,
                std::chrono::nanoseconds elapsed) override {
    if (answer.outcome != site_outcome::results) {
      fmt::print("{}", describe(site, answer, elapsed, text_style::plain));
      return;
    }
    fmt::print("{}: {} results in {} ms; marked as checked\n", site.definition.id,
               answer.hits.size(),
               std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count());
    passed_.push_back(site.definition.id);
  }
  void ended(const search_summary& summary) override { done_.complete(summary); }

  /// To be read once the search is over.
  [[nodiscard]] const std::vector<std::string>& passed() const noexcept { return passed_; }

 private:
  genstage::completion<search_summary> done_;
  std::vector<std::string> passed_;
};

std::string today() {
  const std::chrono::year_month_day date{
      std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

}  // namespace

int search(const search_options& options) {
  auto opened = single_search::open(options);
  if (!opened) return failed(opened.error());
  const auto make_listener =
      [&](genstage::completion<search_summary> done) -> std::shared_ptr<search_listener> {
    if (options.format == output_format::json) return std::make_shared<json_listener>(done);
    if (options.format == output_format::follow) return std::make_shared<follow_listener>(done);
    return std::make_shared<list_listener>(done);
  };
  const auto summary = (*opened)->run(make_listener);
  if (!summary) return failed(summary.error());
  return summary->results > 0 ? 0 : status_found_nothing;
}

int check_sites(const check_options& options) {
  auto opened = single_search::open({.program = options.program,
                                     .query = options.query,
                                     .sites = options.sites,
                                     .cache = cache_use::bypassed});
  if (!opened) return failed(opened.error());
  std::shared_ptr<check_listener> checker;
  const auto summary = (*opened)->run([&](genstage::completion<search_summary> done) {
    return checker = std::make_shared<check_listener>(std::move(done));
  });
  if (!summary) return failed(summary.error());
  site_state& state = (*opened)->base().state();
  for (const std::string& id : checker->passed()) state.checked[id] = today();
  if (auto saved = save_state(state_folder(), state); !saved) return failed(saved.error());
  return checker->passed().size() == (*opened)->site_count() ? 0 : status_found_nothing;
}

}  // namespace livesearch
