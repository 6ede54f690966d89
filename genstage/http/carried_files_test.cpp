#include <genstage/http/carried_files.hpp>

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

namespace {

namespace http = genstage::http;

struct embedded_file {
  std::string_view path;
  std::string_view content;
};

constexpr std::array<embedded_file, 3> page{
    {{"index.html", "<!doctype html>"}, {"assets/app.js", "let a;"}, {"assets/b.bin", "let a;"}}};

TEST(carried_files, the_document_is_served_at_the_root_and_others_by_their_names) {
  const http::carried_files files{page};

  ASSERT_NE(files.find("/"), nullptr);
  EXPECT_EQ(files.find("/")->content, "<!doctype html>");
  EXPECT_EQ(files.find("/")->content_type, "text/html; charset=utf-8");
  EXPECT_EQ(files.find("/assets/app.js")->content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(files.find("/assets/b.bin")->content_type, "application/octet-stream");
  for (const auto* const other : {"", "/index.html", "/assets/", "/assets/APP.JS"}) {
    EXPECT_EQ(files.find(other), nullptr) << other;
  }
}

TEST(carried_files, entity_tags_are_equal_only_for_equal_content) {
  const http::carried_files files{page};

  EXPECT_EQ(files.find("/assets/app.js")->etag, files.find("/assets/b.bin")->etag);
  EXPECT_NE(files.find("/")->etag, files.find("/assets/b.bin")->etag);
}

TEST(carried_files, what_a_browser_has_is_not_sent_again) {
  const http::carried_files files{page};
  const http::carried_file& file = *files.find("/");

  const http::http_reply first = http::reply_with(file, {}, {{"X-Policy", "strict"}});
  const http::http_reply again =
      http::reply_with(file, {{"If-None-Match", std::string{file.etag}}}, {});

  EXPECT_EQ(first.status, 200U);
  EXPECT_EQ(first.body, "<!doctype html>");
  EXPECT_EQ(http::find_header(first.headers, "X-Policy"), "strict");
  EXPECT_EQ(http::find_header(first.headers, "ETag"), file.etag);
  EXPECT_EQ(again.status, 304U);
  EXPECT_TRUE(again.body.empty());
}

}  // namespace
