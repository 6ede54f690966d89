#pragma once

#include <deque>
#include <genstage/conformance/model_dispatch.hpp>
#include <genstage/conformance/model_partitions.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace genstage::conformance {

/// The rules of stages as a small program on one thread: a value that is copied to try another
/// order of what several senders say to one receiver.
///
/// Messages of one sender to one receiver keep their order (G-002); `choices` are the messages that
/// may be handled next.
class model {
 public:
  /// `chance` says what comes of whatever is left to chance.
  model(const scenario& of, const defects& with, std::size_t chance = 0);
  /// How many different ones there are.
  [[nodiscard]] static std::size_t chances(const scenario& of);

  /// Hands out the commands of one step. What they lead to is then handled choice by choice.
  void begin(const step& commands);

  /// The next message of `sender` to `receiver`.
  struct choice {
    int receiver;
    int sender;
  };
  /// What may be handled next; nothing once the step has ended. Where the order does not matter to
  /// anybody, one choice stands for all.
  [[nodiscard]] std::vector<choice> choices() const;
  void handle(choice next);

  /// What was seen since the last time.
  [[nodiscard]] observed take_seen();

  friend bool operator==(const model&, const model&) = default;

 private:
  static constexpr int driver = -1;

  enum class message_kind : std::uint8_t {
    command,
    subscribe,
    ask,
    cancel,  ///< towards a producer
    deliver,
    cancelled,  ///< towards a consumer
    down,
    info,
    ask_again,  ///< what nobody got is to be made anew; to itself
    terminate,  ///< of the receiver itself
    end,        ///< the same, afterwards
  };
  struct message {
    message_kind kind{};
    int from = driver;
    int tag = -1;
    std::int64_t count = 0;
    std::string reason{};
    events batch{};
    command told{};            ///< Of an command, and of a subscribe for its terms.
    bool of_producer = false;  ///< A down: of the receiver's producer.
    /// The first of its mailbox: what it is in the midst of. It does nothing else before, but
    /// others may do something.
    bool is_rest = false;
    friend bool operator==(const message&, const message&) = default;
  };
  struct upstream {
    int tag;
    int producer;
    terms with;
    bool is_manual;
    std::int64_t left;
    friend bool operator==(const upstream&, const upstream&) = default;
  };
  struct downstream {
    int tag;
    int consumer;
    friend bool operator==(const downstream&, const downstream&) = default;
  };
  struct watcher {
    int who;
    int tag;
    bool as_consumer;
    friend bool operator==(const watcher&, const watcher&) = default;
  };
  struct buffered {
    bool is_info;
    std::int64_t value;
    friend bool operator==(const buffered&, const buffered&) = default;
  };
  enum class intake_kind : std::uint8_t { batch, end, info };
  /// What a producer_consumer has not begun yet.
  struct intake {
    intake_kind kind{};
    int tag = -1;
    events batch{};
    std::optional<upstream> ended{};
    std::string cause{};
    std::string reason{};
    std::int64_t info = 0;
    friend bool operator==(const intake&, const intake&) = default;
  };
  /// What happened while demand accumulates, in the original: demand, or events if there are any.
  struct accumulated {
    std::int64_t demand = 0;
    events batch{};
    friend bool operator==(const accumulated&, const accumulated&) = default;
  };
  struct stage {
    explicit stage(const actor& as, const defects& with);

    bool is_alive = true;
    bool is_asking_again = false;
    bool is_stopping = false;  ///< It has decided to end; others do not know yet.
    model_dispatch dispatch;
    std::optional<model_partitions> partitions{};  ///< In place of it.
    std::deque<message> mailbox{};
    std::vector<watcher> watchers{};
    std::vector<upstream> upstreams{};
    std::vector<downstream> downstreams{};
    std::deque<buffered> buffer{};
    std::deque<intake> inq{};
    std::int64_t room = 0;
    std::int64_t owed = 0;
    bool accumulates = false;
    std::vector<accumulated> held{};
    std::deque<std::int64_t> held_asks{};  ///< Where events have one queue.
    std::int64_t to_remake = 0;            ///< Discarded by the hash.
    std::int64_t next_event = 0;
    std::size_t next_answer = 0;
    std::int64_t demands = 0;  ///< Calls of handle_demand.
    std::int64_t calls = 0;
    journal seen{};
    friend bool operator==(const stage&, const stage&) = default;
  };

