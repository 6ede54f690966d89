#include <fmt/format.h>

#include <genstage/observe/acknowledgements.hpp>
#include <genstage/observe/latencies.hpp>
#include <genstage/observe/snapshot.hpp>
#include <genstage/stage/stage_events.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <type_traits>
#include <utility>

namespace genstage::inline v0 {

hop_latency& hop_latency::operator+=(const hop_latency& other) {
  for (const latency_part& each : latency_parts) this->*each.times += other.*each.times;
  return *this;
}

/// What has been measured so far.
///
/// Threads: any; `mutex_` is held in each.
class latencies::measured_hops {
 public:
  void add(const batch_handled& batch) {
    const std::scoped_lock lock{mutex_};
    hop* const seen = find(batch.tag, batch.who);
    if (seen == nullptr) return;
    seen->told->waiting_for_demand.add(batch.waiting_for_demand, batch.count);
    seen->told->in_queue.add(batch.in_queue, batch.count);
    seen->told->in_service.add(batch.in_service, batch.count);
    seen->given_back.handled(batch.count, batch.at - batch.in_service, batch.at,
                             seen->told->acknowledging);
  }
  void add(const events_passed_on& gathered) {
    const std::scoped_lock lock{mutex_};
    hop* const seen = find(gathered.tag, gathered.who);
    if (seen == nullptr) return;
    seen->told->waiting_for_batch.add(gathered.at - gathered.since, gathered.count);
    seen->given_back.passed_on(gathered.since, gathered.at);
  }
  void add(const demand_returned& asked) {
    const std::scoped_lock lock{mutex_};
    hop* const seen = find(asked.tag, asked.who);
    if (seen == nullptr) return;
    seen->given_back.asked(asked.count, asked.at, asked.is_in_callback, seen->told->acknowledging);
  }
  void add(const subscription_ended& end) {
    const std::scoped_lock lock{mutex_};
    hops_.erase(end.tag);
    ended_.insert(end.tag);
    if (ended_.size() > most_ended) ended_.erase(ended_.begin());
  }
  void add(const snapshot_assembled& made) {
    const std::scoped_lock lock{mutex_};
    for (subscription_view& each : made.seen.subscriptions) {
      const auto found = hops_.find(each.tag);
      if (found == hops_.end()) continue;
      found->second.is_shown = true;
      each.latency = found->second.told;
    }
  }

  [[nodiscard]] std::vector<hop_latency> read() const {
    const std::scoped_lock lock{mutex_};
    std::vector<hop_latency> all;
    for (const auto& [tag, seen] : hops_) all.push_back(*seen.told);
    return all;
  }

 private:
  struct hop {
    std::shared_ptr<hop_latency> told = std::make_shared<hop_latency>();
    acknowledgements given_back{};
    /// A snapshot has it. Then it is not changed any more, but replaced by a copy: some kilobytes,
    /// which the stages that add to them copy at different times, so that no look takes long.
    bool is_shown = false;
  };
  static constexpr std::size_t most_ended = 1024;

  /// To be added to. Null for a subscription that has ended, of which its consumer still handles
  /// what it got.
  [[nodiscard]] hop* find(unique_id tag, const process_identity& consumer) {
    if (ended_.contains(tag)) return nullptr;
    const auto [found, is_new] = hops_.try_emplace(tag);
    if (is_new) {
      found->second.told->tag = tag;
      found->second.told->consumer = consumer.label();
    }
    hop& seen = found->second;
    if (std::exchange(seen.is_shown, false)) seen.told = std::make_shared<hop_latency>(*seen.told);
    return &seen;
  }

  mutable std::mutex mutex_;
  std::map<unique_id, hop> hops_;
  std::set<unique_id> ended_;  ///< Those with the largest tags, which are the youngest.
};

latencies::latencies(telemetry_handlers& told_by)
    : told_by_{told_by},
      id_{fmt::format("latencies at {}", fmt::ptr(this))},
      hops_{std::make_shared<measured_hops>()} {
  const auto attach = [this]<class Event>(std::type_identity<Event>) {
    (void)told_by_.attach<Event>(id_, [to = hops_](const Event& event) { to->add(event); });
  };
  attach(std::type_identity<batch_handled>{});
  attach(std::type_identity<events_passed_on>{});
  attach(std::type_identity<demand_returned>{});
  attach(std::type_identity<subscription_ended>{});
  attach(std::type_identity<snapshot_assembled>{});
}

latencies::~latencies() {
  told_by_.detach(id_);
}

std::vector<hop_latency> latencies::read() const {
  return hops_->read();
}

}  // namespace genstage::inline v0
