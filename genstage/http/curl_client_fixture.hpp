#pragma once

// What the acceptance tests of the client have in common: a server, a guard and a client.

#include <genstage/http/curl_client.hpp>
#include <genstage/http/loopback_socket.hpp>
#include <genstage/http/server.hpp>
#include <genstage/io/reactor.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace genstage::inline v0::http {

inline constexpr std::chrono::seconds generous{20};

template <class Value>
Value value_of(std::future<Value> future) {
  if (future.wait_for(generous) != std::future_status::ready) {
    throw std::runtime_error{"nothing came in time"};
  }
  return future.get();
}

class curl_client_fixture : public testing::Test {
 protected:
  using completed = std::future<result<http_response>>;

  void serve(http_server::handler handler) {
    auto listening = http_server::listen(reactor_, {}, std::move(handler));
    ASSERT_TRUE(listening.has_value()) << listening.error().message;
    server_ = *std::move(listening);
  }

  void serve_reply(http_reply reply) {
    serve([reply](server_request, responder answer) { answer.respond(reply); });
  }

  void use(curl_client_options options) {
    client_ = std::make_unique<curl_client>(reactor_, guard_, std::move(options));
  }

  http_request get(const std::string& path = "/") const {
    return {.url = server_->url() + path, .scope = network_scope::loopback_only};
  }

  static http_request get_from(const loopback_peer& peer) {
    return {.url = peer.url(), .scope = network_scope::loopback_only};
  }

  std::pair<transfer_id, completed> start(http_request request) {
    std::promise<result<http_response>> done;
    auto future = done.get_future();
    const auto id = client_->start(
        std::move(request),
        [done = std::move(done)](auto outcome) mutable { done.set_value(std::move(outcome)); });
    return {id, std::move(future)};
  }

  result<http_response> ask(http_request request) {
    return value_of(start(std::move(request)).second);
  }

  reactor reactor_;
  address_guard guard_;
  std::unique_ptr<http_server> server_;
  std::unique_ptr<curl_client> client_{std::make_unique<curl_client>(reactor_, guard_)};
};

inline void expect_failure(const result<http_response>& outcome, errc code,
                           std::string_view words) {
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(to_string(outcome.error().code), to_string(code)) << outcome.error().message;
  EXPECT_NE(outcome.error().message.find(words), std::string::npos) << outcome.error().message;
}

}  // namespace genstage::inline v0::http
