// The measurements of processes.cpp with actors of the C++ Actor Framework, 0.17.
#include <unistd.h>

#include <algorithm>
#include <caf/all.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;

constexpr std::int64_t idle_actors = 1'000'000;
constexpr std::int64_t spawns = 1'000'000;
constexpr std::int64_t calls = 1'000'000;
constexpr std::size_t wakes = 2'000;

double resident_bytes() {
  std::ifstream statm{"/proc/self/statm"};
  double all = 0;
  double resident = 0;
  statm >> all >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double nanoseconds_each(clock_type::time_point begun, std::int64_t count) {
  return std::chrono::duration<double, std::nano>(clock_type::now() - begun).count() /
         static_cast<double>(count);
}

struct counter_state {
  std::int64_t answered = 0;
};

caf::behavior idle(caf::stateful_actor<counter_state>* self) {
  return {[self](caf::get_atom) { return ++self->state.answered; }};
}

void measure_idle(caf::actor_system& system) {
  std::vector<caf::actor> all;
  all.reserve(idle_actors);
  const double before = resident_bytes();
  for (std::int64_t index = 0; index < idle_actors; ++index) all.push_back(system.spawn(idle));
  caf::scoped_actor self{system};
  self->request(all.back(), caf::infinite, caf::get_atom::value)
      .receive([](std::int64_t) {}, [](const caf::error&) {});
  std::printf("idle %.1f bytes\n", (resident_bytes() - before) / idle_actors);
  for (auto& each : all) caf::anon_send_exit(each, caf::exit_reason::kill);
}

void ephemeral(caf::event_based_actor* self, std::int64_t left) {
  if (left > 0) self->home_system().spawn(ephemeral, left - 1);
}

void measure_spawn(caf::actor_system& system) {
  const auto begun = clock_type::now();
  system.spawn(ephemeral, spawns);
  system.await_all_actors_done();
  std::printf("spawn_and_exit %.1f ns\n", nanoseconds_each(begun, spawns));
}

void call_again(caf::event_based_actor* self, const caf::actor& callee, std::int64_t left) {
  self->request(callee, caf::infinite, caf::get_atom::value).then([=](std::int64_t) {
    if (left > 1) {
      call_again(self, callee, left - 1);
    } else {
      caf::anon_send_exit(callee, caf::exit_reason::user_shutdown);
    }
  });
}

void measure_call(caf::actor_system& system) {
  const auto begun = clock_type::now();
  system.spawn([](caf::event_based_actor* self) {
    call_again(self, self->home_system().spawn(idle), calls);
  });
  system.await_all_actors_done();
  std::printf("call_and_reply %.1f ns\n", nanoseconds_each(begun, calls));
}

/// Notes when it is run, and ends after all of them.
caf::behavior woken(caf::event_based_actor* self, std::vector<double>* seen) {
  return {[self, seen](std::int64_t sent) {
    const auto now = clock_type::now().time_since_epoch();
    seen->push_back(std::chrono::duration<double, std::nano>(now).count() -
                    static_cast<double>(sent));
    if (seen->size() == wakes) self->quit();
  }};
}

void measure_wake(caf::actor_system& system) {
  std::vector<double> seen;
  const caf::actor sleeper = system.spawn(woken, &seen);
  for (std::size_t index = 0; index < wakes; ++index) {
    std::this_thread::sleep_for(std::chrono::microseconds{200});
    const std::chrono::nanoseconds now = clock_type::now().time_since_epoch();
    caf::anon_send(sleeper, std::int64_t{now.count()});
  }
  system.await_all_actors_done();
  std::sort(seen.begin(), seen.end());
  std::printf("wake_p50 %.1f ns\nwake_p99 %.1f ns\n", seen[wakes / 2], seen[wakes * 99 / 100]);
}

}  // namespace

int main(int count, char** arguments) {
  caf::actor_system_config options;
  options.set("scheduler.max-threads", 1);
  caf::actor_system system{options};
  const std::string what = count > 1 ? arguments[1] : "";
  if (what == "idle") return measure_idle(system), 0;
  if (what == "spawn_and_exit") return measure_spawn(system), 0;
  if (what == "call_and_reply") return measure_call(system), 0;
  if (what == "wake") return measure_wake(system), 0;
  std::fprintf(stderr, "usage: caf_processes idle|spawn_and_exit|call_and_reply|wake\n");
  return 2;
}
