#include <fmt/format.h>

#include <algorithm>
#include <genstage/process/simulated.hpp>
#include <genstage/record/coarse_clock.hpp>
#include <genstage/replay/schedule_player.hpp>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

namespace {

std::string_view to_string(input_kind kind) {
  return kind == input_kind::now        ? "the time"
         : kind == input_kind::random   ? "a random number"
         : kind == input_kind::disarmed ? "whether a timer was disarmed"
                                        : "what a port shows";
}

}  // namespace

class schedule_player::implementation final : public simulation_watch {
 public:
  explicit implementation(schedule given) : played{std::move(given)} {}

  void starts(const process& born) override { tell("start {}", born.label()); }
  void handles(const process& receiver, const message&) override {
    tell("{} handles a message", receiver.label());
  }
  void terminates(const process& ending) override { tell("{} terminates", ending.label()); }
  void is_signalled(const process&, const message&) noexcept override {}

  template <class... Arguments>
  void tell(fmt::format_string<const Arguments&...> text, const Arguments&... arguments) const {
    if (sink) sink(fmt::format("{} {}", next, fmt::format(text, arguments...)));
  }

  void begin() noexcept {
    ++depth;
    happening_begins();
  }
  void end() noexcept {
    happening_ends();
    --depth;
  }

  /// From here on nothing is played.
  bool diverge(std::string why) const {
    if (!diverged) diverged = fmt::format("happening {}: {}; not played on", next, why);
    return false;
  }
  std::optional<std::uint64_t> learn(input_kind kind) const {
    if (depth == 0 || diverged) return std::nullopt;
    if (next_input == played.inputs.size() || played.inputs[next_input].kind != kind) {
      diverge(fmt::format("the program asks for {}, which it did not when it was recorded",
                          to_string(kind)));
      return std::nullopt;
    }
    return played.inputs[next_input++].value;
  }
  [[nodiscard]] const happening* upcoming() const {
    return diverged || next == played.happenings.size() ? nullptr : &played.happenings[next];
  }

  /// What came through a port next, if that is what happens now and the program has the port.
  [[nodiscard]] const port_input* port_input_now() const {
    const auto found =
        std::ranges::lower_bound(played.port_inputs, next, {}, &port_input::happening);
    if (found == played.port_inputs.end() || found->happening != next) return nullptr;
    return ports.contains(found->port) ? &*found : nullptr;
  }

  bool run_process(const happening& what);
  bool play(const port_input& came);
  bool fire(std::uint64_t key);

  static constexpr std::uint64_t outside_key = std::uint64_t{1} << 32U;
  [[nodiscard]] static std::uint64_t key_of(const happening& fires) {
    return fires.which + (fires.kind == happening_kind::outside_timer ? outside_key : 0);
  }

  const schedule played;
  std::function<void(std::string_view)> sink;
  std::size_t next = 0;
  mutable std::size_t next_input = 0;
  mutable instant last_now{};
  mutable std::optional<std::string> diverged;
  int depth = 0;
  std::unordered_map<std::string, taker> ports;
  std::vector<process_cell*> started;
  std::set<const process_cell*> ready;
  std::unordered_map<std::uint64_t, std::move_only_function<void() noexcept>> timers;
  std::uint64_t armed = 0;
  std::uint64_t armed_outside = 0;
};

bool schedule_player::implementation::run_process(const happening& what) {
  if (what.which >= started.size()) {
    return diverge(
        fmt::format("process {} runs, {} have been started", what.which, started.size()));
  }
  process_cell& cell = *started[what.which];
  if (!ready.contains(&cell)) {
    return diverge(fmt::format("process {} runs, but nothing has come for it", what.which));
  }
  const std::size_t came = simulated::unsorted(cell).size();
  if (came != what.came) {
    return diverge(fmt::format("{} messages have come for process {}, {} had when it was recorded",
                               came, what.which, what.came));
  }
  ++next;
  // Its end, or a message to itself, may make somebody ready in the same place.
  ready.erase(&cell);
  if (simulated::run_once(cell, *this) == runnable::verdict::again) ready.insert(&cell);
  return true;
}

