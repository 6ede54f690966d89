#pragma once

#include <simdjson.h>

#include "livesearch/fuzz/fuzz_input.hpp"
#include "livesearch/site/answer/web_url.hpp"
#include "livesearch/site/extraction.hpp"

namespace livesearch {

/// What holds for the hits of every answer, whatever the site sent.
///
/// The first byte chooses the Content-Type, the rest is the body.
inline void fuzz_answer(const site_definition& site, std::string_view input) {
  static constexpr std::string_view types[] = {
      "", "text/plain; charset=utf-8", "text/plain; charset=shift_jis",
      "text/plain; charset=utf-16le", "text/plain; charset=windows-1252"};
  if (input.empty()) return;
  const auto made = extractor::make(site);
  must_hold(made.has_value());
  const auto hits =
      made->extract({.body = input.substr(1),
                     .content_type = types[static_cast<unsigned char>(input.front()) % 5],
                     .final_url = "https://site.example/search"});
  if (!hits) {
    must_hold(hits.error().code == genstage::errc::bad_answer);
    return;
  }
  must_hold(hits->size() <= site.limits.results);
  for (const auto& hit : *hits) {
    must_hold(!hit.title.empty() && host_of(hit.url).has_value());
    for (const auto* text : {&hit.title, &hit.url, &hit.snippet}) {
      must_hold(simdjson::validate_utf8(*text));
      must_hold(text->find_first_of("\r\n\t") == std::string::npos);
    }
  }
}

}  // namespace livesearch
