#include "livesearch/web/page.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace livesearch {
namespace {

TEST(page, the_root_is_the_document) {
  const auto* file = page_files().find("/");

  ASSERT_NE(file, nullptr);
  EXPECT_EQ(file->content_type, "text/html; charset=utf-8");
  EXPECT_TRUE(file->content.starts_with("<!doctype html>"));
}

TEST(page, every_file_that_the_document_names_is_carried) {
  const auto document = page_files().find("/")->content;

  std::set<std::string_view> named;
  for (auto at = document.find("\"/assets/"); at != document.npos;
       at = document.find("\"/assets/", at + 1)) {
    named.insert(document.substr(at + 1, document.find('"', at + 1) - at - 1));
  }

  EXPECT_GE(named.size(), 3U);
  for (const auto path : named) EXPECT_NE(page_files().find(path), nullptr) << path;
}

TEST(page, the_document_holds_no_script_or_style_of_its_own) {
  const auto document = page_files().find("/")->content;

  EXPECT_EQ(document.find("<style"), document.npos);
  EXPECT_EQ(document.find("style="), document.npos);
  EXPECT_EQ(document.find("<script>"), document.npos);
  EXPECT_EQ(document.find("://"), document.npos) << "the document names another host";
}

TEST(page, each_file_has_the_type_that_browsers_expect) {
  EXPECT_EQ(page_files().find("/assets/app.js")->content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(page_files().find("/assets/app.css")->content_type, "text/css; charset=utf-8");
  EXPECT_EQ(page_files().find("/assets/icon.svg")->content_type, "image/svg+xml");
  EXPECT_EQ(page_files().find("/assets/licences.txt")->content_type, "text/plain; charset=utf-8");
}

TEST(page, the_style_loads_fonts_that_are_carried) {
  const auto style = page_files().find("/assets/app.css")->content;

  const auto at = style.find("/assets/");

  ASSERT_NE(at, style.npos);
  const auto path = style.substr(at, style.find(')', at) - at);
  ASSERT_NE(page_files().find(path), nullptr) << path;
  EXPECT_EQ(page_files().find(path)->content_type, "font/woff2");
}

TEST(page, entity_tags_are_quoted_and_differ_between_files) {
  std::set<std::string_view> tags;
  for (const auto& file : page_files().all()) {
    tags.insert(file.etag);
    EXPECT_TRUE(file.etag.starts_with('"') && file.etag.ends_with('"')) << file.etag;
    EXPECT_FALSE(file.content.empty()) << file.path;
  }

  EXPECT_EQ(tags.size(), page_files().all().size());
}

TEST(page, the_same_file_keeps_its_entity_tag) {
  EXPECT_EQ(page_files().find("/")->etag.data(), page_files().find("/")->etag.data());
}

TEST(page, only_exact_names_are_found) {
  for (const auto path : {"", "index.html", "/assets", "/assets/", "/assets/../index.html",
                          "/assets/APP.JS", "//", "/?q=demand", "/api/search"}) {
    EXPECT_EQ(page_files().find(path), nullptr) << path;
  }
}

}  // namespace
}  // namespace livesearch
