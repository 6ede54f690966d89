#include <chrono>
#include <genstage/process/simulated.hpp>
#include <genstage/replay/schedule_recorder.hpp>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace genstage::inline v0 {

namespace {

/// Who waits for its turn looks so often whether it is over meanwhile.
constexpr auto look_again = std::chrono::milliseconds{10};

/// Nobody is told what happens: it runs as it is.
class silent_watch final : public simulation_watch {
 public:
  void starts(const process&) override {}
  void handles(const process&, const message&) override {}
  void terminates(const process&) override {}
  void is_signalled(const process&, const message&) noexcept override {}
};

}  // namespace

class schedule_recorder::implementation {
 public:
  implementation(thread_pool_options options, std::size_t port_bytes)
      : pool{std::move(options)}, room{port_bytes} {}

  /// Stands for a process in the pool's queues.
  struct stand_in final : runnable {
    stand_in(implementation& of, process_cell& in) noexcept
        : runnable{&run_recorded}, recording{of}, cell{in} {}

    implementation& recording;
    process_cell& cell;
    std::uint32_t number = 0;  ///< Of the process that lives there.
  };

  /// Something happens: nothing else does meanwhile, on any thread.
  class [[nodiscard]] happens {
   public:
    happens(const implementation& in, happening what) : in_{in}, lock_{in.mutex} {
      happening_begins();
      if (in.depth++ == 0) in.noted.happenings.push_back(what);
    }
    ~happens() {
      --in_.depth;
      happening_ends();
    }
    happens(const happens&) = delete;
    happens& operator=(const happens&) = delete;

   private:
    const implementation& in_;
    const std::scoped_lock<std::recursive_timed_mutex> lock_;
  };

  static runnable::verdict run_recorded(runnable& base) noexcept {
    auto& self = static_cast<stand_in&>(base);
    silent_watch watch;
    const std::scoped_lock lock{self.recording.mutex};
    const auto came = static_cast<std::uint32_t>(simulated::unsorted(self.cell).size());
    const happens now{self.recording, {happening_kind::step, self.number, came}};
    return simulated::run_once(self.cell, watch);
  }

  /// What the program is told, if something happens on this thread.
  void learn(input_kind kind, std::uint64_t value) const {
    const std::unique_lock lock{mutex, std::try_to_lock};
    if (lock && depth > 0) noted.inputs.push_back({kind, value});
  }

  /// Of what happens now.
  void keep(std::string_view port, std::uint64_t number, std::string bytes) {
    if (noted.happenings.back().kind != happening_kind::outside) return;
    port_input& kept =
        noted.port_inputs.emplace_back(noted.happenings.size() - 1, std::string{port}, number);
    if (bytes.size() > room) return;
    room -= bytes.size();
    kept.bytes = std::move(bytes);
  }

  thread_pool pool;
  std::size_t room;
  mutable std::recursive_timed_mutex mutex;
  mutable int depth = 0;
  mutable schedule noted;
  std::unordered_map<runnable*, std::unique_ptr<stand_in>> stand_ins;
  std::uint32_t started = 0;
  std::uint32_t armed = 0;
  std::uint32_t armed_outside = 0;
};

schedule_recorder::schedule_recorder(thread_pool_options options, std::size_t port_bytes)
    : self_{std::make_unique<implementation>(std::move(options), port_bytes)} {}

schedule_recorder::~schedule_recorder() {
  stop();
}

schedule schedule_recorder::so_far() const {
  const std::scoped_lock lock{self_->mutex};
  return self_->noted;
}

void schedule_recorder::stop() noexcept {
  self_->pool.stop();
}

void schedule_recorder::make_ready(runnable& ready) noexcept {
  // Every runnable of a runtime is a process.
  auto& cell = static_cast<process_cell&>(ready);
  const std::scoped_lock lock{self_->mutex};
  auto& stand_in = self_->stand_ins[&ready];
  if (!stand_in) stand_in = std::make_unique<implementation::stand_in>(*self_, cell);
  if (simulated::is_unborn(cell)) stand_in->number = self_->started++;
  self_->pool.make_ready(*stand_in);
}

instant schedule_recorder::now() const noexcept {
  const instant read = self_->pool.now();
  self_->learn(input_kind::now, static_cast<std::uint64_t>(read.time_since_epoch().count()));
  return read;
}

timer_id schedule_recorder::arm(instant when, std::move_only_function<void() noexcept> fire) {
  const std::scoped_lock lock{self_->mutex};
  const bool is_outside = self_->depth == 0;
  const happening fires{is_outside ? happening_kind::outside_timer : happening_kind::timer,
                        is_outside ? self_->armed_outside++ : self_->armed++, 0};
  return self_->pool.arm(when,
                         [self = self_.get(), fires, fire = std::move(fire)]() mutable noexcept {
                           const implementation::happens now{*self, fires};
                           fire();
                         });
}

bool schedule_recorder::disarm(timer_id timer) noexcept {
  const bool is_disarmed = self_->pool.disarm(timer);
  self_->learn(input_kind::disarmed, is_disarmed ? 1 : 0);
  return is_disarmed;
}

std::uint64_t schedule_recorder::random() noexcept {
  const std::uint64_t drawn = self_->pool.random();
  self_->learn(input_kind::random, drawn);
  return drawn;
}

void schedule_recorder::outside_begins() noexcept {
  self_->mutex.lock();
  happening_begins();
  if (self_->depth++ == 0) self_->noted.happenings.push_back({happening_kind::outside, 0, 0});
}

void schedule_recorder::outside_ends() noexcept {
  --self_->depth;
  happening_ends();
  self_->mutex.unlock();
}

void schedule_recorder::came(std::string_view port, std::uint64_t number, std::string bytes,
                             std::move_only_function<void()> hand_on,
                             const std::atomic<bool>& is_over) {
  std::unique_lock lock{self_->mutex, std::defer_lock};
  do {
    if (is_over) return;
  } while (!lock.try_lock_for(look_again));
  if (is_over) return;  // Set by whoever has just let go of the lock.
  const outside_action here{*this};
  self_->keep(port, number, std::move(bytes));
  hand_on();
}

std::uint64_t schedule_recorder::read(const std::function<std::uint64_t()>& look) {
  const std::uint64_t seen = look();
  self_->learn(input_kind::reading, seen);
  return seen;
}

void schedule_recorder::listen(std::string, taker) {}

std::vector<driver::running_now> schedule_recorder::running() const {
  std::vector<running_now> all = self_->pool.running();
  for (running_now& each : all) {
    each.what = &static_cast<implementation::stand_in*>(each.what)->cell;
  }
  return all;
}

}  // namespace genstage::inline v0
