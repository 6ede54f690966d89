#pragma once

#include <genstage/http/curl_client.hpp>

#include <curl/curl.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace genstage::inline v0::http::detail {

struct curl_deleter {
  void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};

using curl_easy = std::unique_ptr<CURL, curl_deleter>;
using curl_list = std::unique_ptr<curl_slist, curl_deleter>;

void append(curl_list& list, const std::string& line);
/// As libcurl wants it: it takes "Name:" as an order to send no such header; "Name;" is an empty
/// one.
[[nodiscard]] std::string line_of(const http_header& header);

/// Easy handles of libcurl on which everything is set that the transfers of one client have in
/// common. A few that are not in use wait for the next transfer: to make one costs as much as a
/// third of a transfer on an open connection.
///
/// Lifetime: outlives the transfers that its handles are lent to.
/// Threads: the reactor's thread.
class curl_handles {
 public:
  explicit curl_handles(const curl_client_options& options);

  [[nodiscard]] curl_easy take();

  /// The headers that each request has, unless it says otherwise. libcurl has options for them, and
  /// writes those of options twice, letter by letter: once for itself, and once into the request.
  [[nodiscard]] const http_headers& usual_headers() const noexcept { return usual_headers_; }
  /// The same for libcurl. Lifetime: as long as this.
  [[nodiscard]] curl_slist* usual_lines() const noexcept { return usual_lines_.get(); }

  /// What the transfer has set for itself must have been set anew by whoever takes it next, or be
  /// unset. It is in no multi handle any more.
  void give_back(curl_easy used) noexcept;

 private:
  static constexpr std::size_t most_spare = 64;

  [[nodiscard]] curl_easy make() const;

  const curl_client_options& options_;
  const http_headers usual_headers_;
  // Read by the handles.
  curl_list addresses_;
  curl_list usual_lines_;
  std::vector<curl_easy> spare_;
};

}  // namespace genstage::inline v0::http::detail
