// What the same work costs without a library, on one thread: the limits that pipelines.cpp is
// measured against. `how` is one of
//
//   loop    one loop over a batch, all stages in it
//   direct  objects behind virtual calls that hand recycled batches to each other
//   queue   the same, through a queue that any thread could put messages into: an intrusive stack
//           for each object, pushed to by compare-and-swap, whose head says whether it is idle
//
// With another kind of event (`event`) there is only `direct`, with two objects.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "arguments.hpp"
#include "events.hpp"

namespace {

using batch = std::vector<std::int64_t>;

void keep(std::int64_t& value) {
  asm volatile("" : "+r,m"(value) : : "memory");
}

// One loop.

std::int64_t run_loop(const arguments& wanted) {
  batch events(static_cast<std::size_t>(wanted.batch()));
  std::int64_t next = 0;
  std::int64_t sum = 0;
  while (next < wanted.events) {
    const auto count =
        static_cast<std::size_t>(std::min<std::int64_t>(wanted.batch(), wanted.events - next));
    for (std::size_t index = 0; index < count; ++index) {
      events[index] = next + static_cast<std::int64_t>(index);
    }
    next += static_cast<std::int64_t>(count);
    for (std::int64_t stage = 2; stage < wanted.stages; ++stage) {
      for (std::size_t index = 0; index < count; ++index) events[index] *= 2;
    }
    for (std::size_t index = 0; index < count; ++index) sum += events[index];
    keep(sum);
  }
  return sum;
}

// Objects that hand recycled batches to each other.

class source {
 public:
  virtual ~source() = default;
  virtual void produce(std::int64_t count, batch& out) = 0;
};
class middle {
 public:
  virtual ~middle() = default;
  virtual void convert(std::span<std::int64_t> events, batch& out) = 0;
};
class sink {
 public:
  virtual ~sink() = default;
  virtual void consume(std::span<std::int64_t> events) = 0;
};

class plain_counter final : public source {
 public:
  void produce(std::int64_t count, batch& out) override {
    out.resize(static_cast<std::size_t>(count));
    for (std::int64_t& event : out) event = next_++;
  }

 private:
  std::int64_t next_ = 0;
};
class plain_doubler final : public middle {
 public:
  void convert(std::span<std::int64_t> events, batch& out) override {
    out.resize(events.size());
    std::ranges::transform(events, out.begin(), [](std::int64_t event) { return 2 * event; });
  }
};
class plain_adder final : public sink {
 public:
  void consume(std::span<std::int64_t> events) override {
    std::int64_t sum = 0;
    for (const std::int64_t event : events) sum += event;
    sum_ += sum;
    keep(sum_);
  }
  [[nodiscard]] std::int64_t sum() const { return sum_; }

 private:
  std::int64_t sum_ = 0;
};

template <class T>
T* hidden(T* object) {
  asm volatile("" : "+r"(object));  // The calls stay virtual.
  return object;
}

struct objects {
  plain_counter counts;
  plain_doubler doubles;
  plain_adder adds;
  source* from = hidden<source>(&counts);
  middle* between = hidden<middle>(&doubles);
  sink* to = hidden<sink>(&adds);
};

std::int64_t run_direct(const arguments& wanted) {
  objects all;
  std::vector<batch> batches(static_cast<std::size_t>(wanted.stages - 1));
  for (std::int64_t made = 0; made < wanted.events;) {
    const std::int64_t count = std::min(wanted.batch(), wanted.events - made);
    made += count;
    all.from->produce(count, batches.front());
    for (std::size_t next = 1; next < batches.size(); ++next) {
      all.between->convert(batches[next - 1], batches[next]);
    }
    all.to->consume(batches.back());
  }
  return all.adds.sum();
}

// Two objects, and events of another kind.

template <class Event>
std::int64_t run_direct_of(const arguments& wanted) {
  class maker {
   public:
    virtual ~maker() = default;
    virtual void produce(std::int64_t count, std::vector<Event>& out) { refill(out, count, next_); }

   private:
    std::int64_t next_ = 0;
  };
  class reader {
   public:
    virtual ~reader() = default;
    virtual void consume(std::span<Event> events) {
      for (const Event& event : events) sum_ += event_kind<Event>::number(event);
      keep(sum_);
    }
    [[nodiscard]] std::int64_t sum() const { return sum_; }

   private:
    std::int64_t sum_ = 0;
  };
  maker makes;
  reader reads;
  maker* const from = hidden(&makes);
  reader* const to = hidden(&reads);
  std::vector<Event> events;
  for (std::int64_t made = 0; made < wanted.events;) {
    const std::int64_t count = std::min(wanted.batch(), wanted.events - made);
    made += count;
    from->produce(count, events);
    to->consume(events);
  }
  return reads.sum();
}

// The same, through queues.

struct message {
  message* next = nullptr;
  bool is_ask = false;
  std::int64_t count = 0;
  batch events;
};

/// Handles messages; the head of its stack says whether it has to be run.
class actor {
 public:
  virtual ~actor() = default;
  virtual void receive(message* received) = 0;

