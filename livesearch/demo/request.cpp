#include "livesearch/demo/request.hpp"

#include <simdjson.h>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <charconv>

namespace livesearch::demo {
namespace {

constexpr std::size_t longest_target = 8192;
constexpr std::size_t most_results = 50;

genstage::result<demo_request> refuse(std::string why) {
  return genstage::fail(genstage::errc::invalid_argument,
                        "target: " + std::move(why) + "; refused");
}

bool is_utf8(const std::string& text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace

genstage::result<demo_request> parse_demo_request(std::string_view target) {
  if (target.size() > longest_target) {
    return refuse("it has " + std::to_string(target.size()) + " bytes, at most " +
                  std::to_string(longest_target) + " are allowed");
  }
  const auto parsed = boost::urls::parse_origin_form({target.data(), target.size()});
  if (parsed.has_error()) return refuse("it is no path with a query");
  demo_request asked;
  asked.path = parsed->path();
  for (const auto& parameter : parsed->params()) {
    if (parameter.key == "q") {
      asked.query = parameter.value;
    } else if (parameter.key == "limit") {
      const auto& digits = parameter.value;
      // A limit that is no number is left at its default, as most sites do.
      std::from_chars(digits.data(), digits.data() + digits.size(), asked.limit);
    }
  }
  asked.limit = std::min(asked.limit, most_results);
  if (!is_utf8(asked.path) || !is_utf8(asked.query)) return refuse("it is not valid UTF-8");
  return asked;
}

}  // namespace livesearch::demo
