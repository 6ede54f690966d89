#include <atomic>
#include <genstage/http/detail/header_bytes.hpp>
#include <genstage/http/recorded_client.hpp>
#include <genstage/trace/detail/bytes.hpp>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace genstage::inline v0::http {

namespace {

constexpr std::string_view magic = "answer01";
constexpr std::uint8_t outcome_kinds = 2;

}  // namespace

std::string to_bytes(const result<http_response>& outcome) {
  genstage::detail::byte_writer to{magic};
  to.number(static_cast<std::uint8_t>(outcome ? 1 : 0));
  if (!outcome) {
    to.number(static_cast<std::uint8_t>(outcome.error().code));
    to.text(outcome.error().message);
    return to.take();
  }
  to.number(static_cast<std::uint32_t>(outcome->status));
  detail::put(to, outcome->headers);
  to.text(outcome->body);
  to.text(outcome->final_url);
  to.text(outcome->content_type);
  to.text(outcome->http_version);
  to.number(static_cast<std::uint64_t>(outcome->elapsed.count()));
  return to.take();
}

std::optional<result<http_response>> outcome_of_bytes(std::string_view bytes) {
  genstage::detail::byte_reader from{bytes, magic};
  if (from.below(outcome_kinds, "an outcome of kind") == 0) {
    error why{static_cast<errc>(from.number<std::uint8_t>()), from.text()};
    from.end();
    if (from.failure()) return std::nullopt;
    return result<http_response>{std::unexpected{std::move(why)}};
  }
  http_response read{.status = from.number<std::uint32_t>()};
  read.headers = detail::take_headers(from);
  read.body = from.text();
  read.final_url = from.text();
  read.content_type = from.text();
  read.http_version = from.text();
  read.elapsed = std::chrono::nanoseconds{static_cast<std::int64_t>(from.number<std::uint64_t>())};
  from.end();
  if (from.failure()) return std::nullopt;
  return result<http_response>{std::move(read)};
}

class recorded_client::implementation {
 public:
  implementation(http_client& behind, port_log* log, std::string name)
      : behind_{behind}, log_{log}, name_{std::move(name)} {}

  static transfer_id start(const std::shared_ptr<implementation>& self, http_request request,
                           completion on_done) {
    if (self->log_ == nullptr) return self->behind_.start(std::move(request), std::move(on_done));
    const std::uint64_t number = self->wait(std::move(on_done));
    if (!self->log_->plays()) {
      const transfer_id started =
          self->behind_.start(std::move(request), [self, number](result<http_response> outcome) {
            self->came(number, std::move(outcome));
          });
      const std::scoped_lock lock{self->mutex_};
      const auto waits = self->waiting_.find(number);
      if (waits != self->waiting_.end()) waits->second.behind = started;
    }
    return transfer_id{number};
  }

  void cancel(transfer_id transfer) noexcept {
    if (log_ == nullptr) return behind_.cancel(transfer);
    std::optional<transfer_id> to_cancel;
    {
      const std::scoped_lock lock{mutex_};
      const auto waits = waiting_.find(static_cast<std::uint64_t>(transfer));
      if (waits != waiting_.end()) to_cancel = waits->second.behind;
    }
    if (to_cancel) behind_.cancel(*to_cancel);
  }

  /// It is destroyed. As a part of something that happens, such as the end of the process that had
  /// it, it waits for nothing that still comes, and lets go of those who asked.
  void end() noexcept {
    if (log_ == nullptr || !log_->is_happening()) return;
    is_over_ = true;
    std::unordered_map<std::uint64_t, question> forgotten;  // Destroyed after the lock is gone.
    const std::scoped_lock lock{mutex_};
    forgotten.swap(waiting_);
  }

  /// In a replay. How it ended when it was cancelled has been recorded like all else.
  bool play(std::uint64_t number, std::string_view bytes) {
    std::optional<result<http_response>> outcome = outcome_of_bytes(bytes);
    completion on_done = take(number);
    if (!outcome || !on_done) return false;
    on_done(*std::move(outcome));
    return true;
  }

 private:
  struct question {
    completion on_done;
    std::optional<transfer_id> behind{};
  };

  std::uint64_t wait(completion on_done) {
    const std::scoped_lock lock{mutex_};
    waiting_.emplace(asked_, question{std::move(on_done)});
    return asked_++;
  }

  completion take(std::uint64_t number) {
    const std::scoped_lock lock{mutex_};
    auto found = waiting_.extract(number);
    return found ? std::move(found.mapped().on_done) : completion{};
  }

  void came(std::uint64_t number, result<http_response> outcome) {
    std::string bytes = to_bytes(outcome);
    log_->came(
        name_, number, std::move(bytes),
        [this, number, outcome = std::move(outcome)]() mutable {
          if (completion on_done = take(number)) on_done(std::move(outcome));
        },
        is_over_);
  }

  http_client& behind_;
  port_log* const log_;
  const std::string name_;
  std::mutex mutex_;
  std::unordered_map<std::uint64_t, question> waiting_;
  std::uint64_t asked_ = 0;
  std::atomic<bool> is_over_{false};
};

recorded_client::recorded_client(http_client& behind, port_log* log, std::string name)
    : self_{std::make_shared<implementation>(behind, log, name)} {
  if (log == nullptr || !log->plays()) return;
  log->listen(std::move(name), [self = self_](std::uint64_t number, std::string_view bytes) {
    return self->play(number, bytes);
  });
}

recorded_client::~recorded_client() {
  self_->end();
}

transfer_id recorded_client::start(http_request request, completion on_done) {
  return implementation::start(self_, std::move(request), std::move(on_done));
}

void recorded_client::cancel(transfer_id transfer) noexcept {
  self_->cancel(transfer);
}

}  // namespace genstage::inline v0::http
