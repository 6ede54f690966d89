#include "livesearch/server/routes.hpp"

#include <fmt/format.h>

#include <genstage/http/trace_headers.hpp>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "livesearch/demo/story.hpp"
#include "livesearch/search/search_desk.hpp"
#include "livesearch/search/search_plan.hpp"
#include "livesearch/server/event_stream.hpp"
#include "livesearch/server/lanes_page.hpp"
#include "livesearch/server/metrics.hpp"
#include "livesearch/server/report_listener.hpp"
#include "livesearch/server/search_json.hpp"
#include "livesearch/server/search_request.hpp"
#include "livesearch/web/page.hpp"

namespace livesearch {

namespace http = genstage::http;

namespace {

constexpr std::string_view json_type = "application/json; charset=utf-8";

/// The page may load nothing from anywhere else and cannot be put in a frame.
const http::http_headers page_headers{
    {"Content-Security-Policy",
     "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"},
    {"Referrer-Policy", "no-referrer"},
    {"X-Content-Type-Options", "nosniff"},
    {"Cache-Control", "no-cache"}};

void reply_text(http::responder& to, unsigned status, std::string body,
                http::http_headers headers = {}) {
  headers.push_back({"Cache-Control", "no-store"});
  headers.push_back({"X-Content-Type-Options", "nosniff"});
  body += '\n';
  to.respond({status, std::string{json_type}, std::move(headers), std::move(body)});
}

void reply_json(http::responder& to, unsigned status, const json& body,
                http::http_headers headers = {}) {
  reply_text(to, status, to_text(body), std::move(headers));
}

/// Writes a search's events to a browser as they come.
class stream_listener final : public search_listener {
 public:
  /// The start is told here, where it goes with the head of the answer.
  stream_listener(std::shared_ptr<event_stream> stream, const search_plan& plan)
      : ranking_{plan}, awaited_{plan.sites.size()}, stream_{std::move(stream)} {
    stream_->send("start", start_event(plan));
  }
  void started(const search_plan&) override {}
  void answered(const searchable_site& site, const site_answer& answer,
                std::chrono::nanoseconds elapsed) override {
    const std::string data = site_event(site, answer, elapsed, ranking_);
    // The end follows the last answer at once.
    if (--awaited_ == 0) return stream_->send_with_next("site", data);
    stream_->send("site", data);
  }
  void ended(const search_summary& summary) override {
    stream_->send("end", end_event(summary, ranking_));
    stream_->finish();
  }
  [[nodiscard]] std::size_t untaken() const override { return stream_->untaken(); }
  void when_taken(std::function<void()> notice) override { stream_->when_taken(std::move(notice)); }

 private:
  search_ranking ranking_;
  std::size_t awaited_;
  std::shared_ptr<event_stream> stream_;
};

/// The error with the parameter that it is about, which its message names first.
json error_of(const std::string& message) {
  const std::string subject = message.substr(0, message.find(':'));
  return error_body(message, subject == "query" ? "q" : subject);
}

std::vector<site_ptr> sites_of(const search_plan& plan) {
  std::vector<site_ptr> sites;
  for (const planned_site& each : plan.sites) sites.push_back(each.site);
  return sites;
}

/// Whether it came over the loopback.
bool is_from_here(std::string_view peer) {
  return peer.starts_with("127.") || peer.starts_with("[::1]");
}

class routes {
 public:
  explicit routes(routes_context context) : context_{std::move(context)} {}

  void operator()(http::server_request request, http::responder responder) {
    const std::string& path = request.target.path;
    const std::string_view host = http::find_header(request.headers, "Host");
    if (!is_own_host(host, context_.host_names)) {
      reply_json(responder, 403,
                 error_body(fmt::format("host: \"{}\" is not a name of this server, allowed are "
                                        "addresses, localhost and names given with --host-name",
                                        host),
                            ""));
    } else if (request.method != "GET" && request.method != "HEAD") {
      reply_json(responder, 405,
                 error_body(fmt::format("method: {} is not allowed, allowed are GET and HEAD",
                                        request.method),
                            ""),
                 {{"Allow", "GET, HEAD"}});
    } else if (path == "/healthz") {
      reply_json(responder, 200, {{"status", "ok"}});
    } else if (path == "/metrics") {
      const genstage::instant now = context_.home->scheduler().now();
      responder.respond({200,
                         metrics_type,
                         {{"Cache-Control", "no-store"}},
                         write_metrics(*context_.board, now)});
    } else if (path == "/lanes") {
      const genstage::instant now = context_.home->scheduler().now();
      // Of no use to who is somewhere else.
      const bool can_inspect = context_.inspector && is_from_here(request.peer);
      responder.respond({200, "text/html; charset=utf-8", page_headers,
                         write_lanes_page(*context_.board, now,
                                          can_inspect ? context_.inspector() : std::string{})});
    } else if (path == "/api/sites") {
      reply_sites(responder);
    } else if (path == "/api/search" || path == "/api/search/stream") {
      search(request, std::move(responder));
    } else if (const http::carried_file* const file = page_files().find(path)) {
      responder.respond(http::reply_with(*file, request.headers, page_headers));
    } else if (auto story = answer_story(path)) {
      responder.respond(
          {story->status, std::move(story->content_type), page_headers, std::move(story->body)});
    } else {
      reply_json(responder, 404,
                 error_body(fmt::format("path: there is nothing at \"{}\"", path), ""));
    }
  }

 private:
  void reply_sites(http::responder& responder) const {
    json listed = json::array();
    for (const site_ptr& each : context_.sites->all()) listed.push_back(site_entry(*each));
    reply_json(responder, 200,
               {{"sites", std::move(listed)},
                {"offline", context_.network == http::network_mode::offline}});
  }

  void search(const http::server_request& request, http::responder responder) const {
    auto plan = read_plan(request.target, *context_.sites);
    if (!plan) return reply_json(responder, 400, error_of(plan.error().message));
    const genstage::result<genstage::ref<search_desk>> at = genstage::find(*context_.home, desk);
    if (!at) {
      return reply_json(responder, 503,
                        error_body("search: the program is starting or stopping; try again", ""),
                        {{"Retry-After", "2"}});
    }
    if (const auto wait = all_full(*context_.board, sites_of(*plan))) {
      const auto seconds = std::chrono::ceil<std::chrono::seconds>(*wait).count();
      return reply_json(
          responder, 503,
          error_body(fmt::format("search: all sites that it needs have as many searches waiting as "
                                 "they can take; try again in {} s",
                                 seconds),
                     ""),
          {{"Retry-After", std::to_string(seconds)}});
    }
    std::stop_source searcher;
    responder.on_closed([searcher](http::exchange_end) mutable { searcher.request_stop(); });
    auto wish = std::make_shared<search_wish>(
        search_wish{std::move(*plan), nullptr, searcher.get_token(),
                    searcher_of(request.target, request.peer), http::trace_of(request.headers)});
    if (request.target.path == "/api/search") {
      wish->listener = std::make_shared<report_listener>(
          [to = std::move(responder)](std::string document) mutable {
            reply_text(to, 200, std::move(document));
          });
    } else {
      wish->listener = std::make_shared<stream_listener>(
          event_stream::open(
              responder.begin_stream(200, "text/event-stream",
                                     {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}})),
          wish->plan);
    }
    genstage::cast(*at, search_desk::begin{std::move(wish)});
  }

  routes_context context_;
};

}  // namespace

http::http_server::handler make_routes(routes_context context) {
  return routes{std::move(context)};
}

}  // namespace livesearch
