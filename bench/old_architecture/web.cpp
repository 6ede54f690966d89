#include "bench/old_architecture/web.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/resource.h>

#include <charconv>
#include <csignal>
#include <cstdio>
#include <genstage/io/reactor.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "livesearch/query/query_text.hpp"
#include "livesearch/server/search_json.hpp"

namespace old_architecture {

namespace http = genstage::http;

namespace {

/// Every searcher may keep a connection open between two polls.
constexpr std::size_t max_connections = 8192;

void reply(http::responder& to, unsigned status, std::string body, http::http_headers more = {}) {
  more.push_back({"Cache-Control", "no-store"});
  to.respond({status, "application/json; charset=utf-8", std::move(more), std::move(body) + "\n"});
}

void refuse(http::responder& to, unsigned status, const std::string& message,
            const std::string& field) {
  reply(to, status, livesearch::to_text(livesearch::error_body(message, field)));
}

/// Redis is away or refuses; the next request tries again.
void reply_unavailable(http::responder& to, const genstage::error& why) {
  reply(to, 503, livesearch::to_text(livesearch::error_body(why.message, "")),
        {{"Retry-After", "1"}});
}

std::optional<std::size_t> whole_number(std::string_view text) {
  std::size_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [read_to, failed] = std::from_chars(text.data(), end, value);
  if (text.empty() || failed != std::errc{} || read_to != end) return std::nullopt;
  return value;
}

class routes {
 public:
  routes(job_queue& jobs, const livesearch::site_catalog& sites) : jobs_{jobs} {
    for (const livesearch::site_ptr& each : sites.all()) {
      if (each->definition.enabled) sites_.push_back(each->definition.id);
    }
  }

  void operator()(http::server_request request, http::responder to) {
    const std::string& path = request.target.path;
    if (request.method != "GET" && request.method != "HEAD") {
      return refuse(to, 405,
                    fmt::format("method: {} is not allowed, allowed are GET and HEAD; not done",
                                request.method),
                    "");
    }
    if (path == "/api/search/start") return start(request.target, to);
    if (path == "/api/search/poll") return poll(request.target, to);
    if (path == "/bench/state") return state(to);
    refuse(to, 404, fmt::format("path: there is nothing at \"{}\"", path), "");
  }

 private:
  void start(const http::request_target& target, http::responder& to) {
    const std::string* const asked = target.find("q");
    const auto query = livesearch::checked_query(asked != nullptr ? *asked : std::string{});
    if (!query) return refuse(to, 400, query.error().message, "q");
    const auto id = jobs_.begin_search(*query, sites_, wall_now());
    if (!id) return reply_unavailable(to, id.error());
    reply(to, 200, livesearch::to_text({{"id", *id}, {"sites", sites_}}));
  }

  void poll(const http::request_target& target, http::responder& to) {
    const std::string* const id = target.find("id");
    const std::string* const seen = target.find("after");
    const auto after = whole_number(seen != nullptr ? *seen : "0");
    if (!after) {
      return refuse(
          to, 400,
          fmt::format("after: \"{}\" was given, a number of answers is needed; not polled", *seen),
          "after");
    }
    const std::string& search = id != nullptr ? *id : std::string{};
    const auto known = jobs_.answers(search, *after);
    if (!known) return reply_unavailable(to, known.error());
    if (!*known) {
      return refuse(to, 404,
                    fmt::format("id: there is no search \"{}\", searches of the last ten minutes "
                                "are kept; not polled",
                                search),
                    "id");
    }
    // The workers wrote the answers as JSON already.
    reply(to, 200,
          fmt::format(R"({{"answers":[{}],"is_complete":{}}})", fmt::join((*known)->answers, ","),
                      (*known)->there >= (*known)->expected));
  }

  void state(http::responder& to) {
    const auto now = jobs_.state(wall_now());
    if (!now) return reply_unavailable(to, now.error());
    reply(to, 200,
          livesearch::to_text({{"waiting", now->waiting},
                               {"oldest_ms", now->oldest.count()},
                               {"running", now->running},
                               {"retrying", now->retrying}}));
  }

  job_queue& jobs_;
  std::vector<std::string> sites_;
};

/// As many open files as the system allows without asking.
void allow_many_connections() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace

http::http_server::handler make_routes(job_queue& jobs, const livesearch::site_catalog& sites) {
  return routes{jobs, sites};
}

int serve_web(const web_options& options, const livesearch::site_catalog& sites) {
  allow_many_connections();
  sigset_t stops{};
  sigemptyset(&stops);
  for (const int each : {SIGTERM, SIGINT}) sigaddset(&stops, each);
  // Before the reactor's thread starts, so that it inherits this and main alone gets the signals.
  sigprocmask(SIG_BLOCK, &stops, nullptr);
  redis store{options.redis_port};
  if (const auto there = store.run({"PING"}); !there) {
    fmt::print(stderr, "old_architecture: {}\n", there.error().message);
    return 2;
  }
  job_queue jobs{store};
  genstage::reactor reactor{"io"};
  const auto listening =
      http::http_server::listen(reactor, {.port = options.port, .max_connections = max_connections},
                                make_routes(jobs, sites));
  if (!listening) {
    fmt::print(stderr, "old_architecture: --port: {}\n", listening.error().message);
    return 2;
  }
  fmt::print("ready on {}\n", (*listening)->url());
  std::fflush(stdout);
  int seen = 0;
  sigwait(&stops, &seen);
  return 0;
}

}  // namespace old_architecture
