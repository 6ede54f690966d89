#include <genstage/http/curl_client_fixture.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <future>
#include <string>
#include <utility>

namespace {

namespace gs = genstage;
namespace http = genstage::http;
using http::expect_failure;
using http::network_scope;
using http::value_of;

class curl_client_guard : public http::curl_client_fixture {};

TEST_F(curl_client_guard, refuses_a_redirect_to_an_address_outside_its_scope) {
  serve([](http::server_request request, http::responder answer) {
    answer.respond({.status = 302, .headers = {{"Location", *request.target.find("to")}}});
  });

  expect_failure(ask(get("/?to=http://10.1.2.3/secret?x")), gs::errc::refused,
                 "http://10.1.2.3: address 10.1.2.3 is private, only loopback is allowed; "
                 "connection refused");
  expect_failure(ask(get("/?to=http://169.254.169.254/latest")), gs::errc::refused,
                 "address 169.254.169.254 is cloud metadata");
  expect_failure(ask(get("/?to=http://[::ffff:10.0.0.1]/")), gs::errc::refused,
                 "is private (IPv4-mapped)");
  expect_failure(ask(get("/?to=http://0x0a000001/")), gs::errc::refused, "address 10.0.0.1 is");
  EXPECT_EQ(guard_.counters(), (http::guard_counters{0, 4}));
}

TEST_F(curl_client_guard, refuses_a_redirect_to_another_scheme) {
  serve_reply({.status = 302, .headers = {{"Location", "ftp://127.0.0.1/"}}});

  expect_failure(ask(get()), gs::errc::refused,
                 "ftp://127.0.0.1: redirected here, http and https are allowed; not followed");
}

TEST_F(curl_client_guard, keeps_public_and_private_sites_away_from_loopback) {
  serve_reply({});
  for (const auto scope : {network_scope::public_only, network_scope::with_private}) {
    auto request = get();
    request.scope = scope;

    expect_failure(ask(std::move(request)), gs::errc::refused, "address 127.0.0.1 is loopback");
  }
  EXPECT_EQ(server_->counters().connections, 0U);
}

TEST_F(curl_client_guard, judges_the_address_behind_a_name) {
  serve_reply({});
  use({.fixed_addresses = {{"innocent.example", server_->port(), "127.0.0.1"}}});

  const auto outcome =
      ask({.url = "http://innocent.example:" + std::to_string(server_->port()) + "/"});

  expect_failure(outcome, gs::errc::refused,
                 "http://innocent.example:" + std::to_string(server_->port()) +
                     ": address 127.0.0.1 is loopback, only public is allowed");
}

TEST_F(curl_client_guard, never_reuses_a_connection_of_a_laxer_scope) {
  serve_reply({.body = "x"});
  ASSERT_TRUE(ask(get()).has_value());
  ASSERT_EQ(server_->counters().connections, 1U) << "the connection should wait in the pool";
  auto stricter = get();
  stricter.scope = network_scope::public_only;

  expect_failure(ask(std::move(stricter)), gs::errc::refused, "only public is allowed");
  EXPECT_EQ(server_->counters().requests, 1U);
}

TEST_F(curl_client_guard, off_line_reaches_loopback_and_counts_nothing) {
  serve_reply({.body = "home"});
  http::address_guard offline{http::network_mode::offline};
  http::curl_client client{reactor_, offline};
  std::promise<gs::result<http::http_response>> by_address;
  std::promise<gs::result<http::http_response>> by_name;
  auto request = get();
  request.url = "http://localhost:" + std::to_string(server_->port()) + "/";

  std::ignore = client.start(get(), [&](auto done) { by_address.set_value(std::move(done)); });
  std::ignore = client.start(request, [&](auto done) { by_name.set_value(std::move(done)); });

  const auto first = value_of(by_address.get_future());
  const auto second = value_of(by_name.get_future());
  EXPECT_TRUE(first.has_value()) << first.error().message;
  EXPECT_TRUE(second.has_value()) << second.error().message;
  EXPECT_EQ(offline.counters(), http::guard_counters{});
}

TEST_F(curl_client_guard, off_line_refuses_addresses_and_look_ups_and_counts_them) {
  http::address_guard offline{http::network_mode::offline};
  http::curl_client client{reactor_, offline};
  const auto asked = [&](std::string url) {
    std::promise<gs::result<http::http_response>> done;
    std::ignore = client.start({.url = std::move(url)},
                               [&](auto outcome) { done.set_value(std::move(outcome)); });
    return value_of(done.get_future());
  };

  expect_failure(asked("http://93.184.216.34/"), gs::errc::refused,
                 "address 93.184.216.34 is public, off-line only loopback is allowed");
  expect_failure(
      asked("https://example.org/"), gs::errc::refused,
      "https://example.org: host example.org would be looked up, off-line only localhost "
      "is allowed; look-up refused");
  EXPECT_EQ(offline.counters(), (http::guard_counters{2, 0}));
}

TEST_F(curl_client_guard, ignores_proxies_of_the_environment) {
  serve_reply({.body = "direct"});
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  setenv("ALL_PROXY", "http://127.0.0.1:1", 1);

  const auto response = ask(get());

  unsetenv("http_proxy");
  unsetenv("ALL_PROXY");
  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_EQ(response->body, "direct");
}

}  // namespace
