#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "arguments.hpp"

/// The kinds of events that pipelines are measured with, besides plain integers. Each is made from
/// a number and says which one it was.
template <class Event>
struct event_kind {
  static Event make(std::int64_t number) { return Event{number}; }
  static std::int64_t number(const Event& event) { return event.number; }
};

template <>
struct event_kind<std::int64_t> {
  static std::int64_t make(std::int64_t number) { return number; }
  static std::int64_t number(std::int64_t event) { return event; }
};

/// Trivially copyable, of so many bytes.
template <std::size_t Bytes>
struct bytes_event {
  std::int64_t number;
  std::array<std::byte, Bytes - sizeof(std::int64_t)> rest{};
};

/// Of 1 KiB, and only movable; a move copies all of it, since nothing of it is elsewhere.
struct move_only_event {
  explicit move_only_event(std::int64_t made_from) : number{made_from} {}
  move_only_event(move_only_event&&) = default;
  move_only_event& operator=(move_only_event&&) = default;

  std::int64_t number;
  std::array<std::byte, 1024 - sizeof(std::int64_t)> rest{};
};

/// 100 characters, which the event's maker allocates.
template <>
struct event_kind<std::string> {
  static std::string make(std::int64_t number) {
    std::string made(100, 'x');
    made[0] = static_cast<char>('a' + number % 16);
    return made;
  }
  static std::int64_t number(const std::string& event) { return event[0] - 'a'; }
};

/// What the strings of the first events add up to.
inline void check_letters(std::int64_t events, std::int64_t sum) {
  const std::int64_t rest = events % 16;
  if (sum == events / 16 * 120 + rest * (rest - 1) / 2) return;
  std::fprintf(stderr, "the sum of %lld strings is wrong\n", static_cast<long long>(events));
  std::exit(1);
}

inline void check_numbers(const arguments& wanted, std::int64_t sum) {
  if (wanted.event == "string") {
    check_letters(wanted.events, sum);
  } else {
    check_sum(wanted.events, wanted.stages - 2, sum);
  }
}

/// Fills a recycled batch with the events of the next numbers.
template <class Event>
void refill(std::vector<Event>& batch, std::int64_t count, std::int64_t& next) {
  batch.clear();
  for (; count > 0; --count) batch.push_back(event_kind<Event>::make(next++));
}
inline void refill(std::vector<std::int64_t>& batch, std::int64_t count, std::int64_t& next) {
  batch.resize(static_cast<std::size_t>(count));
  for (std::int64_t& event : batch) event = next++;
}

template <class Event>
std::int64_t sum_of(const Event* first, std::size_t count) {
  std::int64_t sum = 0;
  for (std::size_t index = 0; index < count; ++index)
    sum += event_kind<Event>::number(first[index]);
  return sum;
}

template <class Event>
struct event_type {
  using type = Event;
};

/// Calls `work` with the type of the events that are wanted.
template <class Work>
auto with_event_type(const arguments& wanted, Work work) {
  if (wanted.event == "16") return work(event_type<bytes_event<16>>{});
  if (wanted.event == "256") return work(event_type<bytes_event<256>>{});
  if (wanted.event == "string") return work(event_type<std::string>{});
  if (wanted.event == "move_only") return work(event_type<move_only_event>{});
  return work(event_type<std::int64_t>{});
}
