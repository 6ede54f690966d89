#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <genstage/process/request.hpp>
#include <genstage/supervision/supervisor.hpp>
#include <string>
#include <utility>

namespace genstage::inline v0 {

/// Which of `count` partitions a key belongs to: an integer by its absolute value, every other key
/// by its hash. There is at least one partition. Source: A62.
template <class Key>
[[nodiscard]] std::size_t partition_of(const Key& key, std::size_t count) {
  if constexpr (std::integral<Key>) {
    const auto wide = static_cast<std::uint64_t>(key);
    // The magnitude of the lowest integer has no place in its own type.
    const std::uint64_t magnitude = key < Key{0} ? std::uint64_t{0} - wide : wide;
    return static_cast<std::size_t>(magnitude % count);
  } else {
    return std::hash<Key>{}(key) % count;
  }
}

/// Several children of the same kind, each for a part of the keys.
struct partition_spec {
  /// Of the supervisor; its children are called `name/0`, `name/1` and so on.
  std::string name;
  std::size_t partitions = 1;
  /// The child for one partition. Its id and name are set by the supervisor.
  std::function<child_spec(std::size_t partition)> make{};
  restart_limits limits{};
  supervising_options options{};
};

/// The supervisor of the partitions, as a child of another one. Each is restarted alone.
///
/// Failure: with no partition the start fails, in words.
[[nodiscard]] child_spec supervised(const partition_spec& spec);

namespace detail {

[[nodiscard]] std::string partition_name(std::string_view supervisor, std::size_t partition);

}  // namespace detail

/// The partition that a key belongs to, as it runs now.
///
///     auto counter = gs::find_partition<counter>(home, "counters", 8, user_id);
///
/// Failure: not_found if it does not run, invalid_argument if it is of another type.
template <class S, class Key>
[[nodiscard]] result<ref<S>> find_partition(const runtime& where, std::string_view supervisor,
                                            std::size_t partitions, const Key& key) {
  const std::string text = detail::partition_name(supervisor, partition_of(key, partitions));
  return find(where, name<S>{text});
}

/// Changes how many of the declared partitions run: the last ones are stopped, or started again.
/// Who finds partitions has to count with the new number. Completes with that number.
///
/// Failure: invalid_argument unless `running` is from 1 to the number declared; not_started.
[[nodiscard]] task<result<std::size_t>> resize(ref<supervisor> partitions, std::size_t running);

}  // namespace genstage::inline v0
