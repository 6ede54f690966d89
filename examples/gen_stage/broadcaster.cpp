// The simplest broadcaster: what it is told goes to all who listen. What nobody has asked for yet
// waits in the stage's buffer, so somebody who listens late hears what all others still have to
// hear.
#include <fmt/format.h>

#include <genstage/genstage.hpp>
#include <genstage/simulation/simulation.hpp>
#include <span>
#include <string>
#include <utility>

namespace gs = genstage;

class broadcaster final : public gs::producer<std::string> {
 public:
  auto dispatcher() const { return gs::broadcast_dispatcher{}; }

  void handle_demand(gs::demand, gs::output<std::string>&) override {}
  void handle_cast(std::string news, gs::output<std::string>& out) { out.emit(std::move(news)); }
};

// Only reads, so all listeners share one batch.
class listener final : public gs::consumer<const std::string> {
 public:
  explicit listener(std::string name) : name_{std::move(name)} {}

  void handle_events(std::span<const std::string> events) override {
    for (const std::string& event : events) fmt::print("{} hears: {}\n", name_, event);
  }

 private:
  std::string name_;
};

int main() {
  gs::simulation world{1};
  const auto tower = gs::spawn<broadcaster>(world.home(), {});
  gs::cast(*tower, std::string{"good morning"});
  world.settle();

  for (const char* name : {"Ada", "Grace"}) {
    const auto joined = gs::spawn<listener>(world.home(), {}, name);
    (void)world.run_until(gs::subscribe(*joined, *tower));
  }
  world.settle();
  gs::cast(*tower, std::string{"the rain stops"});
  world.settle();
}