  /// Puts a message in; `run_all` runs the actor if it was idle.
  void send(message* sent) {
    message* head = head_.load(std::memory_order_relaxed);
    do {
      sent->next = head == idle() ? nullptr : head;
    } while (!head_.compare_exchange_weak(head, sent, std::memory_order_acq_rel,
                                          std::memory_order_relaxed));
    if (head == idle()) ready_.push_back(this);
  }

  static void run_all() {
    while (!ready_.empty()) {
      actor* const next = ready_.back();
      ready_.pop_back();
      next->activate();
    }
  }

 private:
  void activate() {
    for (;;) {
      message* newest = head_.exchange(nullptr, std::memory_order_acquire);
      message* oldest = nullptr;
      while (newest != nullptr) {
        message* const older = newest->next;
        newest->next = std::exchange(oldest, newest);
        newest = older;
      }
      while (oldest != nullptr) {
        message* const received = std::exchange(oldest, oldest->next);
        receive(received);
      }
      message* expected = nullptr;
      if (head_.compare_exchange_strong(expected, idle(), std::memory_order_release,
                                        std::memory_order_relaxed)) {
        return;
      }
    }
  }

  static message* idle() { return reinterpret_cast<message*>(std::uintptr_t{1}); }
  static inline std::vector<actor*> ready_;
  std::atomic<message*> head_{idle()};
};

class counting_actor final : public actor {
 public:
  explicit counting_actor(source* from, std::int64_t events) : from_{from}, left_{events} {}
  actor* to = nullptr;

  void receive(message* received) override {
    const std::int64_t count = std::min(received->count, left_);
    if (count == 0) return;
    left_ -= count;
    from_->produce(count, received->events);
    received->is_ask = false;
    to->send(received);
  }

 private:
  source* from_;
  std::int64_t left_;
};

class doubling_actor final : public actor {
 public:
  explicit doubling_actor(middle* between) : between_{between} {}
  actor* from = nullptr;
  actor* to = nullptr;

  void receive(message* received) override {
    (received->is_ask ? asks_ : waiting_).push_back(received);
    while (!asks_.empty() && !waiting_.empty()) {
      message* const taken = std::exchange(waiting_.back(), nullptr);
      waiting_.pop_back();
      message* const filled = asks_.back();
      asks_.pop_back();
      between_->convert(taken->events, filled->events);
      filled->is_ask = false;
      taken->is_ask = true;
      to->send(filled);
      from->send(taken);
    }
  }

 private:
  middle* between_;
  std::vector<message*> asks_;
  std::vector<message*> waiting_;
};

class adding_actor final : public actor {
 public:
  explicit adding_actor(sink* to) : to_{to} {}
  actor* from = nullptr;

  void receive(message* received) override {
    to_->consume(received->events);
    received->is_ask = true;
    from->send(received);
  }

 private:
  sink* to_;
};

std::int64_t run_queue(const arguments& wanted) {
  objects all;
  counting_actor first{all.from, wanted.events};
  adding_actor last{all.to};
  std::vector<std::unique_ptr<doubling_actor>> between;
  for (std::int64_t stage = 2; stage < wanted.stages; ++stage) {
    between.push_back(std::make_unique<doubling_actor>(all.between));
  }
  std::vector<actor*> line{&first};
  for (const auto& each : between) line.push_back(each.get());
  line.push_back(&last);
  first.to = line[1];
  last.from = line[line.size() - 2];
  for (std::size_t index = 0; index < between.size(); ++index) {
    between[index]->from = line[index];
    between[index]->to = line[index + 2];
  }
  // As many asks as fit into max_demand, between any two.
  std::vector<std::unique_ptr<message>> messages;
  for (std::size_t index = 0; index + 1 < line.size(); ++index) {
    for (std::int64_t in_flight = 0; in_flight < wanted.max; in_flight += wanted.batch()) {
      messages.push_back(std::make_unique<message>());
      messages.back()->is_ask = true;
      messages.back()->count = wanted.batch();
      line[index]->send(messages.back().get());
    }
  }
  actor::run_all();
  return all.adds.sum();
}

}  // namespace

int main(int count, char** given) {
  const arguments wanted{count, given};
  const auto begun = bench_clock::now();
  const std::int64_t sum = wanted.how == "loop"    ? run_loop(wanted)
                           : wanted.how == "queue" ? run_queue(wanted)
                           : wanted.event == "int"
                               ? run_direct(wanted)
                               : with_event_type(wanted, [&wanted](auto event) {
                                   return run_direct_of<typename decltype(event)::type>(wanted);
                                 });
  report(wanted.events, begun);
  check_numbers(wanted, sum);
}
