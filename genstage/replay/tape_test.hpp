#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <genstage/replay/port_log.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace genstage {

/// A log for the tests of a port: keeps what comes, or tells it when the test says so.
class tape final : public port_log {
 public:
  [[nodiscard]] bool plays() const noexcept override { return plays_; }
  using port_log::came;
  void came(std::string_view, std::uint64_t number, std::string bytes,
            std::move_only_function<void()> hand_on, const std::atomic<bool>&) override {
    kept_.emplace_back(number, std::move(bytes));
    hand_on();
  }
  [[nodiscard]] std::uint64_t read(const std::function<std::uint64_t()>& look) override {
    if (!plays_) readings_.push_back(look());
    return plays_ ? readings_.at(next_reading_++) : readings_.back();
  }
  void listen(std::string, taker take) override { take_ = std::move(take); }

  /// What is read when it is played, after what has been read so far.
  void tell(const std::vector<std::uint64_t>& readings) {
    readings_.insert(readings_.end(), readings.begin(), readings.end());
  }
  void rewind() { plays_ = true; }
  bool play_next() {
    const auto& [number, bytes] = kept_.at(next_++);
    return take_(number, bytes);
  }

 private:
  bool plays_ = false;
  std::vector<std::pair<std::uint64_t, std::string>> kept_;
  std::size_t next_ = 0;
  std::vector<std::uint64_t> readings_;
  std::size_t next_reading_ = 0;
  taker take_;
};

}  // namespace genstage
