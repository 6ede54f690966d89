#include <genstage/http/detail/curl_handles.hpp>

#include <fmt/core.h>

#include <new>
#include <string_view>
#include <tuple>
#include <utility>

namespace genstage::inline v0::http::detail {

void append(curl_list& list, const std::string& line) {
  curl_slist* const grown = curl_slist_append(list.get(), line.c_str());
  if (grown == nullptr) throw std::bad_alloc{};
  std::ignore = list.release();
  list.reset(grown);
}

std::string line_of(const http_header& header) {
  return header.value.empty() ? header.name + ";"
                              : fmt::format("{}: {}", header.name, header.value);
}

namespace {

/// What sites use, as far as this libcurl can decode it; it decodes others too if they come.
/// Naming all would be paid for by each request: libcurl writes a head letter by letter.
std::string encodings() {
  const auto features = curl_version_info(CURLVERSION_NOW)->features;
  std::string names;
  const auto add = [&](int feature, std::string_view name) {
    if ((features & feature) != 0) names.append(names.empty() ? "" : ", ").append(name);
  };
  add(CURL_VERSION_LIBZ, "gzip");
  add(CURL_VERSION_BROTLI, "br");
  return names.empty() ? "identity" : names;
}

http_headers usual_headers_of(const curl_client_options& options) {
  http_headers usual{{"Accept-Encoding", encodings()}};
  if (!options.user_agent.empty()) usual.push_back({"User-Agent", options.user_agent});
  return usual;
}

}  // namespace

curl_handles::curl_handles(const curl_client_options& options)
    : options_{options}, usual_headers_{usual_headers_of(options)} {
  for (const http_header& each : usual_headers_) append(usual_lines_, line_of(each));
  for (const auto& [host, port, address] : options_.fixed_addresses) {
    append(addresses_, fmt::format("{}:{}:{}", host, port, address));
  }
  spare_.reserve(most_spare);
}

curl_easy curl_handles::take() {
  curl_easy taken;
  if (spare_.empty()) {
    taken = make();
  } else {
    taken = std::move(spare_.back());
    spare_.pop_back();
  }
  // libcurl hands these over to the multi handle once each time they are set.
  if (addresses_) curl_easy_setopt(taken.get(), CURLOPT_RESOLVE, addresses_.get());
  return taken;
}

void curl_handles::give_back(curl_easy used) noexcept {
  if (spare_.size() < most_spare) spare_.push_back(std::move(used));
}

curl_easy curl_handles::make() const {
  curl_easy made{curl_easy_init()};
  if (!made) throw std::bad_alloc{};
  CURL* const easy = made.get();
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  // Without it, giving up a transfer waits for its look-up, on the reactor's thread.
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  // The environment's proxies would hide the real address from the guard.
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, static_cast<long>(options_.idle_limit.count()));
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
  if (!options_.ca_file.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, options_.ca_file.c_str());
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  }
  // Has what libcurl can decode decoded; the header is among the usual ones.
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
  return made;
}

}  // namespace genstage::inline v0::http::detail