  // Processes.
  [[nodiscard]] const actor& plan(int who) const { return of_->actors[index(who)]; }
  [[nodiscard]] stage& at(int who) { return stages_[index(who)]; }
  [[nodiscard]] bool is_alive(int who) const { return stages_[index(who)].is_alive; }
  [[nodiscard]] bool is_running(int who) const {
    return is_alive(who) && !stages_[index(who)].is_stopping;
  }
  [[nodiscard]] static std::size_t index(int who) { return static_cast<std::size_t>(who); }
  void note(int who, std::string text) { at(who).seen.push_back(std::move(text)); }
  void send(int to, message sent);
  void watch(int who, int watched, int tag, bool as_consumer);
  void unwatch(int who, int watched, int tag, bool as_consumer);
  void stop(int who, const std::string& reason);
  void terminate(int who, const std::string& reason);
  void end(int who, const std::string& reason);
  [[nodiscard]] bool may_send(int from, int to) const;
  [[nodiscard]] bool may_watch(int who, int other) const;
  [[nodiscard]] bool is_independent(const std::vector<choice>& of) const;
  void handle_message(int who, message& received);
  void handle_command(int who, const command& told);
  void handle_probe(int who, const message& received);
  void tell_probe(int who, const command& told);

  // The emitting half.
  [[nodiscard]] bool forwards_by_deliverable(int who) const;
  [[nodiscard]] std::int64_t room(int who);
  void take_subscribe(int who, message& wish);
  bool obeys_answer(int who);
  void take_ask(int who, const message& asked);
  void end_downstream(int who, int tag, const char* cause, const std::string& reason,
                      bool is_acted_on = true);
  void refuse_downstream(int who, int tag, const std::string& reason);
  void tell_downstream_end(int who, int tag, const char* cause, const std::string& reason);
  void handle_upstream_demand(int who, const dispatched& done);
  [[nodiscard]] std::int64_t unforwarded(int who);
  [[nodiscard]] std::int64_t next_order(int who);
  [[nodiscard]] bool has_order(int who);
  void place_order(int who, std::int64_t count);
  void take_from_buffer(int who, std::int64_t& count);
  void drain(int who);
  void produce(int who, std::int64_t count);
  void ask_again_if_needed(int who);
  void ask_again(int who);
  void emit(int who, events batch);
  void dispatch(int who, const events& batch);
  void carry_out(int who, const dispatched& done);
  void buffer(int who, const events& batch);
  void queue_info(int who, std::int64_t number);
  void release_info(int who, std::int64_t number);
  void set_mode(int who, demand_mode mode);
  [[nodiscard]] events next_events(int who, std::int64_t count);
  [[nodiscard]] std::int64_t buffered_count(int who);

  // The receiving half.
  void subscribe(int who, const command& told);
  void take_events(int who, message& received);
  void process(int who, int tag, events batch);
  bool handle_batch(int who, int tag, const events& batch);
  void work(int who);
  void end_upstream(int who, int tag, const char* cause, const std::string& reason);
  void tell_end(int who, const upstream& ended, const std::string& cause,
                const std::string& reason);
  [[nodiscard]] std::vector<upstream>::iterator find_upstream(int who, int tag);
  /// Whether the end of this subscription is the consumer's end.
  [[nodiscard]] static bool stops(const upstream& ended, const std::string& reason);
  [[nodiscard]] static events transformed(transform_kind how, const events& batch);

  const scenario* of_;
  const defects* with_;
  std::vector<std::pair<int, int>> peers_;  // Of each tag: consumer, producer.
  std::vector<bool> made_;                  // Whether each subscription has been tried.
  std::vector<stage> stages_;
};

/// " 1 2 3"
[[nodiscard]] std::string listed(const events& batch);

}  // namespace genstage::conformance
