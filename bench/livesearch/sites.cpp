// Sites that are searched by the measurements: each on a port of its own, one thread for all, as
// cheap as they can be. How each of them behaves is set while they run; see `controls`.
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "event_loop.hpp"
#include "site_pages.hpp"

namespace {

using json = nlohmann::ordered_json;
using bench::event_loop;
using std::chrono::milliseconds;

constexpr std::size_t dribble_bytes = 16;
constexpr milliseconds dribble_pause{100};
constexpr std::size_t longest_request = 64U << 10U;

enum class mode : std::uint8_t {
  answer,
  hang,     ///< takes requests and says nothing
  dribble,  ///< sends a few bytes at a time
  error,    ///< answers 500
  limit,    ///< answers 429 with Retry-After
  garbage,  ///< answers 200 with what cannot be read
  reset,    ///< closes the connection instead of answering
};

std::optional<mode> mode_of(std::string_view text) {
  static const std::map<std::string_view, mode> known{
      {"answer", mode::answer}, {"hang", mode::hang},   {"dribble", mode::dribble},
      {"error", mode::error},   {"limit", mode::limit}, {"garbage", mode::garbage},
      {"reset", mode::reset}};
  const auto found = known.find(text);
  return found == known.end() ? std::nullopt : std::optional{found->second};
}

std::string reply(std::string_view status, std::string_view type, std::string_view body,
                  std::string_view more = "") {
  return fmt::format(
      "HTTP/1.1 {}\r\nServer: sites\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Type: {}\r\n"
      "Cache-Control: private\r\n{}Content-Length: {}\r\n\r\n{}",
      status, type, more, body.size(), body);
}

/// One site with its connections.
class site {
 public:
  site(event_loop& loop, bench::page_format format, unsigned number)
      : loop_{loop},
        page_{reply(
            "200 OK",
            format == bench::page_format::json ? "application/json" : "text/html; charset=utf-8",
            bench::make_page(format, number))},
        listening_{bench::listen_on(0)} {
    loop_.watch(listening_.descriptor, EPOLLIN, [this](std::uint32_t) { accept(); });
  }

  [[nodiscard]] std::string url() const {
    return fmt::format("http://127.0.0.1:{}", listening_.port);
  }
  void behave(mode how) { mode_ = how; }
  void take(milliseconds delay) { delay_ = delay; }
  [[nodiscard]] json counts() const {
    return {{"requests", requests_}, {"open", connections_.size()}};
  }

 private:
  struct connection {
    int descriptor;
    std::string read{};
    std::string unsent{};
    std::optional<event_loop::timer> waits{};
  };

  void accept() {
    for (int made = bench::accept_one(listening_.descriptor); made >= 0;
         made = bench::accept_one(listening_.descriptor)) {
      connections_.emplace(made, std::make_unique<connection>(made));
      loop_.watch(made, EPOLLIN, [this, made](std::uint32_t) { receive(*connections_.at(made)); });
    }
  }

  void receive(connection& from) {
    char buffer[4096];
    const ssize_t size = ::recv(from.descriptor, buffer, sizeof buffer, 0);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0 || from.read.size() > longest_request) return close(from);
    from.read.append(buffer, static_cast<std::size_t>(size));
    if (!from.read.ends_with("\r\n\r\n")) return;
    from.read.clear();
    ++requests_;
    if (mode_ == mode::hang) return;
    from.waits = loop_.at(event_loop::clock::now() + delay_, [this, &from] {
      from.waits.reset();
      answer(from);
    });
  }

  void answer(connection& to) {
    switch (mode_) {
      case mode::answer:
        return send(to, page_);
      case mode::dribble:
        to.unsent = page_;
        return dribble(to);
      case mode::error:
        return send(to, reply("500 Internal Server Error", "text/plain", "broken"));
      case mode::limit:
        return send(to, reply("429 Too Many Requests", "text/plain", "", "Retry-After: 2\r\n"));
      case mode::garbage:
        return send(to, reply("200 OK", "application/json", "{\"data\":[{\"title\""));
      case mode::hang:
        return;
      case mode::reset:
        return close(to);
    }
  }

  /// An answer fits into the socket's buffer; one that does not is cut with its connection.
  void send(connection& to, std::string_view bytes) {
    const ssize_t size = ::send(to.descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size != static_cast<ssize_t>(bytes.size())) close(to);
  }

  void dribble(connection& to) {
    const std::string piece = to.unsent.substr(0, dribble_bytes);
    to.unsent.erase(0, piece.size());
    if (::send(to.descriptor, piece.data(), piece.size(), MSG_NOSIGNAL) < 0) return close(to);
    if (to.unsent.empty()) return;
    to.waits = loop_.at(event_loop::clock::now() + dribble_pause, [this, &to] {
      to.waits.reset();
      dribble(to);
    });
  }

  void close(connection& gone) {
    if (gone.waits) loop_.cancel(*gone.waits);
    loop_.forget(gone.descriptor);
    ::close(gone.descriptor);
    connections_.erase(gone.descriptor);
  }

