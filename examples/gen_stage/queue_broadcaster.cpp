// A broadcaster that keeps its own queue and counts demand, so that whoever has news can wait until
// it is really handed out. News that come before anybody listens wait in the queue, and so do those
// who brought them.
// Rule G-408.
#include <fmt/format.h>

#include <deque>
#include <genstage/genstage.hpp>
#include <genstage/simulation/simulation.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace gs = genstage;

class broadcaster final : public gs::producer<std::string> {
 public:
  // News, and who is to be told when it is handed out.
  struct notify {
    std::string news;
    gs::completion<void> handed_out;
  };
  struct all_are_there {};

  auto dispatcher() const { return gs::broadcast_dispatcher{}; }

  void handle_cast(notify wish, gs::output<std::string>& out) {
    queue_.push_back(std::move(wish));
    hand_out(out);
  }
  void handle_cast(all_are_there, gs::output<std::string>& out) {
    has_begun_ = true;
    hand_out(out);
  }
  void handle_demand(gs::demand asked, gs::output<std::string>& out) override {
    asked_ += asked;
    hand_out(out);
  }

 private:
  void hand_out(gs::output<std::string>& out) {
    if (!has_begun_) return;
    for (; !queue_.empty() && !asked_.is_zero(); queue_.pop_front(), asked_ -= gs::demand{1}) {
      out.emit(std::move(queue_.front().news));
      queue_.front().handed_out.complete({});
    }
  }

  std::deque<notify> queue_;
  gs::demand asked_;
  bool has_begun_ = false;
};

// Completes when the news has been handed out to all who listen.
gs::operation<void> tell(const gs::ref<broadcaster>& whom, std::string news) {
  auto [far, near] = gs::make_operation<void>();
  gs::cast(whom, broadcaster::notify{std::move(news), std::move(far)});
  return std::move(near);
}

class listener final : public gs::consumer<const std::string> {
 public:
  explicit listener(std::vector<std::string>* heard) : heard_{heard} {}

  void handle_events(std::span<const std::string> events) override {
    heard_->insert(heard_->end(), events.begin(), events.end());
  }

 private:
  std::vector<std::string>* heard_;
};

int main() {
  gs::simulation world{1};
  const auto tower = gs::spawn<broadcaster>(world.home(), {});
  auto first = tell(*tower, "one");
  auto second = tell(*tower, "two");
  world.settle();
  fmt::print("nobody listens: one is {}\n", first.is_done() ? "handed out" : "waiting");

  std::vector<std::vector<std::string>> heard(4);
  for (auto& ear : heard) {
    const auto joined = gs::spawn<listener>(world.home(), {}, &ear);
    (void)world.run_until(gs::subscribe(*joined, *tower, {.max_demand = 2}));
  }
  gs::cast(*tower, broadcaster::all_are_there{});
  world.settle();
  fmt::print("four listen: one is {}, two is {}\n", first.is_done() ? "handed out" : "waiting",
             second.is_done() ? "handed out" : "waiting");
  (void)world.run_until(tell(*tower, "three"));
  world.settle();

  for (const auto& ear : heard) fmt::print("heard {}\n", fmt::join(ear, ", "));
}
