// A consumer that takes at most so many events of each producer in five seconds, however much they
// have. It asks by hand: for all it may take when it subscribes, and then, every five seconds, for
// as many as it has handled meanwhile.
// Rule G-409.
#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <genstage/genstage.hpp>
#include <genstage/simulation/simulation.hpp>
#include <map>
#include <span>
#include <string>

namespace gs = genstage;
using namespace std::chrono_literals;

// What is needed of an event's origin belongs in the event.
struct call {
  gs::pid line;
  std::string caller;
};

// A telephone line on which somebody always calls.
class line final : public gs::producer<call> {
 public:
  explicit line(std::string caller) : caller_{std::move(caller)} {}

  void handle_demand(gs::demand asked, gs::output<call>& out) override {
    for (; !asked.is_zero(); asked -= gs::demand{1}) {
      out.emit(call{self().id(), fmt::format("{} {}", caller_, ++calls_)});
    }
  }

 private:
  std::string caller_;
  int calls_ = 0;
};

class operator_desk final : public gs::consumer<call> {
 public:
  struct next_round {
    gs::pid line;
  };

  gs::subscription_mode handle_subscribe(gs::peer_role, const gs::subscription& from,
                                         const gs::subscription_options& options) override {
    const gs::demand allowance{options.max_demand};
    lines_[from.peer.id()] = {from, allowance};
    ask_again(from.peer.id());
    return gs::subscription_mode::manual;
  }

  void handle_events(std::span<call> calls) override {
    for (const call& each : calls) {
      fmt::print("{:>2} s  {}\n", now().time_since_epoch() / 1s, each.caller);
      if (const auto from = lines_.find(each.line); from != lines_.end()) {
        from->second.handled += gs::demand{1};
      }
    }
  }

  void handle_cast(next_round due) { ask_again(due.line); }

  void handle_cancel(const gs::cancellation& ended) override {
    lines_.erase(ended.from.peer.id());
    fmt::print("{:>2} s  a line is gone\n", now().time_since_epoch() / 1s);
  }

 private:
  struct producer {
    gs::subscription from;
    gs::demand handled;
  };

  void ask_again(gs::pid line) {
    const auto found = lines_.find(line);
    if (found == lines_.end()) return;
    ask(found->second.from, std::exchange(found->second.handled, gs::demand{}));
    gs::cast_after(5s, gs::ref<operator_desk>{self()}, next_round{line});
  }

  std::map<gs::pid, producer> lines_;
};

int main() {
  gs::simulation world{1};
  const auto doctors = gs::spawn<line>(world.home(), {}, "doctor");
  const auto lawyers = gs::spawn<line>(world.home(), {}, "lawyer");
  const auto desk = gs::spawn<operator_desk>(world.home(), {});
  (void)world.run_until(gs::subscribe(*desk, *doctors, {.max_demand = 3}));
  world.run_for(2s);
  (void)world.run_until(
      gs::subscribe(*desk, *lawyers, {.max_demand = 2, .cancel = gs::cancel_mode::temporary}));
  world.run_for(10s);
  world.home().exit(lawyers->process(), gs::exit_reason::shutdown());
  world.run_for(10s);
}
