#include <genstage/core/contract.hpp>
#include <genstage/scheduler/timer_queue.hpp>
#include <genstage/simulation/simulation.hpp>
#include <random>
#include <vector>

namespace genstage::inline v0 {

namespace {

constexpr std::size_t activation_limit = 10'000'000;

}  // namespace

class simulation::implementation {
 public:
  implementation(driver& self, std::uint64_t chosen, runtime_options options)
      : seed{chosen}, generator{chosen}, home{self, std::move(options)} {}

  const std::uint64_t seed;
  std::mt19937_64 generator;
  instant now{};
  timer_queue timers;
  std::vector<runnable*> ready;
  runtime home;
};

simulation::simulation(std::uint64_t seed, runtime_options options)
    : self_{std::make_unique<implementation>(*this, seed, std::move(options))} {}

simulation::~simulation() {
  // Timers may hold references to processes, which must not outlive their runtime.
  self_->timers = {};
}

runtime& simulation::home() noexcept {
  return self_->home;
}

std::uint64_t simulation::seed() const noexcept {
  return self_->seed;
}

instant simulation::now() const noexcept {
  return self_->now;
}

void simulation::make_ready(runnable& ready) noexcept {
  self_->ready.push_back(&ready);
}

timer_id simulation::arm(instant when, std::move_only_function<void() noexcept> fire) {
  return self_->timers.arm(when, std::move(fire));
}

bool simulation::disarm(timer_id timer) noexcept {
  return self_->timers.cancel(timer).has_value();
}

std::uint64_t simulation::random() noexcept {
  return self_->generator();
}

std::size_t simulation::settle() {
  std::size_t activations = 0;
  while (!self_->ready.empty()) {
    GENSTAGE_ASSERT(++activations < activation_limit);
    const std::size_t chosen = self_->generator() % self_->ready.size();
    runnable* const next = self_->ready[chosen];
    self_->ready[chosen] = self_->ready.back();
    self_->ready.pop_back();
    if (next->run(*next) == runnable::verdict::again) self_->ready.push_back(next);
  }
  return activations;
}

bool simulation::fire_next_timer() {
  const std::optional<instant> next = self_->timers.next();
  if (!next) return false;
  if (*next > self_->now) self_->now = *next;
  if (auto due = self_->timers.take_due(self_->now)) (*due)();
  return true;
}

bool simulation::step() {
  return settle() > 0 || fire_next_timer();
}

void simulation::run() {
  while (step()) {
  }
}

void simulation::run_for(duration span) {
  const instant end = self_->now + span;
  settle();
  while (self_->timers.next() && *self_->timers.next() <= end) {
    fire_next_timer();
    settle();
  }
  self_->now = end;
}

}  // namespace genstage::inline v0
