// Two thousand pipelines of five stages each, all at work, with their inspector switched on: what a
// large program looks like from outside, and what looking costs.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <genstage/genstage.hpp>
#include <genstage/inspector/inspector.hpp>
#include <span>
#include <string>
#include <string_view>

namespace gs = genstage;

namespace {

constexpr int pipelines = 2000;

/// Has a few events each second.
class spring final : public gs::producer<std::int64_t> {
 public:
  struct a_second_has_passed {};

  void init() { wait(); }
  void handle_demand(gs::demand asked, gs::output<std::int64_t>&) override { owed_ += asked; }
  void handle_cast(a_second_has_passed, gs::output<std::int64_t>& out) {
    for (int each = 0; each < 3 && !owed_.is_zero(); ++each) {
      out.emit(++last_);
      owed_ -= gs::demand{1};
    }
    wait();
  }

 private:
  static void wait() {
    gs::cast_after(std::chrono::seconds{1}, gs::ref<spring>{self()}, a_second_has_passed{});
  }

  gs::demand owed_;
  std::int64_t last_ = 0;
};

class pipe final : public gs::producer_consumer<std::int64_t, std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t> events, gs::output<std::int64_t>& out) override {
    out.append(events);
  }
};

class drain final : public gs::consumer<std::int64_t> {
 public:
  void handle_events(std::span<std::int64_t>) override {}
};

gs::supervisor_spec pipeline(int number) {
  const auto called = [&](std::string_view what) { return fmt::format("{}/{}", what, number); };
  const gs::subscription_options few{.max_demand = 4, .min_demand = 2};
  gs::supervisor_spec tree{.strategy = gs::restart_strategy::rest_for_one};
  tree.children.push_back(gs::child(gs::name<spring>{called("spring")}));
  tree.children.push_back(gs::child(gs::name<pipe>{called("cleaned")})
                              .subscribe_to(gs::name<spring>{called("spring")}, few));
  tree.children.push_back(gs::child(gs::name<pipe>{called("warmed")})
                              .subscribe_to(gs::name<pipe>{called("cleaned")}, few));
  tree.children.push_back(gs::child(gs::name<pipe>{called("measured")})
                              .subscribe_to(gs::name<pipe>{called("warmed")}, few));
  tree.children.push_back(gs::child(gs::name<drain>{called("drained")})
                              .subscribe_to(gs::name<pipe>{called("measured")}, few));
  return tree;
}

}  // namespace

int main(int argc, char** argv) {
  gs::inspector_options looked_at{.ready = [](std::string_view url) {
    fmt::print("many_stages: open {}\n", url);
    std::fflush(stdout);
  }};
  const std::string_view port = argc > 1 ? argv[1] : "8042";
  const auto read = std::from_chars(port.data(), port.data() + port.size(), looked_at.port);
  if (read.ec != std::errc{} || read.ptr != port.data() + port.size()) {
    fmt::print(stderr, "many_stages: port is \"{}\", 0 to 65535 is allowed; ended\n", port);
    return EXIT_FAILURE;
  }

  gs::supervisor_spec town{};
  for (int number = 0; number < pipelines; ++number) {
    town.children.push_back(gs::supervised(fmt::format("pipeline/{}", number), pipeline(number)));
  }
  gs::application app{{.children = {gs::supervised("town", town), gs::inspector_child(looked_at)}}};
  return app.run();
}