  event_loop& loop_;
  const std::string page_;
  bench::listening listening_;
  mode mode_ = mode::answer;
  milliseconds delay_{0};
  std::uint64_t requests_ = 0;
  std::unordered_map<int, std::unique_ptr<connection>> connections_;
};

using sites = std::map<std::string, std::unique_ptr<site>>;

/// The parameters of a request line such as `GET /set?site=json0&mode=hang HTTP/1.1`.
std::map<std::string, std::string> parameters_of(std::string_view line) {
  std::map<std::string, std::string> read;
  line = line.substr(0, line.rfind(' '));
  for (std::size_t at = line.find('?'); at != std::string_view::npos;) {
    const std::string_view rest = line.substr(at + 1);
    const std::size_t end = rest.find('&');
    const std::string_view pair = rest.substr(0, end);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    read.emplace(pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size())));
    at = end == std::string_view::npos ? end : at + 1 + end;
  }
  return read;
}

/// `/sites` tells where they are, `/counts` what each was asked and how many connections it has;
/// `/set?site=ID|all&mode=MODE&delay_ms=N` changes what is named.
class controls {
 public:
  controls(event_loop& loop, sites& all, std::uint16_t port)
      : loop_{loop}, all_{all}, listening_{bench::listen_on(port)} {
    loop_.watch(listening_.descriptor, EPOLLIN, [this](std::uint32_t) {
      const int made = bench::accept_one(listening_.descriptor);
      if (made >= 0) loop_.watch(made, EPOLLIN, [this, made](std::uint32_t) { serve(made); });
    });
  }
  [[nodiscard]] std::uint16_t port() const noexcept { return listening_.port; }

 private:
  /// One short request for each connection.
  void serve(int descriptor) {
    char buffer[4096];
    const ssize_t size = ::recv(descriptor, buffer, sizeof buffer, 0);
    if (size > 0) {
      std::string_view line{buffer, static_cast<std::size_t>(size)};
      line = line.substr(0, line.find("\r\n"));
      const json told = answer(line);
      const bool is_known = !told.contains("error");
      const std::string sent = reply(is_known ? "200 OK" : "404 Not Found", "application/json",
                                     told.dump() + "\n", "Connection: close\r\n");
      (void)::send(descriptor, sent.data(), sent.size(), MSG_NOSIGNAL);
    }
    loop_.forget(descriptor);
    ::close(descriptor);
  }

  json answer(std::string_view line) {
    json told = json::object();
    if (line.starts_with("GET /sites ")) {
      for (const auto& [id, each] : all_) told[id] = each->url();
    } else if (line.starts_with("GET /counts ")) {
      for (const auto& [id, each] : all_) told[id] = each->counts();
    } else if (line.starts_with("GET /set?")) {
      return set(parameters_of(line));
    } else {
      told["error"] = "allowed are /sites, /counts and /set?site=ID&mode=MODE&delay_ms=N";
    }
    return told;
  }

  json set(const std::map<std::string, std::string>& asked) {
    const auto value = [&](const char* name) {
      const auto found = asked.find(name);
      return found == asked.end() ? std::string{} : found->second;
    };
    const std::string wanted = value("site");
    const std::string how = value("mode");
    const std::string delay = value("delay_ms");
    const auto behaviour = mode_of(how);
    int ms = 0;
    const bool is_number =
        std::from_chars(delay.data(), delay.data() + delay.size(), ms).ec == std::errc{};
    if ((wanted != "all" && !all_.contains(wanted)) || (!how.empty() && !behaviour) ||
        (!delay.empty() && !is_number)) {
      return {{"error", "an unknown site or mode, or no number; nothing changed"}};
    }
    for (const auto& [id, each] : all_) {
      if (wanted != "all" && wanted != id) continue;
      if (behaviour) each->behave(*behaviour);
      if (is_number) each->take(milliseconds{ms});
    }
    return {{"changed", wanted}};
  }

  event_loop& loop_;
  sites& all_;
  bench::listening listening_;
};

}  // namespace

int main(int count, char** arguments) {
  CLI::App options{"The sites of the measurements, on loopback"};
  unsigned each = 5;
  std::uint16_t port = 0;
  options.add_option("--each", each, "Sites of each format")->capture_default_str();
  options.add_option("--port", port, "Where they are controlled; 0 takes any free port");
  CLI11_PARSE(options, count, arguments);

  bench::raise_descriptor_limit();
  event_loop loop;
  sites all;
  for (unsigned number = 0; number < each; ++number) {
    all.emplace(fmt::format("json{}", number),
                std::make_unique<site>(loop, bench::page_format::json, number));
    all.emplace(fmt::format("html{}", number),
                std::make_unique<site>(loop, bench::page_format::html, number));
  }
  const controls control{loop, all, port};
  fmt::print("ready on http://127.0.0.1:{}\n", control.port());
  std::fflush(stdout);
  loop.run();
}
