#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <genstage/dispatch/partition_table.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace genstage::inline v0 {

/// What a hash answers for an event that belongs to no key: whichever partition wants most.
struct any_partition {};

/// Where an event goes.
struct partition_choice {
  enum class kind : std::uint8_t { to, anywhere, nowhere, unknown };

  kind what = kind::nowhere;
  std::size_t partition = 0;
};

namespace detail {

template <class Answer>
inline constexpr bool names_partition =
    std::integral<Answer> || std::convertible_to<Answer, std::string_view> ||
    std::same_as<Answer, any_partition>;
template <class Answer>
inline constexpr bool names_partition<std::optional<Answer>> = names_partition<Answer>;

}  // namespace detail

/// The default hash: equal events go to the same partition, on every machine that has the same
/// std::hash.
struct hash_of_event {};

/// A hash that answers a partition's number or name, `any_partition`, or an optional of these.
template <class Hash, class T>
concept partition_hash =
    std::same_as<Hash, hash_of_event> ||
    (std::invocable<Hash&, T&> &&
     detail::names_partition<std::remove_cvref_t<std::invoke_result_t<Hash&, T&>>>);

/// Sends each event to the partition that a hash of it names. A partition has any number of
/// consumers, which say which one they take: `{.partition = 2}`.
///
///     auto dispatcher() const {
///       return gs::partition_dispatcher{{.partitions = 4}, [](const job& j) { return j.site % 4;
///       }};
///     }
///
/// The hash may take the event by reference and change it. It answers a partition's number or name,
/// `any_partition{}`, or an optional of these, where nothing means that the event is dropped; the
/// producer is then asked for another one. An event of a partition that does not exist is dropped,
/// counted, and reported.
///
/// Demand is counted for each partition. A `partitioned_producer` is asked for the events of each,
/// so that a slow one holds back only its own. One that cannot choose is asked while anybody wants
/// events, and those of partitions that are behind wait in queues; see `full_queue`.
///
/// Cost: one call of the hash for each event, of its own type.
/// Source: section 16, with the recommendations G-098, G-281 and G-297, and N17.
template <class Hash = hash_of_event>
class partition_dispatcher : public partition_table {
 public:
  explicit partition_dispatcher(partition_options options, Hash hash = {})
      : partition_table{std::move(options)}, hash_{std::move(hash)} {}

  [[nodiscard]] result<void> check() const {
    if constexpr (std::same_as<Hash, hash_of_event>) {
      if (options().partitions.has_names()) {
        return fail(errc::invalid_argument,
                    "partitions are names (" + options().partitions.text() +
                        "), must be a number unless a hash is given; not started");
      }
    }
    return partition_table::check();
  }

  /// The last answer that named no partition, for reports.
  [[nodiscard]] const std::string& unknown() const noexcept { return unknown_; }

  template <class T>
    requires partition_hash<Hash, T>
  [[nodiscard]] partition_choice choose(T& event) {
    if constexpr (std::same_as<Hash, hash_of_event>) {
      return chosen(mixed(std::hash<std::remove_const_t<T>>{}(event)) % size());
    } else {
      return chosen(std::invoke(hash_, event));
    }
  }

 private:
  using kind = partition_choice::kind;

  template <std::integral Number>
  [[nodiscard]] partition_choice chosen(Number number) {
    if (std::cmp_greater_equal(number, 0) && std::cmp_less(number, numbers())) [[likely]]
      return {kind::to, static_cast<std::size_t>(number)};
    return none(std::to_string(number));
  }
  [[nodiscard]] partition_choice chosen(std::string_view name) {
    const auto found = options().partitions.find(name);
    if (found) return {kind::to, *found};
    return none(std::string{name});
  }
  [[nodiscard]] partition_choice chosen(any_partition) { return {kind::anywhere}; }
  template <class Answer>
  [[nodiscard]] partition_choice chosen(const std::optional<Answer>& answer) {
    return answer ? chosen(*answer) : partition_choice{};
  }

  [[gnu::noinline]] partition_choice none(std::string answer) {
    unknown_ = std::move(answer);
    return {kind::unknown};
  }

  /// Spreads neighbouring hashes, since std::hash of a number is often the number.
  [[nodiscard]] static constexpr std::uint64_t mixed(std::uint64_t hash) noexcept {
    hash ^= hash >> 32U;
    hash *= 0x9e37'79b9'7f4a'7c15U;
    return hash ^ (hash >> 29U);
  }

  Hash hash_;
  std::string unknown_;
};

}  // namespace genstage::inline v0
