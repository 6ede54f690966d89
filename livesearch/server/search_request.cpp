#include "livesearch/server/search_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <genstage/http/message.hpp>
#include <utility>
#include <vector>

namespace livesearch {

namespace http = genstage::http;

bool is_own_host(std::string_view host, std::span<const std::string> host_names) {
  if (host.starts_with('[')) return host.contains(']');  // An IPv6 address.
  host = host.substr(0, host.find(':'));
  if (host.empty()) return false;
  if (http::equal_without_case(host, "localhost")) return true;
  if (host.find_first_not_of("0123456789.") == std::string_view::npos) return true;
  return std::ranges::any_of(
      host_names, [&](const std::string& name) { return http::equal_without_case(host, name); });
}

namespace {

genstage::result<std::uint32_t> read_page(const std::string& text) {
  std::uint32_t page = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, page);
  if (read.ec == std::errc{} && read.ptr == end) return page;
  return genstage::fail(
      genstage::errc::invalid_argument,
      fmt::format("page: \"{}\" is no number, 1 to {} are allowed; not searched", text, last_page));
}

genstage::result<cache_use> read_cache_use(const std::string& text) {
  if (text == "on") return cache_use::allowed;
  if (text == "off") return cache_use::bypassed;
  return genstage::fail(genstage::errc::invalid_argument,
                        fmt::format("cache: \"{}\" is neither on nor off; not searched", text));
}

}  // namespace

genstage::result<search_plan> read_plan(const http::request_target& target,
                                        const site_catalog& sites) {
  const auto all = [&](std::string_view name) {
    std::vector<std::string> values;
    for (const std::string_view each : target.all(name)) values.emplace_back(each);
    return values;
  };
  const std::string* const asked = target.find("q");
  auto query = parse_query(asked != nullptr ? *asked : std::string{});
  if (!query) return std::unexpected{std::move(query.error())};
  const std::string* const wanted = target.find("page");
  const auto page = wanted != nullptr ? read_page(*wanted) : 1U;
  if (!page) return std::unexpected{std::move(page.error())};
  const std::string* const given = target.find("cache");
  const auto cache = given != nullptr ? read_cache_use(*given) : cache_use::allowed;
  if (!cache) return std::unexpected{std::move(cache.error())};
  auto plan = plan_search(sites, std::move(*query), all("site"), all("category"), *page);
  if (plan) plan->cache = *cache;
  return plan;
}

searcher_name searcher_of(const genstage::http::request_target& target, const std::string& peer) {
  const std::string* const given = target.find("searcher");
  const std::string address = peer.substr(0, peer.rfind(':'));
  if (given == nullptr || given->empty()) return {address, search_order::side_by_side};
  return {address + " " + given->substr(0, 64), search_order::newest_only};
}

}  // namespace livesearch
