#include <fmt/format.h>

#include <genstage/http/detail/header_bytes.hpp>
#include <genstage/http/detail/request_tape.hpp>
#include <genstage/trace/detail/bytes.hpp>

#include <utility>

namespace genstage::inline v0::http::detail {

namespace {

constexpr std::string_view magic = "request1";
constexpr std::string_view drained = "drained";
constexpr std::string_view server_stopped = "stopped";
/// Followed by how.
constexpr std::string_view ended = "ended";
constexpr std::uint8_t ends = 5;

std::string to_bytes(exchange_end how) {
  genstage::detail::byte_writer to{ended};
  to.number(static_cast<std::uint8_t>(how));
  return to.take();
}

std::optional<exchange_end> end_of_bytes(std::string_view bytes) {
  genstage::detail::byte_reader from{bytes, ended};
  const auto how = static_cast<exchange_end>(from.below(ends, "an end"));
  from.end();
  return from.failure() ? std::nullopt : std::optional{how};
}

}  // namespace

request_tape::request_tape(const server_options& options)
    : log_{*options.log}, name_{options.log_name}, tell_{options.on_replayed} {}

http_server::handler request_tape::before(http_server::handler on_request) {
  on_request_ = std::move(on_request);
  if (!log_.plays()) {
    return [self = shared_from_this()](server_request request, responder to) {
      self->came(std::move(request), std::move(to));
    };
  }
  log_.listen(name_, [weak = weak_from_this()](std::uint64_t number, std::string_view bytes) {
    const auto self = weak.lock();
    return !self || self->played(number, bytes);  // Nobody minds what comes after its end.
  });
  return [](server_request, responder) {};
}

result<std::uint16_t> request_tape::listening(const result<void>& bound, std::uint16_t port) {
  constexpr std::uint64_t has_failed = 1U << 16U;
  const std::uint64_t seen = log_.read([&] {
    return bound ? std::uint64_t{port}
                 : has_failed | static_cast<std::uint64_t>(bound.error().code);
  });
  if (!bound) return std::unexpected{bound.error()};
  if (!log_.plays()) return port;
  if ((seen & has_failed) == 0) return static_cast<std::uint16_t>(seen);
  return fail(static_cast<errc>(seen & ~has_failed),
              "http server: it could not listen when this was recorded; not tried");
}

void request_tape::came(server_request request, responder to) {
  const std::uint64_t number = requests_++;
  auto exchange = std::make_shared<taped_exchange>(log_);
  // The connection keeps the exchange by these until it ends.
  to.on_closed([self = shared_from_this(), number, exchange](exchange_end how) {
    const auto end = [&] {
      self->exchanges_.erase(number);
      exchange->end(how, {});
    };
    self->log_.came(self->name_, number, to_bytes(how), end, self->is_over_);
  });
  exchange->when_drained = [self = weak_from_this(), number, weak = std::weak_ptr{exchange}] {
    const auto tape = self.lock();
    const auto slow = weak.lock();
    if (tape && slow) {
      tape->log_.came(
          tape->name_, number, std::string{drained}, [&] { slow->drained(); }, tape->is_over_);
    }
  };
  exchange->connect(std::move(to));
  std::string bytes = detail::to_bytes(request);
  const auto begin = [&] {
    exchanges_.emplace(number, exchange);
    on_request_(std::move(request), responder{std::move(exchange)});
  };
  log_.came(name_, number, std::move(bytes), begin, is_over_);
}

void request_tape::stopped(std::move_only_function<void()> hand_on) {
  log_.came(name_, 0, std::string{server_stopped}, std::move(hand_on), is_over_);
}

void request_tape::end() {
  if (!log_.is_happening()) return;
  is_over_ = true;
  for (const auto& [number, exchange] : std::exchange(exchanges_, {})) {
    exchange->end(exchange_end::server_stopped, tell_);
  }
}

void request_tape::when_stopped(std::move_only_function<void()> callback) {
  on_stopped_.push_back(std::move(callback));
}

bool request_tape::played(std::uint64_t number, std::string_view bytes) {
  if (bytes == server_stopped) {
    if (on_stopped_.empty()) return false;
    auto first = std::move(on_stopped_.front());
    on_stopped_.pop_front();
    if (first) first();
    return true;
  }
  if (const auto how = end_of_bytes(bytes)) {
    const auto over = exchanges_.extract(number);
    if (over) over.mapped()->end(*how, tell_);
    return !over.empty();
  }
  if (bytes == drained) {
    const auto slow = exchanges_.find(number);
    if (slow != exchanges_.end()) slow->second->drained();
    return slow != exchanges_.end();
  }
  return begin(number, bytes);
}

bool request_tape::begin(std::uint64_t number, std::string_view bytes) {
  std::optional<server_request> come = request_of_bytes(bytes);
  if (!come) return false;
  auto exchange = std::make_shared<taped_exchange>(log_);
  exchange->keep(*come);
  exchanges_.insert_or_assign(number, exchange);
  on_request_(*std::move(come), responder{std::move(exchange)});
  return true;
}

std::string to_bytes(const server_request& come) {
  genstage::detail::byte_writer to{magic};
  to.text(come.method);
  to.text(come.raw_target);
  put(to, come.headers);
  to.text(come.body);
  to.text(come.peer);
  return to.take();
}

std::optional<server_request> request_of_bytes(std::string_view bytes) {
  genstage::detail::byte_reader from{bytes, magic};
  server_request read{.method = from.text(), .raw_target = from.text()};
  read.headers = take_headers(from);
  read.body = from.text();
  read.peer = from.text();
  from.end();
  auto target = parse_target(read.raw_target);
  if (from.failure() || !target) return std::nullopt;
  read.target = *std::move(target);
  return read;
}

}  // namespace genstage::inline v0::http::detail
