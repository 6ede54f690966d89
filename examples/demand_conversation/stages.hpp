#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <genstage/genstage.hpp>
#include <ranges>
#include <span>
#include <utility>

/// A producer that has some events now and gets more later: it orders its next supply when it
/// cannot give all that was asked for, and keeps in mind what it owes.
class supplier final : public genstage::producer<std::int64_t> {
 public:
  struct supply_arrived {};

  /// `supplies` come one after the other, the first at once and each of the others `delay` after it
  /// was ordered. `time_passed` is called when one that was ordered arrives.
  supplier(std::deque<std::int64_t> supplies, genstage::duration delay,
           std::function<void()> time_passed)
      : supplies_{std::move(supplies)}, delay_{delay}, time_passed_{std::move(time_passed)} {}

  void init() { unpack(); }

  void handle_demand(genstage::demand asked, genstage::output<std::int64_t>& out) override {
    owed_ += static_cast<std::int64_t>(asked);
    serve(out);
  }

  void handle_cast(supply_arrived, genstage::output<std::int64_t>& out) {
    time_passed_();
    is_ordered_ = false;
    unpack();
    serve(out);
  }

 private:
  void unpack() {
    stock_ += supplies_.front();
    supplies_.pop_front();
  }

  void serve(genstage::output<std::int64_t>& out) {
    const std::int64_t count = std::min(owed_, stock_);
    out.append(std::views::iota(next_, next_ + count));
    next_ += count;
    stock_ -= count;
    owed_ -= count;
    if (owed_ > 0 && !is_ordered_ && !supplies_.empty()) {
      is_ordered_ = true;
      genstage::cast_after(delay_, genstage::ref<supplier>{self()}, supply_arrived{});
    }
  }

  std::deque<std::int64_t> supplies_;
  genstage::duration delay_;
  std::function<void()> time_passed_;
  std::int64_t stock_ = 0;
  std::int64_t owed_ = 0;
  std::int64_t next_ = 0;
  bool is_ordered_ = false;
};

/// A consumer that has what it wants after `wanted` events, and then ends.
class customer final : public genstage::consumer<std::int64_t> {
 public:
  explicit customer(std::size_t wanted) : wanted_{wanted} {}

  void handle_events(std::span<std::int64_t> events) override {
    wanted_ -= std::min(wanted_, events.size());
    if (wanted_ == 0) stop(genstage::exit_reason::normal());
  }

 private:
  std::size_t wanted_;
};
