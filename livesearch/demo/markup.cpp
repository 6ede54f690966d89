#include "livesearch/demo/markup.hpp"

#include <array>
#include <cstdint>
#include <utility>

namespace livesearch::demo {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

struct mark {
  std::string_view sign;
  std::string_view open;
  std::string_view close;
};

// The longer sign comes first, because "**" begins with "*".
constexpr std::array marks{mark{"`", "<code>", "</code>"}, mark{"**", "<strong>", "</strong>"},
                           mark{"*", "<em>", "</em>"}};

bool is_forbidden_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' && c != '\r';
}

// U+FFFE and U+FFFF are valid UTF-8, but no XML characters.
bool is_noncharacter(std::string_view rest) {
  return rest.starts_with("\xEF\xBF\xBE") || rest.starts_with("\xEF\xBF\xBF");
}

/// Calls `emit(mark or nullptr, text)` for each run of a line of Markdown.
template <class Emit>
void for_each_run(std::string_view line, Emit emit) {
  std::size_t plain = 0;
  for (std::size_t at = 0; at < line.size();) {
    const mark* found = nullptr;
    for (const auto& candidate : marks) {
      if (line.substr(at).starts_with(candidate.sign)) {
        found = &candidate;
        break;
      }
    }
    const auto inside = found == nullptr ? at : at + found->sign.size();
    const auto end = found == nullptr ? std::string_view::npos : line.find(found->sign, inside);
    if (end == std::string_view::npos || end == inside) {
      at += 1;
      continue;
    }
    emit(nullptr, line.substr(plain, at - plain));
    emit(found, line.substr(inside, end - inside));
    at = plain = end + found->sign.size();
  }
  emit(nullptr, line.substr(plain));
}

std::string inline_html(std::string_view line) {
  std::string html;
  for_each_run(line, [&html](const mark* kind, std::string_view text) {
    if (kind != nullptr) html += kind->open;
    html += escape_markup(text);
    if (kind != nullptr) html += kind->close;
  });
  return html;
}

/// What a block of lines is; blocks are parted by empty lines.
enum class block_kind : std::uint8_t { paragraph, list, code };

block_kind kind_of(std::string_view block) {
  if (block.starts_with("```")) return block_kind::code;
  return block.starts_with("- ") ? block_kind::list : block_kind::paragraph;
}

/// Takes the next block; code goes on to its closing fence, even over empty lines.
std::string_view take_block(std::string_view& rest) {
  const auto begin = rest.find_first_not_of('\n');
  rest.remove_prefix(begin == std::string_view::npos ? rest.size() : begin);
  auto end = rest.starts_with("```") ? rest.find("\n```", 3) : rest.find("\n\n");
  if (end != std::string_view::npos && rest.starts_with("```")) end += 4;
  const auto block = rest.substr(0, end);
  rest.remove_prefix(block.size());
  return block;
}

std::string_view code_inside(std::string_view block) {
  const auto first = block.find('\n');
  if (first == std::string_view::npos) return {};
  block.remove_prefix(first + 1);
  return block.substr(0, block.ends_with("```") ? block.size() - 3 : block.size());
}

template <class Emit>
void for_each_item(std::string_view block, Emit emit) {
  block.remove_prefix(2);
  for (;;) {
    const auto end = block.find("\n- ");
    emit(block.substr(0, end));
    if (end == std::string_view::npos) return;
    block.remove_prefix(end + 3);
  }
}

void append_folded(std::string& line, std::string_view text) {
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!blank) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
}

void append_plain(std::string& line, std::string_view text) {
  for_each_run(text, [&line](const mark*, std::string_view run) { append_folded(line, run); });
}

}  // namespace

std::string escape_markup(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\'') {
      out += "&#39;";
    } else if (is_forbidden_control(c)) {
      out += replacement;
    } else if (is_noncharacter(text.substr(at))) {
      out += replacement;
      at += 2;
    } else {
      out += c;
    }
  }
  return out;
}

std::string render_html(std::string_view body) {
  std::string html;
  while (true) {
    const auto block = take_block(body);
    if (block.empty()) return html;
    switch (kind_of(block)) {
      case block_kind::code:
        html += "<pre><code>" + escape_markup(code_inside(block)) + "</code></pre>\n";
        break;
      case block_kind::list:
        html += "<ul>\n";
        for_each_item(block, [&html](std::string_view item) {
          html += "<li>" + inline_html(item) + "</li>\n";
        });
        html += "</ul>\n";
        break;
      case block_kind::paragraph:
        html += "<p>" + inline_html(block) + "</p>\n";
        break;
    }
  }
}

std::string plain_text(std::string_view body) {
  std::string line;
  while (true) {
    const auto block = take_block(body);
    if (block.empty()) return line;
    if (!line.empty() && line.back() != ' ') line += ' ';
    switch (kind_of(block)) {
      case block_kind::code:
        append_folded(line, code_inside(block));
        break;
      case block_kind::list:
        for_each_item(block, [&line](std::string_view item) {
          if (!line.empty() && line.back() != ' ') line += ' ';
          append_plain(line, item);
        });
        break;
      case block_kind::paragraph:
        append_plain(line, block);
        break;
    }
  }
}

}  // namespace livesearch::demo
