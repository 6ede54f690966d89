#pragma once

#include <genstage/process/server.hpp>
#include <genstage/supervision/dynamic_supervisor.hpp>
#include <genstage/supervision/supervisor.hpp>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <utility>
#include <vector>

// Supervision trees drawn at random, whose members are counted. For the simulation, and for the
// thread pool.
namespace genstage::random_trees {

/// Who lives under which supervisor. Threads: any.
class head_count {
 public:
  struct living {
    pid above;
    std::string id;
    auto operator<=>(const living&) const = default;
  };

  void enter(const living& who, pid self) {
    const std::scoped_lock lock{mutex_};
    ++starts_;
    if (!alive_.emplace(who, self).second) doubles_.push_back(who.id);
  }
  void leave(const living& who) {
    const std::scoped_lock lock{mutex_};
    alive_.erase(who);
  }
  void note(const process_ref& supervisor, child_type type) {
    const std::scoped_lock lock{mutex_};
    supervisors_.push_back({supervisor.id(), type});
  }

  [[nodiscard]] std::map<living, pid> alive() const {
    const std::scoped_lock lock{mutex_};
    return alive_;
  }
  /// All that were ever started; a static one is noted as `supervisor`, a dynamic one as `worker`.
  [[nodiscard]] std::vector<std::pair<pid, child_type>> supervisors() const {
    const std::scoped_lock lock{mutex_};
    return supervisors_;
  }
  /// Who was started while it still lived under the same supervisor.
  [[nodiscard]] std::vector<std::string> doubles() const {
    const std::scoped_lock lock{mutex_};
    return doubles_;
  }
  [[nodiscard]] std::size_t starts() const {
    const std::scoped_lock lock{mutex_};
    return starts_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<living, pid> alive_;
  std::vector<std::pair<pid, child_type>> supervisors_;
  std::vector<std::string> doubles_;
  std::size_t starts_ = 0;
};

struct crash {};
struct finish {};

class member final : public server {
 public:
  member(head_count* counted, head_count::living who, duration stops_in)
      : counted_{counted}, who_{std::move(who)}, stops_in_{stops_in} {
    counted_->enter(who_, self().id());
  }
  ~member() { counted_->leave(who_); }
  member(const member&) = delete;
  member& operator=(const member&) = delete;

  void init() {
    if (stops_in_ > duration::zero()) trap_exits();
  }
  void handle_cast(crash) { throw std::runtime_error{"boom"}; }
  void handle_cast(finish) { stop(exit_reason::normal()); }
  task<> terminate(const exit_reason&) {
    if (stops_in_ == duration::zero()) co_return;
    auto wait = sleep_for(stops_in_);
    co_await std::move(wait);
  }

 private:
  head_count* counted_;
  head_count::living who_;
  duration stops_in_;
};

/// Draws trees. `unit` is the scale of all times: how long ends take, and how long they may.
class tree_maker {
 public:
  tree_maker(std::uint64_t seed, head_count& counted, duration unit)
      : chance_{seed}, counted_{&counted}, unit_{unit} {}

  [[nodiscard]] std::uint64_t pick(std::uint64_t limit) { return chance_() % limit; }

  child_spec worker() {
    child_spec made{.id = next_id("w"), .start = {}};
    if (pick(2) == 0) made.name = made.id;
    made.start = [counted = counted_, id = made.id, stops_in = unit_ * (pick(3) * 2)](
                     runtime& home, spawn_options options) -> result<process_ref> {
      const pid above = options.parent.id();
      auto spawned =
          spawn<member>(home, std::move(options), counted, head_count::living{above, id}, stops_in);
      if (!spawned) return std::unexpected{spawned.error()};
      return spawned->process();
    };
    made.restart = static_cast<restart_type>(pick(3));
    made.shutdown = unit_ * pick(4);
    if (pick(4) == 0) made.backoff = restart_backoff{.first = unit_};
    return made;
  }

  supervisor_spec tree(int depth = 3) {
    constexpr restart_strategy strategies[]{restart_strategy::one_for_one,
                                            restart_strategy::one_for_all,
                                            restart_strategy::rest_for_one};
    supervisor_spec made;
    made.strategy = strategies[pick(3)];
    made.limits = {.restarts = static_cast<std::uint32_t>(1 + pick(4)),
                   .within = std::chrono::seconds{5}};
    for (std::uint64_t count = 1 + pick(3); count > 0; --count) {
      const std::uint64_t kind = depth > 1 ? pick(4) : 0;
      made.children.push_back(kind == 3   ? counted(tree(depth - 1))
                              : kind == 2 ? counted(dynamic_supervisor_spec{})
                                          : worker());
    }
    return made;
  }

 private:
  template <class Spec>
  child_spec counted(Spec spec) {
    child_spec made = supervised(next_id("s"), std::move(spec));
    constexpr bool is_static = std::is_same_v<Spec, supervisor_spec>;
    made.start = [counted = counted_, start = made.start](runtime& home, spawn_options options) {
      result<process_ref> started = start(home, std::move(options));
      if (started) {
        counted->note(*started, is_static ? child_type::supervisor : child_type::worker);
      }
      return started;
    };
    return made;
  }
  std::string next_id(const char* kind) { return kind + std::to_string(++last_id_); }

  std::mt19937_64 chance_;
  head_count* counted_;
  duration unit_;
  int last_id_ = 0;
};

}  // namespace genstage::random_trees
