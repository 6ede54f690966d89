#include "genstage/inspector/detail/door.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <genstage/http/carried_files.hpp>
#include <utility>

#include "genstage/inspector/detail/answering.hpp"
#include "inspector_page.hpp"

namespace genstage::inline v0::detail {

namespace {

using namespace std::chrono_literals;

/// For answers under way when the inspector stops; an open page never ends by itself.
constexpr auto grace = 200ms;
/// What a browser has not taken; a page that takes nothing is shown nothing more.
constexpr std::size_t most_untaken = 64U << 10U;

/// A trace file that a page sends; from others than this machine, none that is worth it.
constexpr std::size_t most_of_file = 64U << 20U;

constexpr std::array<std::string_view, 6> data_paths{"/api/snapshot",     "/api/records",
                                                     "/api/conversation", "/api/hops",
                                                     "/api/stream",       recording_path};

/// The page may load nothing from anywhere else and cannot be put in a frame.
http::http_headers page_policy() {
  return {{"Content-Security-Policy",
           "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
          {"Referrer-Policy", "no-referrer"},
          {"X-Content-Type-Options", "nosniff"},
          {"Cache-Control", "no-cache"}};
}

const http::carried_files& page() {
  static const http::carried_files carried{embedded::inspector_page()};
  return carried;
}

/// What comes to the door. Runs on the reactor, so it only looks and passes on.
class doorkeeper {
 public:
  doorkeeper(const runtime& home, access_rule rule) : home_{&home}, rule_{std::move(rule)} {}

  void operator()(http::server_request request, http::responder to) const {
    const std::string& path = request.target.path;
    switch (judge(rule_, request)) {
      case access::granted:
        break;
      case access::foreign_host:
        return reply_json(
            to, 403,
            error_json(fmt::format("host: \"{}\" is not a name of this inspector, allowed are "
                                   "addresses, localhost and names that the program gives",
                                   http::find_header(request.headers, "Host"))));
      case access::wrong_method:
        return reply_json(to, 405,
                          error_json(fmt::format("method: {} is not allowed, allowed are GET and "
                                                 "HEAD, and POST of a trace file to {}",
                                                 request.method, recording_path)),
                          {{"Allow", "GET, HEAD"}});
      case access::wrong_type:
        return reply_json(to, 415,
                          error_json("content type: a trace file is sent as "
                                     "application/octet-stream; not read"));
      case access::wrong_token:
        return reply_json(to, 401,
                          error_json("token: none was sent, or another one; it is sent as "
                                     "\"Authorization: Bearer TOKEN\""),
                          {{"WWW-Authenticate", "Bearer"}});
    }
    if (std::ranges::find(data_paths, path) != data_paths.end()) {
      return pass_on(std::move(request), std::move(to));
    }
    if (const http::carried_file* const file = page().find(path)) {
      return to.respond(http::reply_with(*file, request.headers, page_policy()));
    }
    reply_json(to, 404, error_json(fmt::format("path: there is nothing at \"{}\"", path)));
  }

 private:
  void pass_on(http::server_request request, http::responder to) const {
    auto asked = std::make_shared<inspection>(std::move(request), std::move(to));
    if (!cast(*home_, requests_name, asked)) {
      reply_json(asked->answer, 503, error_json("inspector: it is starting or stopping; try again"),
                 {{"Retry-After", "1"}});
    }
  }

  const runtime* home_;
  access_rule rule_;
};

}  // namespace

void inspector_door::init() {
  if (auto allowed = check_address(options_.address, options_.token); !allowed) {
    return stop(exit_reason::user(std::move(allowed.error().message)));
  }
  waiting_.emplace("inspector");
  http::server_options how{.address = options_.address,
                           .port = options_.port,
                           .max_stream_bytes = most_untaken,
                           .log = options_.log,
                           .log_name = "inspector"};
  if (is_loopback(options_.address)) how.max_body = most_of_file;
  auto opened = http::http_server::listen(
      *waiting_, std::move(how), doorkeeper{home(), {options_.token, options_.host_names}});
  if (!opened) {
    return stop(exit_reason::user("inspector: " + std::move(opened.error().message)));
  }
  listening_ = *std::move(opened);
  trap_exits();
  if (options_.ready) options_.ready(listening_->url());
}

task<> inspector_door::terminate(const exit_reason&) {
  if (!listening_) co_return;
  auto [far, near] = make_operation<void>();
  listening_->stop(grace, [told = far] { told.complete(result<void>{}); });
  operation<void> stopped = std::move(near);
  (void)co_await std::move(stopped);
}

}  // namespace genstage::inline v0::detail
