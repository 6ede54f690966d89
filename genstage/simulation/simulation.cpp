#include <fmt/format.h>

#include <cstdio>
#include <genstage/core/contract.hpp>
#include <genstage/process/signals.hpp>
#include <genstage/process/simulated.hpp>
#include <genstage/record/coarse_clock.hpp>
#include <genstage/scheduler/timer_queue.hpp>
#include <genstage/simulation/fault_injector.hpp>
#include <genstage/simulation/simulation.hpp>
#include <random>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

namespace {

constexpr std::size_t step_limit = 10'000'000;
/// So that faults are not in step with the order of processes.
constexpr std::uint64_t fault_stream = 0x9e3779b97f4a7c15U;

}  // namespace

class simulation::implementation final : public simulation_watch {
 public:
  implementation(driver& self, std::uint64_t chosen, runtime_options options)
      : seed{chosen},
        generator{chosen},
        faults{chosen ^ fault_stream},
        home{self, std::move(options)} {}

  void starts(const process& born) override {
    if (other != nullptr) other->starts(born);
    if (is_unwatched()) return;
    tell("start {}", born.label());
    strike(fault_kind::start, born);
  }
  void handles(const process& receiver, const message& next) override {
    if (other != nullptr) other->handles(receiver, next);
    if (is_unwatched()) return;
    if (sink) tell("{} takes {}", receiver.label(), describe(next));
    strike(fault_kind::callback, receiver);
  }
  void terminates(const process& ending) override {
    if (other != nullptr) other->terminates(ending);
    if (is_unwatched()) return;
    tell("{} terminates", ending.label());
    strike(fault_kind::callback, ending);
  }
  void is_signalled(const process& receiver, const message& control) noexcept override {
    if (other != nullptr) other->is_signalled(receiver, control);
    if (sink) tell("{} gets {}", receiver.label(), describe(control));
  }

  [[nodiscard]] bool is_unwatched() const noexcept { return !sink && faults.is_idle(); }
  void strike(fault_kind kind, const process& victim) {
    const std::optional<fault> struck = faults.strikes(kind, victim.label());
    if (!struck) return;
    tell("fault: {}", to_string(*struck));
    throw injected_fault{*struck};
  }

  template <class... Arguments>
  void tell(fmt::format_string<const Arguments&...> text, const Arguments&... arguments) {
    if (!sink) return;
    const auto at = std::chrono::duration<double, std::milli>{now.time_since_epoch()}.count();
    sink(fmt::format("{} {}ms {}", steps, at, fmt::format(text, arguments...)));
  }

  /// Kills who the plan or chance wants dead before this step; `next` is about to run.
  void kill_before_step(process_cell* next);

  const std::uint64_t seed;
  std::mt19937_64 generator;
  fault_injector faults;
  fault_plan* kept_faults = nullptr;
  simulation_watch* other = nullptr;
  std::uint64_t drawn = 0;
  std::function<void(std::string_view)> sink;
  instant now{};
  duration longest_callback{};
  step_size size = step_size::one_callback;
  std::uint64_t steps = 0;
  std::uint64_t steps_at_instant = 0;
  timer_queue timers;
  std::vector<runnable*> ready;
  runtime home;

 private:
  void kill(const process_ref& victim, const std::string& label);
  [[nodiscard]] process_ref anybody();
};

void simulation::implementation::kill_before_step(process_cell* next) {
  for (const std::string& each : faults.kills_of_plan(steps)) {
    process_ref victim = home.find(each);
    for (std::size_t index = 0; !victim; ++index) {
      const process_cell* const cell = simulated::cell(home, index);
      if (cell == nullptr) break;
      if (to_string(cell->id()) == each) victim = home.find(cell->id());
    }
    if (victim) kill(victim, each);
  }
  if (!faults.wants_kill()) return;
  const bool is_next = next != nullptr && faults.draw(2) == 0;
  const process_ref victim = is_next ? home.find(next->id()) : anybody();
  const process* const body = victim ? simulated::find(*victim.cell()) : nullptr;
  if (body != nullptr && faults.may_fail(body->label())) kill(victim, body->label());
}

void simulation::implementation::kill(const process_ref& victim, const std::string& label) {
  faults.note_kill(label, steps);
  tell("fault: {}", to_string(faults.injected().back()));
  home.exit(victim, exit_reason::kill());
}

process_ref simulation::implementation::anybody() {
  std::size_t cells = 0;
  while (simulated::cell(home, cells) != nullptr) ++cells;
  return cells > 0 ? home.find(simulated::cell(home, faults.draw(cells))->id()) : process_ref{};
}

simulation::simulation(std::uint64_t seed, runtime_options options)
    : self_{std::make_unique<implementation>(*this, seed, std::move(options))} {}

