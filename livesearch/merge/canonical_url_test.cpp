#include "livesearch/merge/canonical_url.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <genstage/core/fnv1a.hpp>

namespace livesearch {
namespace {

TEST(canonical_url_test, differences_that_mean_nothing_are_taken_away) {
  const std::string page = canonical_url("https://example.org/a/b?x=1&y=2");

  for (const std::string_view same : {
           "http://example.org/a/b?x=1&y=2",
           "HTTPS://EXAMPLE.org/a/b?x=1&y=2",
           "https://example.org./a/b?x=1&y=2",
           "https://example.org:443/a/b?x=1&y=2",
           "http://example.org:80/a/b?x=1&y=2",
           "http://example.org:/a/b?x=1&y=2",
           "https://reader@example.org/a/b?x=1&y=2",
           "https://example.org/a/./c/../b?x=1&y=2",
           "https://example.org/%61/b?x=1&y=2",
           "https://example.org/a/b/?x=1&y=2",
           "https://example.org/a/b//?x=1&y=2",
           "https://example.org/a/b?y=2&x=1",
           "https://example.org/a/b?&x=1&&y=2&",
           "https://example.org/a/b?utm_source=news&x=1&y=2&UTM_Medium=mail&fbclid=3",
           "https://example.org/a/b?x=1&y=2#part-three",
       }) {
    EXPECT_EQ(canonical_url(same), page) << same;
    EXPECT_EQ(page_key(same), genstage::fnv1a(page)) << same;
  }
}

TEST(canonical_url_test, differences_that_may_mean_something_are_kept) {
  const std::string page = canonical_url("https://example.org/a/b?x=1&x=2");

  for (const std::string_view other : {
           "https://www.example.org/a/b?x=1&x=2",
           "https://example.org:8080/a/b?x=1&x=2",
           "https://example.org/A/b?x=1&x=2",
           "https://example.org/a%2Fb?x=1&x=2",
           "https://example.org/a//b?x=1&x=2",
           "https://example.org/a/b?x=2&x=1",
           "https://example.org/a/b?x=1",
           "https://example.org/a/b?x=1&x=2#/inbox",
           "https://example.org/a/b?x=1&x=2#!inbox",
       }) {
    EXPECT_NE(canonical_url(other), page) << other;
  }
}

TEST(canonical_url_test, the_front_page_has_one_form) {
  for (const std::string_view front : {"https://example.org", "http://example.org/",
                                       "https://example.org/?", "https://example.org/../#top"}) {
    EXPECT_EQ(canonical_url(front), "https://example.org/") << front;
  }
}

TEST(canonical_url_test, escapes_are_written_in_one_way) {
  EXPECT_EQ(canonical_url("https://a.example/%c3%bc%7e%2f?q=%2b%6e"),
            "https://a.example/%C3%BC~%2F?q=%2Bn");
  EXPECT_EQ(canonical_url("https://a.example/50%"), "https://a.example/50%25");
}

TEST(canonical_url_test, what_is_no_web_address_is_left_alone) {
  for (const std::string_view other : {"", "mailto:a@b.example", "https://", "https://:80/x",
                                       "ftp://A.example/../x", "no url at all"}) {
    EXPECT_EQ(canonical_url(other), other);
    EXPECT_EQ(page_key(other), genstage::fnv1a(other));
  }
}

TEST(canonical_url_test, taking_it_twice_changes_nothing) {
  rc::check([] {
    constexpr std::array<const char*, 24> pieces{
        "http://", "a.example", ":80", ":443", ".",     "/", "..",  "/./",
        "%41",     "%",         "%2",  "%25",  "?",     "&", "b=1", "a=2",
        "utm_x=",  "#",         "#/",  "@",    "[::1]", "A", "=",   "\xc3"};
    std::string url = *rc::gen::element<std::string>("http://", "https://A", "https://");
    for (const auto piece : *rc::gen::container<std::vector<std::size_t>>(
             rc::gen::inRange<std::size_t>(0, pieces.size()))) {
      url += pieces.at(piece);
    }

    const std::string once = canonical_url(url);

    RC_ASSERT(canonical_url(once) == once);
    RC_ASSERT(page_key(url) == genstage::fnv1a(once));
  });
}

}  // namespace
}  // namespace livesearch
