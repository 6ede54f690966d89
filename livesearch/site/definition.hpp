#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace livesearch {

/// Which addresses the socket guard lets a site reach.
enum class network_scope : std::uint8_t {
  public_network,   ///< `public`: addresses of the public Internet only
  private_network,  ///< `private`: addresses of a local network too
  loopback,         ///< `loopback`: this machine only
};

/// How a site is asked.
enum class request_method : std::uint8_t { get, post };

/// Whether a site is told which distributed trace a request belongs to. It can tell from that which
/// of its requests belong together.
enum class trace_headers : std::uint8_t { withheld, sent };

/// What a site answers with.
enum class answer_format : std::uint8_t {
  html,  ///< a page, read with selectors
  json,  ///< an interface, read with paths
  feed,  ///< RSS 2.0, Atom or RSS 1.0
};

/// How a rule finds its value.
enum class rule_kind : std::uint8_t {
  none,          ///< not given: a feed's default applies, a snippet stays empty
  css,           ///< a CSS selector; in a field, the first match below the result that has text
  xpath,         ///< an XPath 1.0 expression; in a field, relative to the result
  path,          ///< a JSON path; in a field, relative to the result
  url_template,  ///< a URL filled from other fields, percent-encoded
};

/// Whether a value is text already, or HTML that is to be turned into text.
enum class text_kind : std::uint8_t {
  automatic,  ///< HTML in snippets, plain in everything else; a feed may say otherwise itself
  plain,
  html,
};

/// When somebody saw `livesearch sites check` succeed.
enum class check_state : std::uint8_t { never, demonstration, dated };

struct check_record {
  check_state state = check_state::never;
  std::chrono::year_month_day date{};  ///< only if dated

  friend bool operator==(const check_record&, const check_record&) = default;
};

struct byte_size {
  std::uint64_t bytes = 0;

  friend auto operator<=>(const byte_size&, const byte_size&) = default;
};

struct requests_per_second {
  double count = 0;

  friend auto operator<=>(const requests_per_second&, const requests_per_second&) = default;
};

struct request_header {
  std::string name{};
  std::string value{};

  friend bool operator==(const request_header&, const request_header&) = default;
};

/// How a site is asked; `make_request` fills it in for a query.
struct request_definition {
  std::string url{};  ///< a template of `request_placeholders`
  request_method method = request_method::get;
  std::vector<request_header> headers{};
  std::string body{};            ///< the same; for POST only
  std::uint32_t first_page = 1;  ///< what the site calls its first page in {page}
  trace_headers trace = trace_headers::withheld;
};

/// A word of the query language, and what stands in the request for it.
struct query_word {
  std::string name{};
  std::string value{};  ///< taken as it is

  friend bool operator==(const query_word&, const query_word&) = default;
};

/// How the site writes what the query language can say. What is not given the site cannot do.
struct query_definition {
  std::string phrase{};                 ///< a template with {text}
  std::string exclusion{};              ///< a template with {text}
  std::string host{};                   ///< a template with {text}, for `site:`
  std::vector<query_word> languages{};  ///< values of {language}
  std::vector<query_word> newer{};      ///< values of {newer}, for day, week, month and year
};

/// What one search may cost the site and us.
struct site_limits {
  std::chrono::milliseconds time{3000};     ///< total, from the job to the last byte
  std::chrono::milliseconds connect{0};     ///< for a connection; 0 for no limit of its own
  std::chrono::milliseconds first_byte{0};  ///< until an answer begins; 0 as above
  std::uint32_t concurrency = 2;
  std::size_t queue = 256;  ///< jobs that may wait for their turn
  requests_per_second rate{2.0};
  std::uint64_t per_day = 0;           ///< requests a day; 0 for no limit
  std::chrono::milliseconds delay{0};  ///< the least time from one request to the next
  std::uint32_t retries = 1;           ///< further attempts after a failure that may pass
  std::chrono::milliseconds cache{0};  ///< how long an answer may be used again; 0 for never
  byte_size size{std::uint64_t{2} * 1024 * 1024};  ///< the largest answer accepted
  std::size_t results = 10;
};

/// Where one value stands in an answer.
struct field_rule {
  rule_kind kind = rule_kind::none;
  std::string expression{};  ///< the selector, expression, path or template as written
  std::string attribute{};   ///< html and feed: the attribute to take; empty takes the text
  text_kind text = text_kind::automatic;

  friend bool operator==(const field_rule&, const field_rule&) = default;
};

/// A further value of a result that a URL template can use.
struct named_field {
  std::string name{};
  field_rule rule{};
};

/// How an answer is read.
struct answer_definition {
  answer_format format = answer_format::html;
  field_rule results{};
  field_rule title{};
  field_rule url{};
  field_rule snippet{};
  std::vector<named_field> fields{};
};

/// Everything livesearch knows about one site, as its YAML file says it.
struct site_definition {
  std::string id{};
  std::string name{};
  std::string homepage{};
  std::string documentation{};
  bool enabled = true;
  check_record checked{};
  std::vector<std::string> categories{};
  std::vector<std::string> bangs{};  ///< further names for `!name`
  double weight = 1;                 ///< of its vote when results are ranked
  network_scope network = network_scope::public_network;
  request_definition request{};
  query_definition query{};
  site_limits limits{};
  answer_definition answer{};
};

/// The words of the site file, for messages and the HTTP interface.
[[nodiscard]] std::string_view to_string(network_scope scope) noexcept;
[[nodiscard]] std::string_view to_string(request_method method) noexcept;
[[nodiscard]] std::string_view to_string(answer_format format) noexcept;

/// `never`, `demonstration` or the date as YYYY-MM-DD.
[[nodiscard]] std::string to_string(const check_record& checked);

}  // namespace livesearch
