#pragma once

#include <deque>
#include <genstage/conformance/model_dispatch.hpp>
#include <optional>
#include <vector>

namespace genstage::conformance {

/// A partition dispatcher with what waits for it, as genstage has it and the original does not:
/// each partition has its own demand, its own queue and any number of consumers.
class model_partitions {
 public:
  explicit model_partitions(const actor& owner);

  /// False if there is no such partition.
  bool subscribe(int tag, const terms& with);
  void cancel(int tag);
  void ask(int tag, std::int64_t count);

  enum class placing : std::uint8_t { send, hold };
  /// Sends what is wanted, unless it is to be held, and queues the rest.
  dispatched place(const events& batch, placing how);
  /// Sends what is queued as far as it is wanted.
  dispatched drain();
  /// Comes out when what is queued now has left.
  dispatched info(std::int64_t number);

  /// How many events may be made, whichever partitions they turn out to be for.
  [[nodiscard]] std::int64_t room() const;
  [[nodiscard]] std::int64_t queued() const;

  friend bool operator==(const model_partitions&, const model_partitions&) = default;

 private:
  struct consumer {
    int tag;
    std::int64_t asked;
    friend bool operator==(const consumer&, const consumer&) = default;
  };
  struct waiting {
    bool is_info;
    std::int64_t value;
    friend bool operator==(const waiting&, const waiting&) = default;
  };
  struct partition {
    std::vector<consumer> consumers{};  // Who wants most first.
    std::deque<waiting> queue{};

    [[nodiscard]] std::int64_t wanted() const;
    [[nodiscard]] std::int64_t size() const;
    friend bool operator==(const partition&, const partition&) = default;
  };

  static void insert(partition& into, consumer entry);
  static void send(partition& from, const events& batch, dispatched& done);
  void keep(partition& in, const events& batch, dispatched& done);
  void release(partition& from, dispatched& done);
  [[nodiscard]] bool is_queued(std::int64_t info) const;

  std::int64_t discard_;
  keep_kind keep_;
  std::int64_t queue_size_;
  std::optional<std::int64_t> bound_;
  std::vector<partition> partitions_;
};

}  // namespace genstage::conformance
