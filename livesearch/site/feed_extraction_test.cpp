#include <gtest/gtest.h>

#include "livesearch/site/extraction.hpp"
#include "livesearch/site/hit_printer.hpp"

namespace livesearch {
namespace {

site_definition feed_site() {
  site_definition site;
  site.id = "feed";
  site.answer.format = answer_format::feed;
  return site;
}

genstage::result<std::vector<hit>> read_feed(std::string_view body,
                                             const site_definition& site = feed_site()) {
  return extract(site, {.body = body,
                        .content_type = "application/rss+xml",
                        .final_url = "https://news.example/feed"});
}

std::string message(const genstage::result<std::vector<hit>>& read) {
  return read ? "" : read.error().message;
}

TEST(feed_extraction, reads_rss_2) {
  const auto hits = read_feed(R"(<?xml version="1.0"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>News</title><link>https://news.example/</link>
<item><title>A &lt;stage&gt; play</title><link>https://news.example/1</link>
<description>&lt;p&gt;It &amp;amp; they&lt;/p&gt;</description></item>
<item><title>By guid</title><guid>https://news.example/2</guid>
<description><![CDATA[<b>bold</b> text]]></description></item>
<item><title>No address</title><guid isPermaLink="false">tag:3</guid></item>
</channel></rss>)");

  ASSERT_TRUE(hits);
  EXPECT_EQ(*hits, (std::vector<hit>{{"A <stage> play", "https://news.example/1", "It & they"},
                                     {"By guid", "https://news.example/2", "bold text"}}));
}

TEST(feed_extraction, reads_atom) {
  const auto hits = read_feed(R"(<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title>
<entry><title>1 &lt; 2</title><link rel="self" href="/self"/><link href="/1"/>
<summary type="html">&lt;i&gt;sum&lt;/i&gt;</summary></entry>
<entry><title type="html">&lt;b&gt;two&lt;/b&gt;</title><link rel="alternate" href="2"/>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>x</p><p>y</p></div></content>
</entry></feed>)");

  ASSERT_TRUE(hits);
  EXPECT_EQ(*hits, (std::vector<hit>{{"1 < 2", "https://news.example/1", "sum"},
                                     {"two", "https://news.example/2", "x y"}}));
}

TEST(feed_extraction, reads_rss_1) {
  const auto hits = read_feed(R"(<rdf:RDF xmlns="http://purl.org/rss/1.0/"
  xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<item rdf:about="https://news.example/1"><title>One</title><description>d</description></item>
</rdf:RDF>)");

  ASSERT_TRUE(hits);
  EXPECT_EQ(*hits, (std::vector<hit>{{"One", "https://news.example/1", "d"}}));
}

TEST(feed_extraction, reads_other_xml_with_expressions) {
  auto site = feed_site();
  site.answer.results = {.kind = rule_kind::xpath, .expression = "//book"};
  site.answer.title = {.kind = rule_kind::xpath, .expression = "@name"};
  site.answer.url = {.kind = rule_kind::xpath, .expression = "where", .attribute = "at"};

  const auto hits = read_feed("<books><book name='B'><where at='/b'/></book></books>", site);

  EXPECT_EQ(*hits, (std::vector<hit>{{"B", "https://news.example/b", ""}}));
}

TEST(feed_extraction, an_empty_feed_has_no_results) {
  EXPECT_TRUE(read_feed("<rss version='2.0'><channel/></rss>")->empty());
}

TEST(feed_extraction, reads_the_encoding_of_the_declaration) {
  const auto hits = read_feed(
      "<?xml version='1.0' encoding='ISO-8859-1'?><rss><channel><item>"
      "<title>\xC4</title><link>/a</link></item></channel></rss>");

  EXPECT_EQ((*hits)[0].title, "\xC3\x84");
}

TEST(feed_extraction, refuses_xml_that_is_no_feed) {
  EXPECT_EQ(message(read_feed("<html><body/></html>")),
            "feed: the answer cannot be read: its root element is <html>, allowed are <rss>, "
            "Atom's <feed> and <rdf:RDF>; answer discarded");
}

TEST(feed_extraction, refuses_xml_that_is_cut) {
  EXPECT_EQ(message(read_feed("<rss><channel>\n<item>")),
            "feed: the answer cannot be read: line 2: Premature end of data in tag item line 2; "
            "answer discarded");
}

TEST(feed_extraction, refuses_a_billion_laughs) {
  EXPECT_EQ(message(read_feed("<!DOCTYPE rss [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]>"
                              "<rss><channel><item><title>&b;</title></item></channel></rss>")),
            "feed: the answer cannot be read: it declares an entity, which is not allowed in a "
            "feed; answer discarded");
}

TEST(feed_extraction, refuses_html_by_its_content_type) {
  EXPECT_EQ(message(extract(feed_site(), {.body = "<html>", .content_type = "text/html"})),
            "feed: the content type is text/html, a feed (application/rss+xml, "
            "application/atom+xml or XML) is allowed; answer discarded");
}

}  // namespace
}  // namespace livesearch
