// Bytes on a connection: read as the server reads them, then asked for a search; and as the headers
// with which a site sends a request on or asks to wait.
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <genstage/http/retry_after.hpp>
#include <genstage/http/target.hpp>

#include "livesearch/fetch/detour.hpp"
#include "livesearch/fuzz/fuzz_input.hpp"
#include "livesearch/server/search_request.hpp"
#include "livesearch/site/answer/web_url.hpp"

namespace livesearch {
namespace {

site_catalog make_catalog() {
  site_definition site;
  site.id = "wiki";
  site.categories = {"docs"};
  site.bangs = {"w"};
  site.request.url = "https://a.example/?q={query}&p={page}";
  site.answer.format = answer_format::feed;
  return *site_catalog::make({site});
}

void check_target(std::string_view text) {
  static const site_catalog sites = make_catalog();
  const auto target = genstage::http::parse_target(text);
  if (!target) return;
  const auto plan = read_plan(*target, sites);
  if (!plan) {
    must_hold(plan.error().message.ends_with("; not searched"));
    return;
  }
  must_hold(plan->page >= 1 && plan->page <= last_page && plan->sites.size() == 1);
  must_hold(!plan->sites[0].asked.text.empty());
}

void check_headers(std::string_view text) {
  const std::chrono::sys_seconds now{std::chrono::days{20'000}};
  const auto wait = genstage::http::read_retry_after(text, now);
  must_hold(!wait || *wait >= std::chrono::seconds{0});
  genstage::http::http_response moved;
  moved.status = 302;
  moved.final_url = "https://a.example/search?q=x";
  moved.headers.push_back({"Location", std::string{text}});
  const auto onward = read_detour(moved, {});
  if (onward && *onward) must_hold(host_of((*onward)->url).has_value());
}

}  // namespace
}  // namespace livesearch

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace livesearch;
  namespace beast = boost::beast;
  const std::string_view sent = fuzz_text(data, size);
  // Not every input has to find the form of a request first.
  check_target(sent);
  check_headers(sent);
  beast::http::request_parser<beast::http::string_body> parser;
  parser.header_limit(16U << 10U);
  parser.body_limit(64U << 10U);
  parser.eager(true);
  beast::error_code failure;
  parser.put(boost::asio::buffer(sent.data(), sent.size()), failure);
  if (failure || !parser.is_header_done()) return 0;
  const auto& request = parser.get();
  const auto host = request[beast::http::field::host];
  const bool is_own = is_own_host({host.data(), host.size()}, {});
  must_hold(!is_own || !host.empty());
  check_target({request.target().data(), request.target().size()});
  return 0;
}
