#pragma once

#include <cstddef>
#include <cstdint>
#include <genstage/observe/snapshot.hpp>
#include <vector>

namespace genstage::inline v0 {

/// What a stage waits for at the other end of a subscription.
enum class waits_for : std::uint8_t {
  events,  ///< of its producer, which it has asked
  demand,  ///< of its consumer, which has not asked for what there is
};

/// A process of a snapshot with the subscriptions that it has, and what it waits for.
struct observed_process {
  const process_view* view = nullptr;
  std::vector<const subscription_view*> up{};    ///< to its producers
  std::vector<const subscription_view*> down{};  ///< of its consumers

  /// There are events that it has been sent and has not handled.
  [[nodiscard]] bool has_events() const noexcept;
  /// Whether it is between two callbacks and has no message.
  [[nodiscard]] bool is_idle() const noexcept;
};

/// Who waits for whom, by what a snapshot says of that moment.
///
/// A pure value. Lifetime: refers to the snapshot.
class wait_graph {
 public:
  explicit wait_graph(const snapshot& seen);

  struct wait {
    const observed_process* to;
    const subscription_view* over;
    waits_for what;
  };

  [[nodiscard]] const std::vector<observed_process>& all() const noexcept { return all_; }
  /// Null if there is none.
  [[nodiscard]] const observed_process* find(pid process) const noexcept;

  /// What keeps a process from going on, if that is others. Nothing if it is itself: it runs, its
  /// callback waits, it is suspended, it has events to handle, or nobody has asked it for any.
  [[nodiscard]] std::vector<wait> waits_of(const observed_process& asked) const;

 private:
  const snapshot& seen_;
  std::vector<observed_process> all_;  ///< In the order of the snapshot.
};

/// For how long nothing has happened on a subscription, as far as it is known.
[[nodiscard]] duration still_for(const subscription_view& asked) noexcept;

/// For how long so far a process has been kept by one callback, or has left a message unread.
[[nodiscard]] duration stuck_for(const process_view& asked) noexcept;

}  // namespace genstage::inline v0