simulation::~simulation() {
  coarse_clock::leave();
  if (self_->kept_faults != nullptr) *self_->kept_faults = injected();
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

void simulation::inject(fault_plan plan) {
  self_->faults.follow(std::move(plan));
}

void simulation::inject(fault_rates rates) {
  self_->faults.choose(std::move(rates));
}

const fault_plan& simulation::injected() const noexcept {
  return self_->faults.injected();
}

void simulation::let_callbacks_take(duration longest) noexcept {
  self_->longest_callback = longest;
}

void simulation::let_steps_be(step_size size) noexcept {
  self_->size = size;
}

void simulation::trace_to(std::function<void(std::string_view)> sink) {
  self_->sink = std::move(sink);
}

std::optional<fault> simulation::crosses(std::string_view boundary) {
  std::optional<fault> struck = self_->faults.crosses(boundary);
  if (struck) self_->tell("fault: {}", to_string(*struck));
  return struck;
}

bool simulation::refuses(std::string_view memory) {
  const std::optional<fault> struck = self_->faults.strikes(fault_kind::allocation, memory);
  if (struck) self_->tell("fault: {}", to_string(*struck));
  return struck.has_value();
}

void simulation::keep_faults_in(fault_plan* kept) noexcept {
  self_->kept_faults = kept;
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
  ++self_->drawn;
  return self_->generator();
}

std::size_t simulation::choices() const noexcept {
  const std::optional<instant> timer = self_->timers.next();
  const bool is_due = timer && *timer <= self_->now;
  return self_->ready.size() + (is_due ? 1 : 0);
}

process_cell* simulation::choice(std::size_t chosen) const noexcept {
  // Every runnable of a simulation is a process.
  return chosen < self_->ready.size() ? static_cast<process_cell*>(self_->ready[chosen]) : nullptr;
}

void simulation::take(std::size_t chosen) {
  implementation& here = *self_;
  // Not 0, which would mean that nobody keeps the time.
  coarse_clock::keep(static_cast<std::uint64_t>(here.now.time_since_epoch().count()) + 1);
  process_cell* const next = choice(chosen);
  if (next == nullptr) {
    here.tell("a timer fires");
    (*here.timers.take_due(here.now))();
    ++here.steps;
    return;
  }
  here.ready[chosen] = here.ready.back();
  here.ready.pop_back();
  const runnable::verdict verdict =
      here.size == step_size::one_callback ? simulated::run_once(*next, here) : next->run(*next);
  if (verdict == runnable::verdict::again) here.ready.push_back(next);
  if (here.longest_callback > duration::zero()) {
    const auto most = static_cast<std::uint64_t>(here.longest_callback.count());
    here.now += duration{static_cast<duration::rep>(here.generator() % (most + 1))};
  }
  ++here.steps;
}

std::vector<std::pair<instant, std::uint64_t>> simulation::armed() const {
  return self_->timers.armed();
}

std::uint64_t simulation::count_drawn() const noexcept {
  return self_->drawn;
}

void simulation::tell_too(simulation_watch* other) noexcept {
  self_->other = other;
}

bool simulation::step() {
  implementation& here = *self_;
  const std::size_t count = choices();
  if (count == 0) return false;
  if (++here.steps_at_instant > step_limit) {
    fmt::print(stderr, "simulation: still busy after {} steps at one instant; seed {}, faults {}\n",
               step_limit, here.seed, to_string(here.faults.injected()));
    GENSTAGE_ASSERT(here.steps_at_instant <= step_limit);
  }
  const std::size_t chosen = count > 1 ? here.generator() % count : 0;
  if (here.faults.is_idle()) {
    take(chosen);
  } else {
    // A kill may make somebody ready, so a timer stays the last.
    const bool is_timer = choice(chosen) == nullptr;
    here.kill_before_step(choice(chosen));
    take(is_timer ? choices() - 1 : chosen);
  }
  return true;
}

bool simulation::pass_time() {
  const std::optional<instant> next = self_->timers.next();
  if (!next) return false;
  if (*next > self_->now) {
    self_->now = *next;
    self_->steps_at_instant = 0;
  }
  return true;
}

std::size_t simulation::settle() {
  std::size_t steps = 0;
  while (step()) ++steps;
  return steps;
}

void simulation::run() {
  while (settle() > 0 || pass_time()) {
  }
}

void simulation::run_for(duration span) {
  const instant end = self_->now + span;
  settle();
  while (self_->timers.next() && *self_->timers.next() <= end) {
    pass_time();
    settle();
  }
  if (end > self_->now) self_->now = end;
}

}  // namespace genstage::inline v0
