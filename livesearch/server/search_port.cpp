#include "livesearch/server/search_port.hpp"

#include <genstage/trace/detail/bytes.hpp>
#include <string_view>
#include <utility>

namespace livesearch {

namespace http = genstage::http;

namespace {

constexpr std::string_view port_name = "searches";
constexpr std::string_view magic = "visit001";
constexpr std::string_view left = "left";
constexpr std::string_view took = "took";

}  // namespace

/// Tells the port what its reader does.
class search_port::watched_listener final : public search_listener {
 public:
  watched_listener(search_port& port, std::uint64_t number, std::shared_ptr<search_listener> behind)
      : port_{port}, number_{number}, behind_{std::move(behind)} {}

  void started(const search_plan& plan) override { behind_->started(plan); }
  void answered(const searchable_site& site, const site_answer& answer,
                std::chrono::nanoseconds elapsed) override {
    behind_->answered(site, answer, elapsed);
  }
  void ended(const search_summary& summary) override { behind_->ended(summary); }
  [[nodiscard]] std::size_t untaken() const override {
    return port_.log_->read([this] { return std::uint64_t{behind_->untaken()}; });
  }
  void when_taken(std::function<void()> notice) override {
    if (port_.log_->plays()) {
      took_ = std::move(notice);
      return;
    }
    behind_->when_taken([&port = port_, number = number_, told = std::move(notice)] {
      port.told(number, took, told);
    });
  }

  /// In a run that is had again: its reader has taken something.
  void reader_took() const {
    if (took_) took_();
  }

 private:
  search_port& port_;
  const std::uint64_t number_;
  const std::shared_ptr<search_listener> behind_;
  std::function<void()> took_;
};

std::uint64_t search_port::next() {
  const std::scoped_lock lock{mutex_};
  return last_++;
}

std::move_only_function<void(http::exchange_end)> search_port::leaving(std::uint64_t number,
                                                                       std::stop_source searcher) {
  if (log_ == nullptr) {
    return
        [searcher = std::move(searcher)](http::exchange_end) mutable { searcher.request_stop(); };
  }
  return [this, number, searcher = std::move(searcher)](http::exchange_end) {
    told(number, left, [searcher]() mutable { searcher.request_stop(); });
  };
}

std::shared_ptr<search_listener> search_port::watched(std::uint64_t number,
                                                      std::shared_ptr<search_listener> behind) {
  if (log_ == nullptr) return behind;
  auto made = std::make_shared<watched_listener>(*this, number, std::move(behind));
  if (log_->plays()) {
    const std::scoped_lock lock{mutex_};
    searches_[number].told = made;
  }
  return made;
}

void search_port::enter(std::uint64_t number, const http::server_request& request,
                        std::function<void()> hand_on) {
  if (log_ == nullptr) return hand_on();
  visit come{.target = request.raw_target, .peer = request.peer};
  for (const http::http_header& each : request.headers) {
    const bool is_trace = http::equal_without_case(each.name, "traceparent") ||
                          http::equal_without_case(each.name, "tracestate");
    if (is_trace) come.trace.push_back(each);
  }
  log_->came(port_name, number, to_bytes(come), std::move(hand_on));
}

void search_port::told(std::uint64_t number, std::string_view what, std::function<void()> hand_on) {
  log_->came(port_name, number, std::string{what}, std::move(hand_on));
}

void search_port::play(beginning begin) {
  log_->listen(std::string{port_name},
               [this, begin = std::move(begin)](std::uint64_t number, std::string_view bytes) {
                 return played(number, bytes, begin);
               });
}

bool search_port::played(std::uint64_t number, std::string_view bytes, const beginning& begin) {
  search here;
  {
    const std::scoped_lock lock{mutex_};
    here = searches_[number];
  }
  if (bytes == left) {
    here.searcher.request_stop();
    return true;
  }
  if (bytes == took) {
    // A search that is over does not mind.
    if (const auto reader = here.told.lock()) reader->reader_took();
    return true;
  }
  const std::optional<visit> come = visit_of_bytes(bytes);
  return come && begin(*come, here.searcher.get_token(),
                       [this, number](std::shared_ptr<search_listener> behind) {
                         return watched(number, std::move(behind));
                       });
}

std::string to_bytes(const search_port::visit& come) {
  genstage::detail::byte_writer to{magic};
  to.text(come.target);
  to.text(come.peer);
  to.number(static_cast<std::uint32_t>(come.trace.size()));
  for (const http::http_header& each : come.trace) {
    to.text(each.name);
    to.text(each.value);
  }
  return to.take();
}

std::optional<search_port::visit> visit_of_bytes(std::string_view bytes) {
  genstage::detail::byte_reader from{bytes, magic};
  search_port::visit read{.target = from.text(), .peer = from.text()};
  for (std::size_t left_over = from.count<std::uint32_t>(8, "headers"); left_over > 0;
       --left_over) {
    http::http_header& each = read.trace.emplace_back();
    each.name = from.text();
    each.value = from.text();
  }
  from.end();
  if (from.failure()) return std::nullopt;
  return read;
}

}  // namespace livesearch
