#include <genstage/http/detail/curl_transfer.hpp>

#include <fmt/core.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace genstage::inline v0::http::detail {

namespace {

constexpr std::string_view methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};

struct url_free {
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};

std::string url_part(const std::string& url, CURLUPart part) {
  const std::unique_ptr<CURLU, url_free> parsed{curl_url()};
  // Any scheme is let through: this is also used to name a redirect that is refused for it.
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) !=
                     CURLUE_OK) {
    return {};
  }
  char* text = nullptr;
  if (curl_url_get(parsed.get(), part, &text, 0) != CURLUE_OK) return {};
  std::string copied{text};
  curl_free(text);
  return copied;
}

bool is_web_scheme(std::string_view scheme) {
  return equal_without_case(scheme, "http") || equal_without_case(scheme, "https");
}

// Without libcurl's parser, which allocates every part: it parses each URL once more anyway. False
// for many that are fine.
bool is_plain_web_url(std::string_view url) noexcept {
  constexpr auto is_visible = [](char c) { return c > ' ' && c < '\x7f'; };
  constexpr auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  constexpr auto fits_host = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  };
  if (!std::ranges::all_of(url, is_visible)) return false;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!url.starts_with(scheme)) continue;
    url.remove_prefix(scheme.size());
    const auto authority = url.substr(0, url.find_first_of("/?#"));
    const auto rest = std::ranges::find_if_not(authority, fits_host);
    if (rest == authority.begin()) return false;
    if (rest == authority.end() || *rest != ':') return rest == authority.end();
    return authority.end() - rest <= 6 && std::all_of(rest + 1, authority.end(), is_digit);
  }
  return false;
}

bool is_absolute_web_url(const std::string& url) {
  if (is_plain_web_url(url)) return true;
  return url.contains("://") && is_web_scheme(url_part(url, CURLUPART_SCHEME)) &&
         !url.contains('\0');
}

template <class Value>
Value info(CURL* easy, CURLINFO which) {
  Value value{};
  curl_easy_getinfo(easy, which, &value);
  return value;
}

std::string_view version_name(long version) {
  switch (version) {
    case CURL_HTTP_VERSION_1_0:
      return "HTTP/1.0";
    case CURL_HTTP_VERSION_1_1:
      return "HTTP/1.1";
    case CURL_HTTP_VERSION_2_0:
      return "HTTP/2";
    default:
      return "HTTP";
  }
}

std::string_view trimmed(std::string_view text) noexcept {
  constexpr auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

errc code_of(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      return errc::unreachable;
    default:
      return errc::bad_answer;
  }
}

std::string_view words_of(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return "host could not be looked up";
    case CURLE_COULDNT_CONNECT:
      return "could not connect";
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      return "connection broke";
    default:
      break;
  }
  return code_of(code) == errc::unreachable ? "no secure connection" : "answer cannot be read";
}

error failed(errc code, const std::string& url, std::string_view seen) {
  return {code, fmt::format("{}: {}", origin_of(url), seen)};
}

}  // namespace

std::string origin_of(const std::string& url) {
  const auto scheme = url_part(url, CURLUPART_SCHEME);
  const auto host = url_part(url, CURLUPART_HOST);
  const auto port = url_part(url, CURLUPART_PORT);
  if (host.empty()) return "http client";
  return fmt::format("{}://{}{}{}", scheme, host, port.empty() ? "" : ":", port);
}

curl_transfer::curl_transfer(transfer_id id, http_request request,
                             const curl_client_options& options, address_guard& guard,
                             curl_handles& handles, std::size_t buffer)
    : id_{id},
      request_{std::move(request)},
      options_{options},
      guard_{guard},
      handles_{handles},
      buffer_{buffer} {}

curl_transfer::~curl_transfer() {
  // What other methods set can't be unset one by one.
  if (!easy_ || request_.method != "GET") return;
  // These point into this object; what else is its own is set anew by the next transfer.
  curl_easy_setopt(handle(), CURLOPT_ERRORBUFFER, nullptr);
  curl_easy_setopt(handle(), CURLOPT_HTTPHEADER, nullptr);
  handles_.give_back(std::move(easy_));
}

