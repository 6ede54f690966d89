// The limit by hand: a loop over curl's multi handle that fetches the answers of all sites for each
// search and throws them away. One thread; nothing is parsed, merged, bounded or told.
#include <curl/curl.h>
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crowd.hpp"
#include "event_loop.hpp"

namespace {

using bench::event_loop;
using bench::search_times;

/// curl's multi handle on the loop.
class fetching {
 public:
  explicit fetching(event_loop& loop) : loop_{loop}, multi_{curl_multi_init()} {
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &fetching::on_socket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &fetching::on_timer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, 20'000L);
  }
  fetching(const fetching&) = delete;
  fetching& operator=(const fetching&) = delete;
  ~fetching() { curl_multi_cleanup(multi_); }

  using finished = std::function<void(CURLcode)>;
  void begin(CURL* easy, finished& on_finished) {
    curl_easy_setopt(easy, CURLOPT_PRIVATE, &on_finished);
    curl_multi_add_handle(multi_, easy);
  }
  void give_up(CURL* easy) { curl_multi_remove_handle(multi_, easy); }

 private:
  static int on_socket(CURL*, curl_socket_t socket, int what, void* self, void* known) {
    auto& here = *static_cast<fetching*>(self);
    if (what == CURL_POLL_REMOVE) {
      here.loop_.forget(socket);
      return 0;
    }
    const std::uint32_t events =
        ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0U) | ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0U);
    if (known != nullptr) {
      here.loop_.change(socket, events);
      return 0;
    }
    curl_multi_assign(here.multi_, socket, &here);
    here.loop_.watch(socket, events, [&here, socket](std::uint32_t ready) {
      here.act(socket, ((ready & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 ? CURL_CSELECT_IN : 0) |
                           ((ready & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0));
    });
    return 0;
  }

  static int on_timer(CURLM*, long milliseconds, void* self) {
    auto& here = *static_cast<fetching*>(self);
    if (here.timer_) here.loop_.cancel(*std::exchange(here.timer_, std::nullopt));
    if (milliseconds < 0) return 0;
    here.timer_ =
        here.loop_.at(event_loop::clock::now() + std::chrono::milliseconds{milliseconds}, [&here] {
          here.timer_.reset();
          here.act(CURL_SOCKET_TIMEOUT, 0);
        });
    return 0;
  }

  void act(curl_socket_t socket, int ready) {
    int running = 0;
    curl_multi_socket_action(multi_, socket, ready, &running);
    int left = 0;
    while (const CURLMsg* const message = curl_multi_info_read(multi_, &left)) {
      CURL* const easy = message->easy_handle;
      const CURLcode code = message->data.result;
      curl_multi_remove_handle(multi_, easy);
      finished* on_finished = nullptr;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &on_finished);
      (*on_finished)(code);
    }
  }

  event_loop& loop_;
  CURLM* multi_;
  std::optional<event_loop::timer> timer_;
};

std::size_t throw_away(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

class fetcher final : public bench::search_client {
 public:
  fetcher(event_loop& loop, fetching& curl, const std::vector<std::string>& sites,
          const std::string& except, long limit_ms)
      : loop_{loop}, curl_{curl} {
    for (const std::string& each : sites) {
      parts_.push_back(std::make_unique<part>(each, each == except, limit_ms));
      part& made = *parts_.back();
      made.on_finished = [this, &made](CURLcode code) { finish_part(made, code); };
    }
  }
  ~fetcher() override {
    for (const auto& each : parts_) curl_easy_cleanup(each->easy);
  }

  void search(const std::string& query, completion done) override {
    done_ = std::move(done);
    times_ = {};
    times_.how = search_times::end::complete;
    times_.begun = event_loop::clock::now();
    left_ = parts_.size();
    for (const auto& each : parts_) {
      curl_easy_setopt(each->easy, CURLOPT_URL,
                       fmt::format("{}/search?q={}", each->site, query).c_str());
      each->is_running = true;
      curl_.begin(each->easy, each->on_finished);
    }
  }

  void leave() override {
    for (const auto& each : parts_) {
      if (std::exchange(each->is_running, false)) curl_.give_up(each->easy);
    }
    times_.how = search_times::end::left;
    finish();
  }

 private:
  struct part {
    part(std::string where, bool excepted, long limit_ms)
        : site{std::move(where)}, is_excepted{excepted}, easy{curl_easy_init()} {
      curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &throw_away);
      curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
      curl_easy_setopt(easy, CURLOPT_PROXY, "");
      curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, limit_ms);
    }
    std::string site;
    bool is_excepted;
    CURL* easy;
    bool is_running = false;
    fetching::finished on_finished{};
  };

  void finish_part(part& over, CURLcode code) {
    over.is_running = false;
    const auto elapsed = event_loop::clock::now() - times_.begun;
    if (code == CURLE_OK) {
      ++times_.with_results;
      if (times_.first.empty()) times_.first.push_back(elapsed);
    } else if (!over.is_excepted) {
      times_.how = search_times::end::broken;
    }
    if (!over.is_excepted) times_.others.push_back(elapsed);
    if (--left_ > 0) return;
    times_.all = elapsed;
    // From the loop: the next search begins outside of curl's callbacks.
    loop_.at(event_loop::clock::now(), [this] { finish(); });
  }

  void finish() {
    const completion done = std::exchange(done_, nullptr);
    if (done) done(times_);
  }

  event_loop& loop_;
  fetching& curl_;
  std::vector<std::unique_ptr<part>> parts_;
  std::size_t left_ = 0;
  search_times times_;
  completion done_;
};

}  // namespace

int main(int count, char** arguments) {
  CLI::App app{"A loop over curl's multi handle; prints how it went as JSON"};
  std::vector<std::string> sites;
  std::string except;
  long limit_ms = 10'000;
  bench::crowd_options people;
  app.add_option("--site", sites, "A site's address")->required();
  app.add_option("--except", except, "A site that others_ms leaves out");
  app.add_option("--limit-ms", limit_ms, "For each answer");
  bench::add_crowd_options(app, people);
  CLI11_PARSE(app, count, arguments);

  curl_global_init(CURL_GLOBAL_DEFAULT);
  event_loop loop;
  fetching curl{loop};
  bench::crowd crowd{
      loop, people, [&] { return std::make_unique<fetcher>(loop, curl, sites, except, limit_ms); }};
  crowd.run();
}
