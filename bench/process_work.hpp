#pragma once

#include <cstdint>
#include <genstage/process/server.hpp>
#include <utility>

// What processes do in processes.cpp, beside those of other systems, and in library/processes.cpp,
// alone.
namespace bench {

namespace gs = genstage;

class answerer final : public gs::server {
 public:
  struct ask {};
  std::int64_t handle_call(ask) { return ++answered_; }

 private:
  std::int64_t answered_ = 0;
};

/// Calls another process so often, one call after the other.
class caller final : public gs::server {
 public:
  struct go {};
  caller(gs::ref<answerer> callee, std::int64_t calls)
      : callee_{std::move(callee)}, calls_{calls} {}
  gs::task<std::int64_t> handle_call(go) {
    std::int64_t last = 0;
    for (std::int64_t left = calls_; left > 0; --left) {
      auto asked = gs::call(callee_, answerer::ask{}, gs::no_limit);
      last = *co_await std::move(asked);
    }
    co_return last;
  }

 private:
  gs::ref<answerer> callee_;
  std::int64_t calls_;
};

/// Spawns its successor, and ends; the last of so many tells that it is over.
class successor final : public gs::server {
 public:
  successor(std::int64_t left, gs::completion<void> done) : left_{left}, done_{std::move(done)} {}
  void init() {
    if (left_ > 0) {
      (void)gs::spawn<successor>(home(), {}, left_ - 1, done_);
    } else {
      done_.complete(gs::result<void>{});
    }
    stop(gs::exit_reason::normal());
  }

 private:
  std::int64_t left_;
  gs::completion<void> done_;
};

}  // namespace bench
