#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "livesearch/site/definition.hpp"
#include "livesearch/site/hit.hpp"
#include "livesearch/site/syntax/css_selector.hpp"
#include "livesearch/site/syntax/json_path.hpp"
#include "livesearch/site/syntax/syntax_error.hpp"
#include "livesearch/site/syntax/url_template.hpp"

namespace livesearch {

/// A field rule made ready: its text compiled as far as threads may share it.
struct compiled_rule {
  rule_kind kind = rule_kind::none;
  std::string attribute{};
  text_kind text = text_kind::automatic;
  css_selector selector{};
  std::vector<std::string> xpaths{};  ///< tried in turn until one gives a text
  json_path path{};
  url_template address{};
};

/// What one result's values are for.
enum class field_role : std::uint8_t { results, title, url, snippet, extra };

/// Checks and compiles one rule.
///
/// `names` are the placeholders that a URL template may use.
[[nodiscard]] std::expected<compiled_rule, syntax_error> compile_rule(
    const field_rule& rule, answer_format format, field_role role,
    std::span<const std::string_view> names);

/// All rules of a site. Threads: constant once made.
struct answer_rules {
  answer_format format = answer_format::html;
  bool has_own_results = false;  ///< of a feed: the results are not the format's items
  std::size_t most_results = 10;
  compiled_rule results{};
  compiled_rule title{};
  compiled_rule url{};
  compiled_rule snippet{};
  std::vector<std::string> field_names{};
  std::vector<compiled_rule> fields{};
};

/// Failure: the key of the first rule that is wrong, and what is wrong with it.
[[nodiscard]] std::expected<answer_rules, std::string> compile_answer(
    const answer_definition& answer, std::size_t most_results);

/// The names a URL template of this answer may use.
[[nodiscard]] std::vector<std::string_view> template_names(const answer_definition& answer);

inline constexpr std::size_t longest_title = 300;                    ///< characters
inline constexpr std::size_t longest_snippet = 1000;                 ///< characters
inline constexpr std::size_t longest_value = std::size_t{8} * 1024;  ///< bytes of any other value

/// What was read of one result, each a line of text, before it is known to be usable.
struct read_values {
  std::string title{};
  std::string url{};
  std::string snippet{};
  std::vector<std::string> fields{};
};

/// A hit, if there is a title and a URL that a browser may be sent to.
[[nodiscard]] std::optional<hit> make_hit(read_values values, const answer_rules& rules,
                                          std::string_view base_url);

/// The hits of an answer in which `matched` results were found.
///
/// Failure: results were found and none could be used, which means that the rules no longer fit.
[[nodiscard]] std::expected<std::vector<hit>, std::string> usable_hits(std::vector<hit> hits,
                                                                       std::size_t matched);

}  // namespace livesearch
