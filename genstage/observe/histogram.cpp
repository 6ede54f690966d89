#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <genstage/observe/histogram.hpp>

namespace genstage::inline v0 {

namespace {

constexpr std::size_t linear_bits = 4;
constexpr std::uint64_t linear = std::uint64_t{1} << linear_bits;

/// Below `linear` each value has a bucket of its own; above, the leading bit says which power of
/// two, and the `linear_bits` after it which part of that.
std::size_t place_of(std::uint64_t value) noexcept {
  if (value < linear) return value;
  const std::size_t power = std::bit_width(value) - 1U - linear_bits;
  return power * linear + (value >> power);
}

std::uint64_t most_of(std::size_t place) noexcept {
  if (place < linear) return place;
  const std::size_t power = place / linear - 1;
  return ((linear + place % linear + 1) << power) - 1;
}

/// A sum that is too large stays at the largest.
duration sum_of(duration left, duration right) noexcept {
  return right > duration::max() - left ? duration::max() : left + right;
}
duration product_of(duration each, std::uint64_t times) noexcept {
  std::int64_t all = 0;
  return __builtin_mul_overflow(each.count(), times, &all) ? duration::max() : duration{all};
}

}  // namespace

std::uint64_t& histogram::bucket_at(std::size_t place) {
  if (counts_.empty()) first_ = place;
  if (place < first_) {
    counts_.insert(counts_.begin(), first_ - place, 0);
    first_ = place;
  }
  if (place - first_ >= counts_.size()) counts_.resize(place - first_ + 1);
  return counts_[place - first_];
}

void histogram::add(duration took, std::uint64_t times) {
  if (times == 0) return;
  took = std::max(took, duration::zero());
  bucket_at(place_of(static_cast<std::uint64_t>(took.count()))) += times;
  count_ += times;
  sum_ = sum_of(sum_, product_of(took, times));
  longest_ = std::max(longest_, took);
}

histogram& histogram::operator+=(const histogram& other) {
  for (std::size_t each = 0; each < other.counts_.size(); ++each) {
    if (other.counts_[each] > 0) bucket_at(other.first_ + each) += other.counts_[each];
  }
  count_ += other.count_;
  sum_ = sum_of(sum_, other.sum_);
  longest_ = std::max(longest_, other.longest_);
  return *this;
}

duration histogram::quantile(double part) const noexcept {
  const auto wanted = static_cast<std::uint64_t>(
      std::ceil(std::clamp(part, 0.0, 1.0) * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t each = 0; each < counts_.size(); ++each) {
    seen += counts_[each];
    if (counts_[each] > 0 && seen >= wanted) {
      return std::min(duration{static_cast<std::int64_t>(most_of(first_ + each))}, longest_);
    }
  }
  return longest_;
}

std::vector<histogram::bucket> histogram::buckets() const {
  std::vector<bucket> all;
  for (std::size_t each = 0; each < counts_.size(); ++each) {
    if (counts_[each] == 0) continue;
    all.push_back({duration{static_cast<std::int64_t>(most_of(first_ + each))}, counts_[each]});
  }
  return all;
}

}  // namespace genstage::inline v0
