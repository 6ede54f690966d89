#pragma once

#include <genstage/http/client.hpp>
#include <genstage/http/curl_client.hpp>
#include <genstage/http/detail/curl_handles.hpp>
#include <genstage/http/detail/curl_multi_driver.hpp>

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace genstage::inline v0::http::detail {

/// One easy handle of libcurl with everything that its callbacks fill in.
///
/// Threads: the reactor's thread, once it has been handed over.
class curl_transfer {
 public:
  curl_transfer(transfer_id id, http_request request, const curl_client_options& options,
                address_guard& guard, curl_handles& handles, std::size_t buffer);
  ~curl_transfer();

  curl_transfer(const curl_transfer&) = delete;
  curl_transfer& operator=(const curl_transfer&) = delete;

  /// Sets the handle up for this driver; a failure is the request's and ends the transfer.
  [[nodiscard]] result<void> prepare(curl_multi_driver& driver);

  /// What came of it, once libcurl has finished the handle.
  [[nodiscard]] result<http_response> outcome(CURLcode code);

  [[nodiscard]] error timed_out() const;
  [[nodiscard]] error slow_to_begin() const;
  [[nodiscard]] error cancelled() const;

  /// Whether the header of the answer that counts, or of a redirect to it, has begun.
  [[nodiscard]] bool has_begun() const noexcept { return header_bytes_ > 0; }

  [[nodiscard]] transfer_id id() const noexcept { return id_; }
  [[nodiscard]] CURL* handle() const noexcept { return easy_.get(); }
  [[nodiscard]] const http_request& request() const noexcept { return request_; }

 private:
  struct refusal {
    ip_address address;
    address_verdict verdict;
  };

  enum class excess : std::uint8_t { none, body, header };

  static curl_socket_t on_open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int on_lookup(void* state, void* reserved, void* self);
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);

  [[nodiscard]] result<void> check() const;
  void set_bounds();
  void set_message();
  void set_headers();
  void take_header_line(std::string_view line);
  [[nodiscard]] http_response take_response();
  [[nodiscard]] error failure(CURLcode code) const;
  [[nodiscard]] error refused() const;
  [[nodiscard]] std::string current_url() const;
  [[nodiscard]] std::string phase() const;
  [[nodiscard]] std::string_view reason(CURLcode code) const;

  const transfer_id id_;
  http_request request_;
  const curl_client_options& options_;
  address_guard& guard_;
  curl_handles& handles_;
  curl_multi_driver* driver_{nullptr};
  const std::size_t buffer_;
  const std::chrono::steady_clock::time_point started_{std::chrono::steady_clock::now()};

  std::array<char, CURL_ERROR_SIZE> reason_{};
  http_headers headers_;
  std::size_t header_bytes_{0};
  std::string body_;
  std::optional<refusal> refusal_;
  std::string refused_lookup_;
  excess excess_{excess::none};

  curl_list header_list_;  ///< Read by the handle.
  curl_easy easy_;
};

/// Scheme, host and port of a URL, for messages: no credentials, no query.
[[nodiscard]] std::string origin_of(const std::string& url);

}  // namespace genstage::inline v0::http::detail
