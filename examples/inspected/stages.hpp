#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <genstage/genstage.hpp>
#include <ranges>
#include <span>

/// What the shop sells, as far as it passes through stages.
struct order {
  std::uint64_t number = 0;
  std::uint64_t cents = 0;
};

/// Gets new orders all the time, and hands on what was asked for.
class order_source final : public genstage::producer<order> {
 public:
  struct time_has_passed {};
  static constexpr std::chrono::milliseconds interval{50};
  static constexpr std::uint64_t at_once = 20;

  void init() { wait(); }

  void handle_demand(genstage::demand asked, genstage::output<order>&) override { owed_ += asked; }

  void handle_cast(time_has_passed, genstage::output<order>& out) {
    const std::uint64_t count = std::min(owed_.count(), at_once);
    for (std::uint64_t each = 0; each < count; ++each) out.emit({.number = ++last_});
    owed_ -= genstage::demand{count};
    wait();
  }

 private:
  static void wait() {
    genstage::cast_after(interval, genstage::ref<order_source>{self()}, time_has_passed{});
  }

  genstage::demand owed_;
  std::uint64_t last_ = 0;
};

/// Says what an order costs, to whoever wants to know: the bill and the archive get all orders.
class pricing final : public genstage::producer_consumer<order, order> {
 public:
  [[nodiscard]] static genstage::broadcast_dispatcher dispatcher() { return {}; }

  void handle_events(std::span<order> events, genstage::output<order>& out) override {
    for (order& each : events) each.cents = 100 + each.number % 900;
    out.append(events);
  }
};

class billing final : public genstage::consumer<const order> {
 public:
  void handle_events(std::span<const order> events) override {
    for (const order& each : events) cents_ += each.cents;
  }

 private:
  std::uint64_t cents_ = 0;
};

/// Writes each order to a tape, which takes its time: so all others wait for it.
class archive final : public genstage::async_consumer<const order> {
 public:
  static constexpr std::chrono::milliseconds of_tape{150};

  genstage::task<> handle_events(std::span<const order> events) override {
    for (std::size_t written = 0; written < events.size(); ++written) {
      auto tape = genstage::sleep_for(of_tape);
      (void)co_await std::move(tape);
    }
  }
};

/// The producer of the slides, again and again: it has some events now and gets more later.
class supplier final : public genstage::producer<std::int64_t> {
 public:
  struct supply_arrived {};
  static constexpr std::chrono::milliseconds delay{800};

  void handle_demand(genstage::demand asked, genstage::output<std::int64_t>& out) override {
    owed_ += static_cast<std::int64_t>(asked);
    serve(out);
  }

  void handle_cast(supply_arrived, genstage::output<std::int64_t>& out) {
    is_ordered_ = false;
    stock_ += supplies_[next_supply_++ % supplies_.size()];
    serve(out);
  }

 private:
  void serve(genstage::output<std::int64_t>& out) {
    const std::int64_t count = std::min(owed_, stock_);
    out.append(std::views::iota(next_, next_ + count));
    next_ += count;
    stock_ -= count;
    owed_ -= count;
    if (owed_ > 0 && !is_ordered_) {
      is_ordered_ = true;
      genstage::cast_after(delay, genstage::ref<supplier>{self()}, supply_arrived{});
    }
  }

  static constexpr std::array<std::int64_t, 3> supplies_{40, 100, 60};

  std::int64_t stock_ = 60;
  std::int64_t owed_ = 0;
  std::int64_t next_ = 0;
  std::size_t next_supply_ = 0;
  bool is_ordered_ = false;
};

class customer final : public genstage::consumer<std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t>) override {}
};
