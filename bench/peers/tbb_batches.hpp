#pragma once

#include <oneapi/tbb/concurrent_queue.h>
#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/global_control.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "../pipelines/arguments.hpp"
#include "../pipelines/events.hpp"

// What stages of oneTBB's flow graph need to hand recycled batches to each other. There is no
// demand between two of them: a limiter bounds how many batches are in the graph.

namespace flow = tbb::flow;

template <class Event>
using batch = std::vector<Event>;

inline auto only_workers(const arguments& wanted) {
  return tbb::global_control{tbb::global_control::max_allowed_parallelism,
                             static_cast<std::size_t>(wanted.workers)};
}

/// Batches in turn, one more than may be in use with one that is filled.
template <class Event>
class pool {
 public:
  explicit pool(std::size_t in_flight) : all_(in_flight + 2) {}
  batch<Event>* next() { return &all_[turn_++ % all_.size()]; }

 private:
  std::vector<batch<Event>> all_;
  std::size_t turn_ = 0;
};

/// The body of an input node: so many events, in batches.
template <class Event>
class counting {
 public:
  counting(pool<Event>& made, const arguments& wanted, std::int64_t events)
      : made_{&made}, most_{wanted.batch()}, events_{events} {}

  batch<Event>* operator()(tbb::flow_control& control) {
    if (next_ == events_) {
      control.stop();
      return nullptr;
    }
    batch<Event>* const events = made_->next();
    refill(*events, std::min(most_, events_ - next_), next_);
    return events;
  }

 private:
  pool<Event>* made_;
  std::int64_t most_;
  std::int64_t events_;
  std::int64_t next_ = 0;
};

/// The last node of a pipeline: adds up what comes.
template <class Event>
auto adding(flow::graph& graph, std::int64_t& sum) {
  return flow::function_node<batch<Event>*, flow::continue_msg, flow::lightweight>{
      graph, flow::serial, [&sum](batch<Event>* taken) noexcept {
        sum += sum_of(taken->data(), taken->size());
        return flow::continue_msg{};
      }};
}
