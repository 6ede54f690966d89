#include "livesearch/web/page.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace livesearch {
namespace {

TEST(page, the_root_is_the_document) {
  const auto* file = find_page_file("/");

  ASSERT_NE(file, nullptr);
  EXPECT_EQ(file->content_type, "text/html; charset=utf-8");
  EXPECT_TRUE(file->content.starts_with("<!doctype html>"));
}

TEST(page, every_file_that_the_document_names_is_carried) {
  const auto document = find_page_file("/")->content;

  std::set<std::string_view> named;
  for (auto at = document.find("\"/assets/"); at != document.npos;
       at = document.find("\"/assets/", at + 1)) {
    named.insert(document.substr(at + 1, document.find('"', at + 1) - at - 1));
  }

  EXPECT_GE(named.size(), 3U);
  for (const auto path : named) EXPECT_NE(find_page_file(path), nullptr) << path;
}

TEST(page, the_document_holds_no_script_or_style_of_its_own) {
  const auto document = find_page_file("/")->content;

  EXPECT_EQ(document.find("<style"), document.npos);
  EXPECT_EQ(document.find("style="), document.npos);
  EXPECT_EQ(document.find("<script>"), document.npos);
  EXPECT_EQ(document.find("://"), document.npos) << "the document names another host";
}

TEST(page, each_file_has_the_type_that_browsers_expect) {
  EXPECT_EQ(find_page_file("/assets/app.js")->content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(find_page_file("/assets/app.css")->content_type, "text/css; charset=utf-8");
  EXPECT_EQ(find_page_file("/assets/icon.svg")->content_type, "image/svg+xml");
  EXPECT_EQ(find_page_file("/assets/licences.txt")->content_type, "text/plain; charset=utf-8");
}

TEST(page, the_style_loads_fonts_that_are_carried) {
  const auto style = find_page_file("/assets/app.css")->content;

  const auto at = style.find("/assets/");

  ASSERT_NE(at, style.npos);
  const auto path = style.substr(at, style.find(')', at) - at);
  ASSERT_NE(find_page_file(path), nullptr) << path;
  EXPECT_EQ(find_page_file(path)->content_type, "font/woff2");
}

TEST(page, entity_tags_are_quoted_and_differ_between_files) {
  std::set<std::string_view> tags;
  for (const auto& file : page_files()) {
    tags.insert(file.etag);
    EXPECT_TRUE(file.etag.starts_with('"') && file.etag.ends_with('"')) << file.etag;
    EXPECT_FALSE(file.content.empty()) << file.path;
  }

  EXPECT_EQ(tags.size(), page_files().size());
}

TEST(page, the_same_file_keeps_its_entity_tag) {
  EXPECT_EQ(find_page_file("/")->etag.data(), find_page_file("/")->etag.data());
}

TEST(page, only_exact_names_are_found) {
  for (const auto path : {"", "index.html", "/assets", "/assets/", "/assets/../index.html",
                          "/assets/APP.JS", "//", "/?q=demand", "/api/search"}) {
    EXPECT_EQ(find_page_file(path), nullptr) << path;
  }
}

}  // namespace
}  // namespace livesearch
