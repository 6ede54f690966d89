// People who search livesearch, each over a connection of their own: as the page does, by a stream,
// or for the whole document.
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "crowd.hpp"
#include "event_loop.hpp"

namespace {

using bench::event_loop;
using bench::search_times;

/// One HTTP answer, whole or in chunks, as it arrives.
class answer_reader {
 public:
  enum class state : std::uint8_t { head, body, chunk_size, chunk, over, wrong };

  /// Takes what has arrived, appends what belongs to the body to `to`.
  state read(std::string_view bytes, std::string& to) {
    held_ += bytes;
    while (step(to)) {
    }
    return state_;
  }
  [[nodiscard]] unsigned status() const noexcept { return status_; }

 private:
  bool step(std::string& to) {
    switch (state_) {
      case state::head:
        return read_head();
      case state::chunk_size:
        return read_chunk_size();
      case state::body:
      case state::chunk: {
        const std::size_t taken = std::min(left_, held_.size());
        const bool is_chunk = state_ == state::chunk;
        to.append(held_, 0, is_chunk ? std::min(taken, left_ > 2 ? left_ - 2 : 0) : taken);
        held_.erase(0, taken);
        left_ -= taken;
        if (left_ > 0) return false;
        state_ = is_chunk ? state::chunk_size : state::over;
        return is_chunk;
      }
      case state::over:
      case state::wrong:
        return false;
    }
    return false;
  }

  bool read_head() {
    const std::size_t end = held_.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    const std::string_view head = std::string_view{held_}.substr(0, end + 2);
    constexpr std::string_view length = "Content-Length: ";
    const std::size_t stated = head.find(length);
    std::from_chars(head.data() + std::min<std::size_t>(9, head.size()), head.data() + head.size(),
                    status_);
    if (stated != std::string_view::npos) {
      std::from_chars(head.data() + stated + length.size(), head.data() + head.size(), left_);
      state_ = left_ > 0 ? state::body : state::over;
    } else {
      const bool is_chunked = head.find("Transfer-Encoding: chunked") != std::string_view::npos;
      state_ = is_chunked ? state::chunk_size : state::wrong;
    }
    held_.erase(0, end + 4);
    return true;
  }

  bool read_chunk_size() {
    const std::size_t end = held_.find("\r\n");
    if (end == std::string::npos) return false;
    std::size_t size = 0;
    std::from_chars(held_.data(), held_.data() + end, size, 16);
    held_.erase(0, end + 2);
    left_ = size + 2;  // Its line's end belongs to it.
    is_last_ = size == 0;
    state_ = is_last_ ? state::over : state::chunk;
    return !is_last_;
  }

  std::string held_;
  std::size_t left_ = 0;
  unsigned status_ = 0;
  bool is_last_ = false;
  state state_ = state::head;
};

struct search_options {
  std::uint16_t port = 0;
  bool wants_document = false;
  std::string more{};    ///< further parameters
  std::string except{};  ///< a site that is left out of `others_ms`
};

class searcher final : public bench::search_client {
 public:
  searcher(event_loop& loop, const search_options& options, std::uint64_t number)
      : loop_{loop}, options_{options}, name_{fmt::format("s{}", number)} {}
  ~searcher() override { disconnect(); }

  void search(const std::string& query, completion done) override {
    done_ = std::move(done);
    times_ = {};
    times_.begun = event_loop::clock::now();
    answer_ = {};
    text_.clear();
    unsent_ = fmt::format("GET {}?q={}&searcher={}{} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
                          options_.wants_document ? "/api/search" : "/api/search/stream", query,
                          name_, options_.more);
    if (connection_ < 0) {
      connection_ = bench::connect_to(options_.port);
      if (connection_ < 0) {
        loop_.at(times_.begun, [this] { finish(search_times::end::broken); });
        return;
      }
      loop_.watch(connection_, EPOLLIN | EPOLLOUT, [this](std::uint32_t events) { go_on(events); });
      return;
    }
    send();
  }

  void leave() override {
    disconnect();
    finish(search_times::end::left);
  }

