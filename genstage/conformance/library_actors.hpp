#pragma once

#include <atomic>
#include <concepts>
#include <genstage/conformance/scenario.hpp>
#include <genstage/dispatch/partition_dispatcher.hpp>
#include <genstage/process/runtime.hpp>
#include <genstage/stage/stage.hpp>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// The actors of a scenario as stages of the library: they do what the scenario says and write down
/// each callback.
namespace genstage::conformance {

[[nodiscard]] exit_reason reason_of(const std::string& text);
[[nodiscard]] std::string text_of(const exit_reason& reason);

/// What one actor writes down. The record of the conversation gets a mark for each line, so that
/// lines and records can be put in one order afterwards.
///
/// Threads: the actor's own until everything is quiet; then the world reads it.
class tape {
 public:
  /// A line about a subscription, whose number among the scenario's is not known yet.
  struct line {
    std::string before;
    unique_id tag{};
    std::string after{};
  };

  tape(int index, const actor& plan, std::vector<int> subscriptions)
      : index_{index}, plan_{plan}, subscriptions_{std::move(subscriptions)} {}

  [[nodiscard]] const actor& plan() const noexcept { return plan_; }
  [[nodiscard]] const std::vector<line>& lines() const noexcept { return lines_; }

  void note(std::string before, unique_id tag = unique_id::none, std::string after = {});
  /// Threads: any.
  [[nodiscard]] std::size_t line_count() const noexcept {
    return count_.load(std::memory_order_acquire);
  }

  /// The actor has subscribed, as the scenario told it to next.
  void remember(const subscription& from) { made_[subscriptions_.at(made_.size())] = from; }
  /// By the number in the scenario.
  [[nodiscard]] const std::map<int, subscription>& made() const noexcept { return made_; }

  [[nodiscard]] events next_events(std::int64_t count) {
    events made;
    for (; count > 0; --count) made.push_back(index_ * 1000 + next_event_++);
    return made;
  }
  [[nodiscard]] events answer(std::int64_t asked) {
    if (next_answer_ >= plan_.answers.size()) return {};
    const std::int64_t answer = plan_.answers[next_answer_++];
    return next_events(answer == exactly ? asked : answer);
  }
  /// The number of this call of handle_events, from 1.
  [[nodiscard]] std::int64_t count_call() { return ++calls_; }

 private:
  int index_;
  actor plan_;
  std::vector<int> subscriptions_;
  std::map<int, subscription> made_;
  std::vector<line> lines_;
  std::atomic<std::size_t> count_{0};
  std::int64_t next_event_ = 0;
  std::size_t next_answer_ = 0;
  std::int64_t calls_ = 0;
};

struct do_emit {
  std::int64_t count;
};
struct do_stop {
  exit_reason reason;
};
struct do_raise {};
struct do_ask {
  int tag;
  std::int64_t count;
};
/// Comes back behind the stage's events.
struct numbered_info {
  std::int64_t number;
};
/// Answered when everything before it has been handled.
struct are_you_there {};

using request = std::variant<do_emit, do_stop, do_raise, do_ask>;

void transform(transform_kind how, std::span<const event> taken, output<event>& out);

/// Which partition an event goes to; none if the hash discards it.
class parted {
 public:
  explicit parted(const actor& plan) : count_{plan.partitions}, discard_{plan.discard} {}
  std::optional<std::int64_t> operator()(const event& each) const {
    if (discard_ != 0 && each % discard_ == 0) return std::nullopt;
    return each % count_;
  }

