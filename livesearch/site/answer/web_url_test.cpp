#include "livesearch/site/answer/web_url.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace livesearch {
namespace {

std::string resolved(std::string_view reference) {
  return resolved_url("https://a.example/wiki/search?q=x", reference).value_or("nothing");
}

TEST(web_url, resolves_relative_urls) {
  EXPECT_EQ(resolved("page"), "https://a.example/wiki/page");
  EXPECT_EQ(resolved("/page"), "https://a.example/page");
  EXPECT_EQ(resolved("../p?a=b#c"), "https://a.example/p?a=b#c");
  EXPECT_EQ(resolved("?q=y"), "https://a.example/wiki/search?q=y");
  EXPECT_EQ(resolved("//b.example/p"), "https://b.example/p");
}

TEST(web_url, keeps_absolute_urls) {
  EXPECT_EQ(resolved("http://b.example/p?q=1#f"), "http://b.example/p?q=1#f");
}

TEST(web_url, lets_only_http_and_https_through) {
  EXPECT_EQ(resolved("javascript:alert(1)"), "nothing");
  EXPECT_EQ(resolved(" JavaScript:alert(1)"), "nothing");
  EXPECT_EQ(resolved("java\nscript:alert(1)"), "nothing");
  EXPECT_EQ(resolved("data:text/html,x"), "nothing");
  EXPECT_EQ(resolved("ftp://a.example/"), "nothing");
  EXPECT_EQ(resolved("file:///etc/passwd"), "nothing");
  EXPECT_EQ(resolved("mailto:a@b.example"), "nothing");
}

TEST(web_url, refuses_urls_without_a_host) {
  EXPECT_EQ(resolved("http:///path"), "nothing");
  EXPECT_EQ(resolved("https:path"), "nothing");
  EXPECT_EQ(resolved(""), "nothing");
}

TEST(web_url, encodes_what_may_not_stand_in_a_url) {
  EXPECT_EQ(resolved("/a b|c\xC3\xA4\"<>[x]"), "https://a.example/a%20b%7Cc%C3%A4%22%3C%3E%5Bx%5D");
  EXPECT_EQ(resolved("/100%"), "https://a.example/100%25");
  EXPECT_EQ(resolved("/100%25#a#b"), "https://a.example/100%25#a%23b");
}

TEST(web_url, each_byte_that_may_stand_in_a_url_is_left_alone_and_no_other) {
  const std::string_view signs = "-._~:/?#@!$&'()*+,;=";
  for (int byte = 0; byte < 0x100; ++byte) {
    const char c = static_cast<char>(byte);
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool may_stand = is_letter || (c >= '0' && c <= '9') || signs.contains(c);
    for (const std::string before : {"/", "/more.than.sixteen.characters."}) {
      const std::string url = "https://a.example" + before + "x" + std::string{c} + "y";

      EXPECT_EQ(resolved(url) == url, may_stand) << byte;
    }
  }
}

TEST(web_url, removes_user_information) {
  EXPECT_EQ(resolved("https://bank.example@evil.example/"), "https://evil.example/");
}

// Found by fuzzing: the parser takes the first of several for the end, and the rest for the host.
TEST(web_url, takes_the_last_at_for_the_end_of_user_information) {
  EXPECT_EQ(resolved("https://bank.example@a@evil.example/"), "https://evil.example/");
  EXPECT_EQ(resolved("//a@b@c.example/p@q@r"), "https://c.example/p@q@r");
  EXPECT_EQ(resolved("https://bank.example@evil.example@/"), "nothing");
}

TEST(web_url, drops_whitespace_around_and_line_breaks_inside) {
  EXPECT_EQ(resolved("  /a\n\tb  "), "https://a.example/ab");
}

TEST(web_url, keeps_ipv6_addresses) {
  EXPECT_EQ(resolved("http://[::1]:80/a"), "http://[::1]:80/a");
}

TEST(web_url, refuses_urls_that_are_too_long) {
  EXPECT_EQ(resolved("/" + std::string(9000, 'a')), "nothing");
}

TEST(web_url, a_relative_url_without_a_base_is_nothing) {
  EXPECT_EQ(resolved_url("", "/a"), std::nullopt);
  EXPECT_EQ(resolved_url("", "http://b.example/a"), "http://b.example/a");
}

TEST(web_url, tells_the_host) {
  EXPECT_EQ(host_of("https://a.example:8080/x"), "a.example");
  EXPECT_EQ(host_of("http://[::1]/"), "::1");
  EXPECT_EQ(host_of("ftp://a.example/"), std::nullopt);
  EXPECT_EQ(host_of("no url"), std::nullopt);
}

RC_GTEST_PROP(web_url, whatever_is_resolved_is_a_web_url_of_plain_characters,
              (const std::string& reference)) {
  const auto url = resolved_url("https://a.example/b", reference);
  if (!url) return;

  RC_ASSERT(url->starts_with("http://") || url->starts_with("https://"));
  for (const char c : *url) RC_ASSERT(c > ' ' && c < 0x7F && c != '"' && c != '<' && c != '>');
  RC_ASSERT(host_of(*url).has_value());
}

// Most URLs need neither repair nor parsing and are taken as they are; a space before them, which
// belongs to no URL, sends them the other way.
RC_GTEST_PROP(web_url, a_url_that_is_taken_as_it_is_is_what_the_parser_would_make_of_it, ()) {
  const auto piece = rc::gen::element<std::string>("a", "B", "9", "/", "/", "..", ".", "./", "?",
                                                   "#", "%41", "%", "&x=1", "@", ":", ":80", "~",
                                                   "[", "\\", "'", "\u00e9", "|", ";");
  std::string url = *rc::gen::element<std::string>("http://", "https://", "HTTPS://", "https:/");
  url += *rc::gen::element<std::string>("a.example/", "a.example", "A.example/", "u@a.example/",
                                        "-.", "/", "a..b/", "1.2/");
  for (const std::string& each : *rc::gen::container<std::vector<std::string>>(piece)) url += each;

  RC_ASSERT(resolved(url) == resolved(" " + url));
}

}  // namespace
}  // namespace livesearch
