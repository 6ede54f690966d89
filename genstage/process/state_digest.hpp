#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <genstage/core/demand.hpp>
#include <genstage/process/pid.hpp>
#include <genstage/process/signals.hpp>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace genstage::inline v0 {

/// A state as one number, by which an exploration tells states apart: what is equal has equal
/// numbers, however it came about.
class state_digest {
 public:
  /// Numbers that are given once, as those of subscriptions, depend on what came first. Known by
  /// the order in which they are met, they do not, and states that differ in nothing else are
  /// equal.
  enum class unique_ids : std::uint8_t { as_they_are, by_appearance };

  explicit state_digest(unique_ids known = unique_ids::as_they_are) noexcept : known_{known} {}

  template <class... Values>
  void add(const Values&... values) {
    (add_one(values), ...);
  }
  /// Values that a program chose: numbers, and what has a std::hash. Others cannot be told.
  template <class T>
  void add_all(std::span<const T> values) {
    add(values.size());
    for (const T& each : values) {
      if constexpr (std::integral<T> || std::is_enum_v<T>) {
        add(each);
      } else if constexpr (std::default_initializable<std::hash<T>>) {
        add(std::hash<T>{}(each));
      } else {
        give_up();
        return;
      }
    }
  }

  /// There is something that cannot be told, so this number says too little.
  void give_up() noexcept { is_whole_ = false; }
  [[nodiscard]] bool is_whole() const noexcept { return is_whole_; }
  [[nodiscard]] std::uint64_t value() const noexcept { return sum_; }

 private:
  template <class T>
    requires std::integral<T> || std::is_enum_v<T>
  void add_one(T number) noexcept {
    mix(static_cast<std::uint64_t>(number));
  }
  void add_one(demand count) noexcept { mix(count.count()); }
  void add_one(std::string_view text) noexcept;
  void add_one(pid process) noexcept {
    mix((std::uint64_t{process.generation} << 32U) | process.index);
  }
  void add_one(unique_id id);
  void add_one(const exit_reason& reason);
  void mix(std::uint64_t added) noexcept;

  unique_ids known_;
  bool is_whole_ = true;
  std::uint64_t sum_ = 0;
  std::vector<unique_id> met_{};
};

}  // namespace genstage::inline v0
