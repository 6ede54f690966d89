#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Whether genstage does what the rules say, tested against a small program of the rules, which in
/// turn is compared with the original. For tests only.
namespace genstage::conformance {

using event = std::int64_t;
using events = std::vector<event>;

/// A probe is a peer that is no stage: it says what the scenario tells it and writes down the rest.
enum class actor_kind : std::uint8_t { producer, producer_consumer, consumer, probe };
enum class dispatch_kind : std::uint8_t { demand, broadcast, partition };
enum class keep_kind : std::uint8_t { last, first };
enum class demand_mode : std::uint8_t { forward, accumulate };
enum class ending : std::uint8_t { permanent, transient, temporary };
/// Which events a broadcast consumer wants.
enum class selector_kind : std::uint8_t { all, even, odd };
/// What a producer_consumer makes of its input.
enum class transform_kind : std::uint8_t { pass, twice, evens, none };
/// What handle_subscribe answers.
enum class join_kind : std::uint8_t { automatic, manual, stop };

/// Which callback hints that the stage may hibernate, where there are such hints.
enum class hibernate_kind : std::uint8_t { never, demand, cancel };

/// One answer of handle_demand: that many events, or as many as were asked for.
inline constexpr std::int64_t exactly = -1;

/// A stage as data. What a kind does not use stays as it is.
struct actor {
  actor_kind kind = actor_kind::consumer;
  dispatch_kind dispatcher = dispatch_kind::demand;
  std::int64_t partitions = 2;
  std::int64_t discard = 0;  ///< The hash discards multiples of it; 0 for none.
  std::optional<std::int64_t> buffer{};
  keep_kind keep = keep_kind::last;
  demand_mode demand = demand_mode::forward;
  std::vector<std::int64_t> answers{};  ///< One for each handle_demand; nothing afterwards.
  transform_kind transform = transform_kind::pass;
  join_kind towards_producers = join_kind::automatic;
  join_kind towards_consumers = join_kind::automatic;
  std::int64_t stop_at = 0;         ///< handle_events stops in this call; from 1.
  std::int64_t raise_at = 0;        ///< The same with an exception.
  std::int64_t emit_when_left = 0;  ///< What handle_cancel emits.
  bool stop_when_left = false;      ///< Whether handle_cancel stops.
  hibernate_kind hibernates = hibernate_kind::never;
  bool shuffles = false;  ///< The demand dispatcher, on its first dispatch.

  friend bool operator==(const actor&, const actor&) = default;
};

struct terms {
  std::int64_t max_demand = 1000;
  std::optional<std::int64_t> min_demand{};
  ending cancel = ending::permanent;
  std::optional<std::int64_t> partition{};
  selector_kind selector = selector_kind::all;

  [[nodiscard]] std::int64_t least() const { return min_demand.value_or(max_demand / 2); }
  friend bool operator==(const terms&, const terms&) = default;
};

enum class verb : std::uint8_t {
  subscribe,    ///< actor subscribes to peer as tag
  resubscribe,  ///< the same in place of the tag `previous`, for a reason
  cancel,       ///< tag, for a reason
  ask,          ///< tag's consumer asks for count
  emit,         ///< actor emits count events unprompted
  stop,         ///< actor stops for a reason
  raise,        ///< a callback of actor throws
  kill,         ///< actor is killed
  mode,         ///< actor forwards or accumulates demand
  info,         ///< an info is queued behind actor's events; count is its number
  estimate,     ///< how many events actor has buffered
  query,        ///< whether actor forwards or accumulates demand
  send,         ///< tag's producer, a probe, sends count events
  finish,       ///< tag's producer, a probe, ends the subscription for a reason
};

struct command {
  verb what{};
  int actor = -1;
  int peer = -1;
  int tag = -1;
  int previous = -1;
  std::int64_t count = 0;
  std::string reason{};
  demand_mode mode{};
  terms with{};

  friend bool operator==(const command&, const command&) = default;
};

/// Commands at one moment: what they lead to interleaves.
using step = std::vector<command>;

/// What one actor did in one step, in order.
using journal = std::vector<std::string>;
/// What all actors did in one step.
using observed = std::vector<journal>;

struct scenario {
  std::string name;
  std::vector<actor> actors;
  std::vector<step> steps;
};

/// A scenario and what was seen after each of its steps.
struct trace {
  scenario of;
  std::vector<observed> seen;
};

}  // namespace genstage::conformance