result<void> curl_transfer::check() const {
  if (std::ranges::find(methods, request_.method) == std::end(methods)) {
    return fail(
        errc::invalid_argument,
        fmt::format("http client: method is \"{}\", allowed are GET, HEAD, POST, PUT, PATCH "
                    "and DELETE; nothing sent",
                    request_.method));
  }
  if (!request_.body.empty() && (request_.method == "GET" || request_.method == "HEAD")) {
    return fail(errc::invalid_argument,
                fmt::format("http client: a {} request has a body of {} bytes, none is allowed; "
                            "nothing sent",
                            request_.method, request_.body.size()));
  }
  for (const auto& header : request_.headers) {
    if (is_valid(header)) continue;
    return fail(errc::invalid_argument,
                fmt::format("http client: header \"{}\" has characters that are not allowed in a "
                            "header; nothing sent",
                            is_valid({header.name, ""}) ? header.name : "?"));
  }
  if (!is_absolute_web_url(request_.url)) {
    return fail(errc::invalid_argument,
                fmt::format("http client: URL is \"{:.200}\", an absolute http or https URL is "
                            "allowed; nothing sent",
                            request_.url));
  }
  return {};
}

result<void> curl_transfer::prepare(curl_multi_driver& driver) {
  if (auto checked = check(); !checked) return checked;
  driver_ = &driver;
  easy_ = handles_.take();
  set_bounds();
  set_message();
  return {};
}

void curl_transfer::set_bounds() {
  CURL* const easy = easy_.get();
  curl_easy_setopt(easy, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, static_cast<long>(buffer_));
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, reason_.data());
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &curl_transfer::on_open_socket);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
  const bool is_offline = guard_.mode() == network_mode::offline;
  curl_easy_setopt(easy, CURLOPT_RESOLVER_START_FUNCTION,
                   is_offline ? &curl_transfer::on_lookup : nullptr);
  curl_easy_setopt(easy, CURLOPT_RESOLVER_START_DATA, this);
  const auto connect_limit = std::max<std::chrono::milliseconds::rep>(
      request_.connect_limit.count(), 1);  // 0 would mean libcurl's own default.
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connect_limit));
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT,
                   request_.connection == connection_use::fresh ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(request_.max_body));
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, request_.max_redirects > 0 ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_MAXREDIRS, static_cast<long>(request_.max_redirects));
}

void curl_transfer::set_message() {
  CURL* const easy = easy_.get();
  curl_easy_setopt(easy, CURLOPT_URL, request_.url.c_str());
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &curl_transfer::on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &curl_transfer::on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  set_headers();
  if (request_.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else if (request_.method != "GET") {
    if (request_.method == "POST" || !request_.body.empty()) {
      curl_easy_setopt(easy, CURLOPT_POST, 1L);
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                       static_cast<curl_off_t>(request_.body.size()));
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request_.body.data());
    }
    if (request_.method != "POST") {
      curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
    }
  }
}

void curl_transfer::set_headers() {
  // libcurl itself adds one to a large body alone.
  const bool forbids_expect = !request_.body.empty() && !has_header(request_.headers, "Expect");
  if (request_.headers.empty() && !forbids_expect) {
    curl_easy_setopt(handle(), CURLOPT_HTTPHEADER, handles_.usual_lines());
    return;
  }
  for (const http_header& each : request_.headers) append(header_list_, line_of(each));
  for (const http_header& each : handles_.usual_headers()) {
    if (!has_header(request_.headers, each.name)) append(header_list_, line_of(each));
  }
  if (forbids_expect) append(header_list_, "Expect:");
  curl_easy_setopt(handle(), CURLOPT_HTTPHEADER, header_list_.get());
}

curl_socket_t curl_transfer::on_open_socket(void* self, curlsocktype purpose,
                                            curl_sockaddr* address) {
  auto& transfer = *static_cast<curl_transfer*>(self);
  const auto target = ip_address::of(address->addr);
  if (purpose != CURLSOCKTYPE_IPCXN || !target) return CURL_SOCKET_BAD;
  const auto verdict = transfer.guard_.admit(*target, transfer.request_.scope);
  if (verdict != address_verdict::allowed) {
    transfer.refusal_ = refusal{*target, verdict};
    return CURL_SOCKET_BAD;
  }
  transfer.refusal_.reset();  // One address of the host is fine: its failure is what counts.
  const int opened = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (opened >= 0) transfer.driver_->opened(opened);
  return opened;
}

int curl_transfer::on_lookup(void*, void*, void* self) {
  auto& transfer = *static_cast<curl_transfer*>(self);
  auto host = url_part(transfer.current_url(), CURLUPART_HOST);
  if (transfer.guard_.admit_lookup(host) == address_verdict::allowed) return 0;
  transfer.refused_lookup_ = std::move(host);
  return 1;
}

std::size_t curl_transfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<curl_transfer*>(self);
  const std::string_view line{data, size * count};
  if (line.starts_with("HTTP/")) {  // The next answer: an interim one or a redirect went before.
    transfer.headers_.clear();
    transfer.header_bytes_ = 0;
  }
  transfer.header_bytes_ += line.size();
  if (transfer.header_bytes_ > transfer.options_.max_header) {
    transfer.excess_ = excess::header;
    return 0;
  }
  transfer.take_header_line(line);
  return line.size();
}