 private:
  std::int64_t count_;
  std::int64_t discard_;
};
using by_number = partition_dispatcher<parted>;

template <class Dispatcher>
[[nodiscard]] Dispatcher dispatcher_of(const actor& plan) {
  if constexpr (std::same_as<Dispatcher, by_number>) {
    return by_number{{.partitions = plan.partitions,
                      .queue_size = static_cast<std::uint64_t>(plan.buffer.value_or(1'000))},
                     parted{plan}};
  } else if constexpr (std::same_as<Dispatcher, demand_dispatcher>) {
    demand_options options;
    if (plan.shuffles) options.shuffle_on_first_dispatch = 1;
    return demand_dispatcher{options};
  } else {
    return Dispatcher{};
  }
}
[[nodiscard]] inline genstage::demand_mode mode_of(conformance::demand_mode mode) {
  return mode == conformance::demand_mode::forward ? genstage::demand_mode::forward
                                                   : genstage::demand_mode::accumulate;
}

/// What all acting stages do alike. `Stage` is a producer, a producer_consumer or a consumer.
template <class Stage>
class acting : public Stage {
 public:
  explicit acting(tape* kept) : tape_{kept} {}

  subscription_mode handle_subscribe(peer_role role, const subscription& from,
                                     const subscription_options&) override {
    const bool is_producer = role == peer_role::producer;
    if (is_producer) tape_->remember(from);
    tape_->note(is_producer ? "join producer" : "join consumer", from.tag);
    const join_kind answer =
        is_producer ? tape_->plan().towards_producers : tape_->plan().towards_consumers;
    if (answer == join_kind::stop) this->stop(exit_reason::user("declined"));
    return answer == join_kind::manual ? subscription_mode::manual : subscription_mode::automatic;
  }
  void handle_cancel(const cancellation& ended) override {
    const bool is_producer = ended.role == peer_role::producer;
    const std::string cause = ended.cause == cancel_cause::cancel ? "cancel " : "down ";
    tape_->note(is_producer ? "gone producer" : "gone consumer", ended.from.tag,
                cause + text_of(ended.reason));
    if (tape_->plan().stop_when_left) {
      this->stop(exit_reason::user("left"));
    } else if constexpr (emitting<Stage>) {
      this->current_output().append(kept().next_events(tape_->plan().emit_when_left));
    }
  }
  void handle_info(numbered_info info) { tape_->note("info " + std::to_string(info.number)); }
  void handle_cast(do_stop told) { this->stop(told.reason); }
  void handle_cast(do_raise) { throw std::runtime_error{"boom"}; }
  bool handle_call(are_you_there) { return true; }
  void terminate(const exit_reason& reason) override {
    tape_->note("terminate " + text_of(reason));
  }

 protected:
  tape& kept() noexcept { return *tape_; }
  [[nodiscard]] const actor& plan() const noexcept { return tape_->plan(); }

  /// Writes the call down. False if the stage is to stop in it.
  bool note_events(std::span<const event> taken);

  [[nodiscard]] buffer_options kept_buffer(std::optional<std::size_t> size) const {
    const actor& plan = tape_->plan();
    if (plan.buffer) size = static_cast<std::size_t>(*plan.buffer);
    return {.size = size,
            .keep = plan.keep == keep_kind::first ? buffer_keep::first : buffer_keep::last};
  }

 private:
  tape* tape_;
};

template <class Stage>
bool acting<Stage>::note_events(std::span<const event> taken) {
  std::string text;
  for (const event each : taken) text += (text.empty() ? "" : " ") + std::to_string(each);
  kept().note("events", this->events_from().tag, std::move(text));
  const std::int64_t call = kept().count_call();
  const bool stops = call == kept().plan().stop_at;
  if (stops) this->stop(exit_reason::user("enough"));
  if (!stops && call == kept().plan().raise_at) throw std::runtime_error{"boom"};
  return !stops;
}

template <class Dispatcher>
class acting_producer final : public acting<producer<event>> {
 public:
  using acting::acting;
  using acting::handle_cast;

  Dispatcher dispatcher() const { return dispatcher_of<Dispatcher>(this->plan()); }
  genstage::demand_mode initial_demand() const override { return mode_of(this->plan().demand); }
  void handle_demand(demand asked, output<event>& out) override {
    kept().note("demand " + std::to_string(asked.count()));
    out.append(kept().answer(static_cast<std::int64_t>(asked)));
  }
  void handle_cast(do_emit told, output<event>& out) { out.append(kept().next_events(told.count)); }
  buffer_options buffer() const override { return kept_buffer(10'000); }
};

template <class Dispatcher>
class acting_between final : public acting<producer_consumer<event, event>> {
 public:
  using acting::acting;
  using acting::handle_cast;

  Dispatcher dispatcher() const { return dispatcher_of<Dispatcher>(this->plan()); }
  void handle_events(std::span<event> taken, output<event>& out) override {
    if (note_events(taken)) transform(kept().plan().transform, taken, out);
  }
  void handle_cast(do_emit told, output<event>& out) { out.append(kept().next_events(told.count)); }
  void handle_cast(do_ask told) { ask(kept().made().at(told.tag), demand{told.count}); }
  buffer_options buffer() const override { return kept_buffer(std::nullopt); }
};

class acting_consumer final : public acting<consumer<event>> {
 public:
  using acting::acting;
  using acting::handle_cast;

  void handle_events(std::span<event> taken) override { note_events(taken); }
  void handle_cast(do_emit) {}
  void handle_cast(do_ask told) { ask(kept().made().at(told.tag), demand{told.count}); }
};

/// A peer that is no stage.
/// Asks a probe whether it has handled what came before.
class probe_question final : public user_message {
 public:
  explicit probe_question(completion<bool> told) : reply_{std::move(told)} {}
  ~probe_question() override {
    reply_.complete(fail(errc::process_ended, "the probe has ended; not answered"));
  }

  void deliver(process&) override { reply_.complete(result<bool>{true}); }
  [[nodiscard]] const char* type() const noexcept override { return "probe_question"; }

 private:
  completion<bool> reply_;
};

class acting_probe final : public process {
 public:
  explicit acting_probe(tape* kept) : tape_{kept} {}

 protected:
  void start() override {}
  void receive(message_ptr received) override;

 private:
  tape* tape_;
};

}  // namespace genstage::conformance
