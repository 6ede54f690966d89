#include "livesearch/store/recorded_memory.hpp"

#include <bit>
#include <genstage/trace/detail/bytes.hpp>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "livesearch/store/hit_text.hpp"

namespace livesearch {

namespace {

using genstage::detail::byte_reader;
using genstage::detail::byte_writer;

constexpr std::string_view port_name = "lane memory";
constexpr std::string_view found_magic = "found001";
constexpr std::string_view conditions_magic = "lanes001";

void put(byte_writer& to, wall_time at) {
  to.number(static_cast<std::uint64_t>(at.time_since_epoch().count()));
}
wall_time take_time(byte_reader& from) {
  return wall_time{
      std::chrono::milliseconds{static_cast<std::int64_t>(from.number<std::uint64_t>())}};
}

void put(byte_writer& to, const std::optional<wall_time>& at) {
  to.number(static_cast<std::uint8_t>(at ? 1 : 0));
  put(to, at.value_or(wall_time{}));
}
std::optional<wall_time> take_optional_time(byte_reader& from) {
  const bool is_there = from.below(2, "a time of kind") == 1;
  const wall_time at = take_time(from);
  return is_there ? std::optional{at} : std::nullopt;
}

void put(byte_writer& to, double number) {
  to.number(std::bit_cast<std::uint64_t>(number));
}
double take_double(byte_reader& from) {
  return std::bit_cast<double>(from.number<std::uint64_t>());
}

}  // namespace

std::string to_bytes(const std::optional<kept_answer>& found) {
  byte_writer to{found_magic};
  to.number(static_cast<std::uint8_t>(found ? 1 : 0));
  if (found) {
    put(to, found->at);
    to.text(write_hits(found->hits));
  }
  return to.take();
}

std::optional<std::optional<kept_answer>> found_of_bytes(std::string_view bytes) {
  byte_reader from{bytes, found_magic};
  std::optional<kept_answer> found;
  if (from.below(2, "an answer of kind") == 1) {
    found.emplace();
    found->at = take_time(from);
    auto hits = read_hits(from.text());
    if (!hits) return std::nullopt;
    found->hits = *std::move(hits);
  }
  from.end();
  if (from.failure()) return std::nullopt;
  return found;
}

std::string to_bytes(const lane_conditions& known) {
  byte_writer to{conditions_magic};
  to.number(static_cast<std::uint32_t>(known.size()));
  for (const auto& [site, each] : known) {
    to.text(site);
    to.number(each.breaker_level);
    to.number(each.failures);
    put(to, each.probe_at);
    put(to, each.limited_until);
    put(to, each.with_results);
    put(to, each.answers);
    to.number(each.empty_in_a_row);
    put(to, each.spent_since);
    to.number(each.spent);
  }
  return to.take();
}

std::optional<lane_conditions> conditions_of_bytes(std::string_view bytes) {
  constexpr std::size_t least = 4 + 4 + 4 + 9 + 9 + 8 + 8 + 4 + 8 + 8;
  byte_reader from{bytes, conditions_magic};
  lane_conditions known;
  for (std::size_t left = from.count<std::uint32_t>(least, "lanes"); left > 0; --left) {
    lane_condition& each = known[from.text()];
    each.breaker_level = from.number<std::uint32_t>();
    each.failures = from.number<std::uint32_t>();
    each.probe_at = take_optional_time(from);
    each.limited_until = take_optional_time(from);
    each.with_results = take_double(from);
    each.answers = take_double(from);
    each.empty_in_a_row = from.number<std::uint32_t>();
    each.spent_since = take_time(from);
    each.spent = from.number<std::uint64_t>();
  }
  from.end();
  if (from.failure()) return std::nullopt;
  return known;
}

class recorded_memory::implementation {
 public:
  implementation(lane_memory* behind, genstage::port_log& log, lane_conditions before)
      : behind_{behind}, log_{log}, known_{std::move(before)} {}

  [[nodiscard]] lane_memory* behind() const noexcept { return log_.plays() ? nullptr : behind_; }

  std::uint64_t wait(receiver tell) {
    const std::scoped_lock lock{mutex_};
    waiting_.emplace(asked_, std::move(tell));
    return asked_++;
  }
  receiver take(std::uint64_t number) {
    const std::scoped_lock lock{mutex_};
    auto found = waiting_.extract(number);
    return found ? std::move(found.mapped()) : receiver{};
  }

  void came(std::uint64_t number, std::optional<kept_answer> found) {
    std::string bytes = to_bytes(found);
    log_.came(port_name, number, std::move(bytes),
              [this, number, told = std::move(found)]() mutable {
                if (receiver tell = take(number)) tell(std::move(told));
              });
  }
  bool play(std::uint64_t number, std::string_view bytes) {
    auto found = found_of_bytes(bytes);
    receiver tell = take(number);
    if (!found || !tell) return false;
    tell(*std::move(found));
    return true;
  }

  void forget() {
    std::unordered_map<std::uint64_t, receiver> dropped;
    const std::scoped_lock lock{mutex_};
    dropped.swap(waiting_);
  }

  std::optional<lane_condition> recall(const std::string& site) {
    const std::scoped_lock lock{mutex_};
    const auto found = known_.find(site);
    return found == known_.end() ? std::nullopt : std::optional{found->second};
  }
  void note(const std::string& site, const lane_condition& condition) {
    const std::scoped_lock lock{mutex_};
    known_.insert_or_assign(site, condition);
  }

 private:
  lane_memory* const behind_;
  genstage::port_log& log_;
  std::mutex mutex_;  // Guards what follows.
  lane_conditions known_;
  std::unordered_map<std::uint64_t, receiver> waiting_;
  std::uint64_t asked_ = 0;
};

recorded_memory::recorded_memory(lane_memory* behind, genstage::port_log& log,
                                 lane_conditions before)
    : self_{std::make_shared<implementation>(behind, log, std::move(before))} {
  if (!log.plays()) return;
  log.listen(std::string{port_name}, [self = self_](std::uint64_t number, std::string_view bytes) {
    return self->play(number, bytes);
  });
}

recorded_memory::~recorded_memory() = default;

void recorded_memory::find(const std::string& site, const std::string& query, wall_time now,
                           receiver tell) {
  const std::uint64_t number = self_->wait(std::move(tell));
  if (lane_memory* const behind = self_->behind()) {
    behind->find(site, query, now, [self = self_, number](std::optional<kept_answer> found) {
      self->came(number, std::move(found));
    });
  }
}

void recorded_memory::keep(const std::string& site, const std::string& query, kept_answer answer,
                           wall_time expires) {
  if (lane_memory* const behind = self_->behind()) {
    behind->keep(site, query, std::move(answer), expires);
  }
}

std::optional<lane_condition> recorded_memory::recall(const std::string& site) {
  return self_->recall(site);
}

void recorded_memory::forget() {
  self_->forget();
}

void recorded_memory::note(const std::string& site, const lane_condition& condition) {
  self_->note(site, condition);
  if (lane_memory* const behind = self_->behind()) behind->note(site, condition);
}

}  // namespace livesearch