void curl_transfer::take_header_line(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || line.starts_with("HTTP/")) return;
  headers_.push_back(
      {std::string{trimmed(line.substr(0, colon))}, std::string{trimmed(line.substr(colon + 1))}});
}

std::size_t curl_transfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<curl_transfer*>(self);
  const auto length = size * count;
  if (length > transfer.request_.max_body - transfer.body_.size()) {
    transfer.excess_ = excess::body;
    return CURL_WRITEFUNC_ERROR;
  }
  transfer.body_.append(data, length);
  return length;
}

std::string curl_transfer::current_url() const {
  const auto* const url = easy_ ? info<const char*>(handle(), CURLINFO_EFFECTIVE_URL) : nullptr;
  return url == nullptr || *url == '\0' ? request_.url : url;
}

std::string curl_transfer::phase() const {
  if (header_bytes_ > 0) return fmt::format("{} bytes of the body arrived", body_.size());
  if (info<curl_off_t>(handle(), CURLINFO_PRETRANSFER_TIME_T) > 0) return "connected, no answer";
  return "not connected";
}

std::string_view curl_transfer::reason(CURLcode code) const {
  return reason_.front() != '\0' ? std::string_view{reason_.data()} : curl_easy_strerror(code);
}

result<http_response> curl_transfer::outcome(CURLcode code) {
  if (code != CURLE_OK) return std::unexpected{failure(code)};
  return take_response();
}

http_response curl_transfer::take_response() {
  http_response response;
  response.status = static_cast<unsigned>(info<long>(handle(), CURLINFO_RESPONSE_CODE));
  response.final_url = current_url();
  response.content_type = find_header(headers_, "Content-Type");
  response.headers = std::move(headers_);
  response.body = std::move(body_);
  response.http_version = version_name(info<long>(handle(), CURLINFO_HTTP_VERSION));
  response.elapsed = std::chrono::steady_clock::now() - started_;
  return response;
}

error curl_transfer::timed_out() const {
  return failed(errc::timed_out, current_url(),
                fmt::format("no whole answer within {} ms ({}); transfer aborted",
                            request_.total_limit.count(), phase()));
}

error curl_transfer::slow_to_begin() const {
  return failed(errc::timed_out, current_url(),
                fmt::format("no answer began within {} ms ({}); transfer aborted",
                            request_.first_byte_limit.count(), phase()));
}

error curl_transfer::cancelled() const {
  return failed(errc::cancelled, current_url(), "cancelled by its caller; transfer aborted");
}

error curl_transfer::refused() const {
  const auto url = current_url();
  if (!refused_lookup_.empty()) {
    return failed(errc::refused, url,
                  fmt::format("host {} would be looked up, off-line only localhost is allowed; "
                              "look-up refused",
                              refused_lookup_));
  }
  return failed(
      errc::refused, url,
      fmt::format("{}; connection refused",
                  describe_refusal(refusal_->address, request_.scope, refusal_->verdict)));
}

error curl_transfer::failure(CURLcode code) const {
  if (refusal_ || !refused_lookup_.empty()) return refused();
  const auto url = current_url();
  if (excess_ == excess::header) {
    return failed(errc::bad_answer, url,
                  fmt::format("answer's header is larger than {} bytes; transfer aborted",
                              options_.max_header));
  }
  if (excess_ == excess::body || code == CURLE_FILESIZE_EXCEEDED) {
    return failed(
        errc::bad_answer, url,
        fmt::format("answer is larger than {} bytes; transfer aborted", request_.max_body));
  }
  switch (code) {
    case CURLE_TOO_MANY_REDIRECTS:
      return failed(
          errc::bad_answer, url,
          fmt::format("redirected more than {} times; transfer aborted", request_.max_redirects));
    case CURLE_URL_MALFORMAT:
      return failed(header_bytes_ > 0 ? errc::bad_answer : errc::invalid_argument, url,
                    fmt::format("URL cannot be used ({}); transfer aborted", reason(code)));
    case CURLE_UNSUPPORTED_PROTOCOL:
      if (is_web_scheme(url_part(url, CURLUPART_SCHEME))) {
        return failed(errc::bad_answer, url,
                      fmt::format("answer is no HTTP ({}); transfer aborted", reason(code)));
      }
      return failed(errc::refused, url,
                    "redirected here, http and https are allowed; not followed");
    case CURLE_OPERATION_TIMEDOUT:
      return failed(errc::timed_out, url,
                    fmt::format("no connection within {} ms; transfer aborted",
                                request_.connect_limit.count()));
    default:
      return failed(code_of(code), url,
                    fmt::format("{} ({}); transfer aborted", words_of(code), reason(code)));
  }
}

}  // namespace genstage::inline v0::http::detail