bool schedule_player::implementation::play(const port_input& came) {
  if (!came.bytes) {
    return diverge(
        fmt::format("what came through port {} for question {} had no room in the "
                    "recording",
                    came.port, came.number));
  }
  ++next;
  begin();
  tell("port {} is answered for question {}", came.port, came.number);
  const bool is_taken = ports.at(came.port)(came.number, *came.bytes);
  end();
  return is_taken || diverge(fmt::format("port {} is answered for question {}, which nobody has "
                                         "asked",
                                         came.port, came.number));
}

bool schedule_player::implementation::fire(std::uint64_t key) {
  auto found = timers.extract(key);
  if (found.empty()) return diverge("a timer fires that is not armed");
  ++next;
  tell("a timer fires");
  found.mapped()();
  return true;
}

schedule_player::schedule_player(schedule played)
    : self_{std::make_unique<implementation>(std::move(played))} {}

schedule_player::~schedule_player() {
  coarse_clock::leave();
}

void schedule_player::stop() noexcept {
  self_->diverge("it was stopped");
  // What they hold may let go of processes, which may disarm others.
  const auto forgotten = std::exchange(self_->timers, {});
}

result<std::size_t> schedule_player::run() {
  while (step()) {
  }
  if (self_->diverged) return fail(errc::invalid_argument, *self_->diverged);
  return self_->next;
}

bool schedule_player::waits_for_outside() const noexcept {
  const happening* const what = self_->upcoming();
  return what != nullptr && what->kind == happening_kind::outside;
}

bool schedule_player::step() {
  implementation& here = *self_;
  const happening* const what = here.upcoming();
  if (what == nullptr || here.depth > 0) return false;
  if (what->kind == happening_kind::outside) {
    const port_input* const came = here.port_input_now();
    return came != nullptr && here.play(*came);
  }
  here.begin();
  const bool fits = what->kind == happening_kind::step ? here.run_process(*what)
                                                       : here.fire(implementation::key_of(*what));
  here.end();
  return fits;
}

void schedule_player::trace_to(std::function<void(std::string_view)> sink) {
  self_->sink = std::move(sink);
}

void schedule_player::make_ready(runnable& ready) noexcept {
  // Every runnable of a runtime is a process.
  auto& cell = static_cast<process_cell&>(ready);
  if (simulated::is_unborn(cell)) self_->started.push_back(&cell);
  self_->ready.insert(&cell);
}

instant schedule_player::now() const noexcept {
  if (const auto read = self_->learn(input_kind::now)) {
    self_->last_now = instant{duration{static_cast<duration::rep>(*read)}};
    coarse_clock::keep(*read + 1);
  }
  return self_->last_now;
}

timer_id schedule_player::arm(instant, std::move_only_function<void() noexcept> fire) {
  const bool is_outside = self_->depth == 0;
  const std::uint64_t key =
      is_outside ? implementation::outside_key + self_->armed_outside++ : self_->armed++;
  self_->timers.emplace(key, std::move(fire));
  return timer_id{key + 1};
}

bool schedule_player::disarm(timer_id timer) noexcept {
  const auto disarmed = self_->learn(input_kind::disarmed);
  const std::uint64_t key = static_cast<std::uint64_t>(timer) - 1;
  if (disarmed ? *disarmed != 0 : self_->depth == 0) return self_->timers.erase(key) > 0;
  return false;
}

std::uint64_t schedule_player::random() noexcept {
  return self_->learn(input_kind::random).value_or(0);
}

void schedule_player::came(std::string_view, std::uint64_t, std::string,
                           std::move_only_function<void()> hand_on,
                           const std::atomic<bool>& is_over) {
  if (is_over) return;
  const outside_action here{*this};
  hand_on();
}

std::uint64_t schedule_player::read(const std::function<std::uint64_t()>&) {
  return self_->learn(input_kind::reading).value_or(0);
}

void schedule_player::listen(std::string port, taker take) {
  self_->ports.insert_or_assign(std::move(port), std::move(take));
}

void schedule_player::outside_begins() noexcept {
  if (self_->depth == 0) {
    while (step()) {
    }
    const happening* const what = self_->upcoming();
    if (what != nullptr) {
      ++self_->next;
    } else {
      self_->diverge("something is done from outside that was not when it was recorded");
    }
  }
  self_->begin();
}

void schedule_player::outside_ends() noexcept {
  self_->end();
}

}  // namespace genstage::inline v0
