#include "livesearch/query/site_translation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "livesearch/site/answer/web_url.hpp"
#include "livesearch/site/syntax/letter_case.hpp"
#include "livesearch/site/syntax/url_template.hpp"

namespace livesearch {

namespace {

std::string filled(const std::string& template_text, std::string_view text) {
  constexpr std::array<std::string_view, 1> allowed{"text"};
  const auto parsed = url_template::parse(template_text, allowed);
  const std::array<placeholder_value, 1> values{{{"text", text}}};
  return parsed ? parsed->expand(values, value_encoding::none) : std::string{text};
}

const std::string* find_word(const std::vector<query_word>& words, std::string_view name) {
  const auto found = std::ranges::find(words, name, &query_word::name);
  return found == words.end() ? nullptr : &found->value;
}

class translator {
 public:
  translator(const search_query& query, const site_definition& site) : query_{query}, site_{site} {}

  site_translation translate(std::uint32_t page) {
    made_.asked.page = page;
    for (const query_term& each : query_.terms) add(written(each));
    add_exclusions();
    add_hosts();
    add_language();
    add_time_range();
    return std::move(made_);
  }

 private:
  void add(const std::string& words) {
    if (!made_.asked.text.empty()) made_.asked.text += ' ';
    made_.asked.text += words;
  }

  void remark(std::string sentence) {
    if (std::ranges::find(made_.remarks, sentence) == made_.remarks.end()) {
      made_.remarks.push_back(std::move(sentence));
    }
  }

  std::string written(const query_term& term) {
    const bool is_one_word = !term.text.contains(' ');
    if (term.kind == term_kind::word || is_one_word) return term.text;
    if (!site_.query.phrase.empty()) return filled(site_.query.phrase, term.text);
    remark("It knows no phrases: their words are searched one by one.");
    return term.text;
  }

  void add_exclusions() {
    for (const query_term& each : query_.excluded) {
      const bool is_phrase = each.text.contains(' ');
      const bool is_sayable =
          !site_.query.exclusion.empty() && (!is_phrase || !site_.query.phrase.empty());
      if (is_sayable) {
        add(filled(site_.query.exclusion, written(each)));
      } else {
        remark("It excludes no words: results with them are left out here.");
      }
    }
  }

  void add_hosts() {
    if (query_.hosts.empty()) return;
    if (query_.hosts.size() == 1 && !site_.query.host.empty()) {
      add(filled(site_.query.host, query_.hosts.front()));
    } else {
      remark("It does not search by host: results on other hosts are left out here.");
    }
  }

  void add_language() {
    if (query_.language.empty()) return;
    const std::string_view tag = query_.language;
    const std::string* known = find_word(site_.query.languages, tag);
    if (known == nullptr) known = find_word(site_.query.languages, tag.substr(0, tag.find('-')));
    if (known != nullptr) {
      made_.asked.language = *known;
    } else {
      remark(fmt::format("It cannot be asked for the language {}.", tag));
    }
  }

  void add_time_range() {
    if (!query_.newer) return;
    const std::string_view range = to_string(*query_.newer);
    if (const std::string* const known = find_word(site_.query.newer, range)) {
      made_.asked.newer = *known;
      made_.asked.age = length_of(*query_.newer);
    } else {
      remark(fmt::format("It cannot be asked for the last {}.", range));
    }
  }

  const search_query& query_;
  const site_definition& site_;
  site_translation made_;
};

bool is_word_byte(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// Both in small letters.
bool has_words(std::string_view text, std::string_view words) {
  for (std::size_t at = text.find(words); at != std::string_view::npos;
       at = text.find(words, at + 1)) {
    const std::size_t end = at + words.size();
    const bool begins = at == 0 || !is_word_byte(text[at - 1]) || !is_word_byte(words.front());
    const bool ends = end == text.size() || !is_word_byte(text[end]) || !is_word_byte(words.back());
    if (begins && ends) return true;
  }
  return false;
}

bool is_below(std::string_view host, std::string_view domain) {
  return host == domain || (host.size() > domain.size() && host.ends_with(domain) &&
                            host[host.size() - domain.size() - 1] == '.');
}

}  // namespace

site_translation translate(const search_query& query, const site_definition& site,
                           std::uint32_t page) {
  return translator{query, site}.translate(page);
}

std::vector<hit> wanted_hits(const search_query& query, std::vector<hit> hits) {
  const bool asks_hosts = !query.hosts.empty() || !query.hidden_hosts.empty();
  if (!asks_hosts && query.excluded.empty()) return hits;
  std::erase_if(hits, [&](const hit& each) {
    const std::string host = lower_case(host_of(each.url).value_or(""));
    const auto holds = [&](const std::string& domain) { return is_below(host, domain); };
    if (!query.hosts.empty() && std::ranges::none_of(query.hosts, holds)) return true;
    if (std::ranges::any_of(query.hidden_hosts, holds)) return true;
    const std::string text = lower_case(each.title + '\n' + each.snippet);
    return std::ranges::any_of(query.excluded, [&](const query_term& term) {
      return has_words(text, lower_case(term.text));
    });
  });
  return hits;
}

}  // namespace livesearch
