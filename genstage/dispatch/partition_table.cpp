#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <genstage/dispatch/partition_table.hpp>
#include <limits>

namespace genstage::inline v0 {

std::optional<std::size_t> partition_set::find(const partition_key& key) const noexcept {
  if (key.name() != nullptr) return find(*key.name());
  const std::int64_t number = *key.number();
  if (has_names() || number < 0 || number >= count_) return std::nullopt;
  return static_cast<std::size_t>(number);
}

std::optional<std::size_t> partition_set::find(std::string_view name) const noexcept {
  const auto found = std::ranges::find(names_, name);
  if (found == names_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names_.begin());
}

result<void> partition_set::check() const {
  if (count_ < 1) {
    return fail(errc::invalid_argument,
                fmt::format("partitions is {}, must be at least 1; not started", count_));
  }
  for (auto name = names_.begin(); name != names_.end(); ++name) {
    if (std::find(names_.begin(), name, *name) == name) continue;
    return fail(
        errc::invalid_argument,
        fmt::format("partitions names {} twice, must be different names; not started", *name));
  }
  return {};
}

std::string partition_set::text() const {
  if (has_names()) return fmt::format("{}", fmt::join(names_, ", "));
  return fmt::format("0..{}", count_ - 1);
}

partition_table::partition_table(partition_options options)
    : options_{std::move(options)},
      partitions_(static_cast<std::size_t>(std::max<std::int64_t>(options_.partitions.count(), 0))),
      numbers_{options_.partitions.has_names() ? 0 : partitions_.size()} {}

admission partition_table::subscribe(const joining& wish) {
  const std::optional<partition_key>& wanted = wish.options.partition;
  if (!wanted) {
    return std::unexpected{exit_reason::user(fmt::format(
        "partition is not given, must be one of {}; refused", options_.partitions.text()))};
  }
  const std::optional<std::size_t> found = options_.partitions.find(*wanted);
  if (!found) {
    return std::unexpected{
        exit_reason::user(fmt::format("partition is {}, must be one of {}; refused",
                                      to_string(*wanted), options_.partitions.text()))};
  }
  partitions_[*found].subscribe(wish.tag);
  tags_.emplace_back(wish.tag, *found);
  return {};
}

void partition_table::cancel(unique_id tag) {
  partitions_[partition_of(tag)].cancel(tag);
  std::erase_if(tags_, [&](const auto& each) { return each.first == tag; });
  // Not by taking away: a sum may have stopped at the largest demand.
  deliverable_ = demand{};
  for (const demand_dispatcher& each : partitions_) deliverable_ += each.deliverable();
}

void partition_table::ask(unique_id tag, demand asked) {
  partitions_[partition_of(tag)].ask(tag, asked);
  deliverable_ += asked;
}

std::span<const delivery> partition_table::dispatch(std::size_t partition, std::uint64_t count) {
  deliverable_ -= std::min(demand{count}, deliverable(partition));
  return partitions_[partition].dispatch(count);
}

demand partition_table::outstanding(unique_id tag) const noexcept {
  const auto found = std::ranges::find(tags_, tag, &std::pair<unique_id, std::size_t>::first);
  return found == tags_.end() ? demand{} : partitions_[found->second].outstanding(tag);
}

demand partition_table::acceptable(std::span<const std::uint64_t> queued) const noexcept {
  if (options_.when_full == full_queue::drops_events) return deliverable_;
  demand least = deliverable_;
  for (std::size_t each = 0; each < size(); ++each) {
    const demand room = deliverable(each) + (demand{options_.queue_size} - demand{queued[each]});
    least = std::min(least, room);
  }
  return least;
}

void partition_table::digest(state_digest& into) const {
  for (const demand_dispatcher& each : partitions_) each.digest(into);
  for (const auto& [tag, partition] : tags_) into.add(tag, partition);
}

std::size_t partition_table::partition_of(unique_id tag) const noexcept {
  return std::ranges::find(tags_, tag, &std::pair<unique_id, std::size_t>::first)->second;
}

std::size_t partition_table::hungriest(std::span<const std::uint64_t> taken) const noexcept {
  std::size_t best = 0;
  demand most{};
  for (std::size_t each = 0; each < size(); ++each) {
    const demand left = deliverable(each) - demand{taken[each]};
    if (left <= most) continue;
    most = left;
    best = each;
  }
  return best;
}

}  // namespace genstage::inline v0