 private:
  void go_on(std::uint32_t events) {
    if ((events & EPOLLOUT) != 0 && !unsent_.empty()) {
      loop_.change(connection_, EPOLLIN);
      send();
    }
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) receive();
  }

  /// A request is short: it goes in one piece.
  void send() {
    const std::string bytes = std::exchange(unsent_, {});
    (void)::send(connection_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }

  void receive() {
    char buffer[64U << 10U];
    const ssize_t size = ::recv(connection_, buffer, sizeof buffer, 0);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) {
      disconnect();
      if (done_) finish(search_times::end::broken);
      return;
    }
    const auto now = event_loop::clock::now();
    const auto is = answer_.read({buffer, static_cast<std::size_t>(size)}, text_);
    if (!options_.wants_document) read_events(now);
    if (is == answer_reader::state::over) return end(now);
    if (is == answer_reader::state::wrong) {
      disconnect();
      finish(search_times::end::broken);
    }
  }

  /// Takes whole server-sent events off the text.
  void read_events(event_loop::clock::time_point now) {
    std::size_t begin = 0;
    for (std::size_t end = text_.find("\n\n", begin); end != std::string::npos;
         end = text_.find("\n\n", begin)) {
      const std::string_view event = std::string_view{text_}.substr(begin, end - begin);
      if (event.find("event: site\n") != std::string_view::npos) {
        const bool has_results =
            event.substr(0, 400).find(R"("outcome":"results")") != std::string_view::npos;
        const bool is_excepted =
            !options_.except.empty() &&
            event.find(R"({"id":")" + options_.except + '"') != std::string_view::npos;
        if (has_results) ++times_.with_results;
        if (has_results && times_.first.empty()) times_.first.push_back(now - times_.begun);
        if (!is_excepted) times_.others.push_back(now - times_.begun);
      } else if (event.find("event: end\n") != std::string_view::npos) {
        times_.all = now - times_.begun;
      }
      begin = end + 2;
    }
    text_.erase(0, begin);
  }

  void end(event_loop::clock::time_point now) {
    if (answer_.status() == 503) return finish(search_times::end::refused);
    if (answer_.status() != 200) return finish(search_times::end::broken);
    if (options_.wants_document) {
      times_.all = now - times_.begun;
      times_.with_results = count(R"("outcome":"results")");
    }
    finish(times_.all.count() > 0 ? search_times::end::complete : search_times::end::broken);
  }

  [[nodiscard]] std::uint32_t count(std::string_view wanted) const {
    std::uint32_t found = 0;
    for (std::size_t at = text_.find(wanted); at != std::string::npos;
         at = text_.find(wanted, at + 1)) {
      ++found;
    }
    return found;
  }

  void finish(search_times::end how) {
    times_.how = how;
    // It may begin the next search.
    const completion done = std::exchange(done_, nullptr);
    if (done) done(times_);
  }

  void disconnect() {
    if (connection_ < 0) return;
    loop_.forget(connection_);
    ::close(std::exchange(connection_, -1));
  }

  event_loop& loop_;
  const search_options& options_;
  const std::string name_;
  int connection_ = -1;
  std::string unsent_;
  answer_reader answer_;
  std::string text_;
  search_times times_;
  completion done_;
};

}  // namespace

int main(int count, char** arguments) {
  CLI::App app{"People who search livesearch; prints how it went as JSON"};
  search_options options;
  bench::crowd_options people;
  app.add_option("--port", options.port, "Where livesearch listens on the loopback")->required();
  app.add_flag("--document", options.wants_document, "GET /api/search instead of the stream");
  app.add_option("--more", options.more, "Further parameters: &site=json0&site=json1");
  app.add_option("--except", options.except, "A site that others_ms leaves out");
  bench::add_crowd_options(app, people);
  CLI11_PARSE(app, count, arguments);

  event_loop loop;
  std::uint64_t number = 0;
  bench::crowd crowd{loop, people,
                     [&] { return std::make_unique<searcher>(loop, options, number++); }};
  crowd.run();
}
