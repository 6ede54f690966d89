#include "livesearch/site/answer/charset.hpp"

#include <iconv.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <utility>

#include "livesearch/site/syntax/letter_case.hpp"

namespace livesearch {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view space = " \t\r\n\f";

// Only names of this table reach iconv, because an answer must not choose a module to load.
struct encoding_label {
  std::string_view label;
  const char* iconv_name;
};
constexpr std::array<encoding_label, 52> labels{{
    {"utf-8", "UTF-8"},
    {"utf8", "UTF-8"},
    {"unicode-1-1-utf-8", "UTF-8"},
    {"utf-16", "UTF-16LE"},
    {"utf-16le", "UTF-16LE"},
    {"utf-16be", "UTF-16BE"},
    {"us-ascii", "CP1252"},
    {"ascii", "CP1252"},
    {"iso-8859-1", "CP1252"},
    {"latin1", "CP1252"},
    {"iso8859-1", "CP1252"},
    {"windows-1252", "CP1252"},
    {"cp1252", "CP1252"},
    {"iso-8859-2", "ISO-8859-2"},
    {"iso-8859-3", "ISO-8859-3"},
    {"iso-8859-4", "ISO-8859-4"},
    {"iso-8859-5", "ISO-8859-5"},
    {"iso-8859-6", "ISO-8859-6"},
    {"iso-8859-7", "ISO-8859-7"},
    {"iso-8859-8", "ISO-8859-8"},
    {"iso-8859-9", "CP1254"},
    {"iso-8859-10", "ISO-8859-10"},
    {"iso-8859-13", "ISO-8859-13"},
    {"iso-8859-14", "ISO-8859-14"},
    {"iso-8859-15", "ISO-8859-15"},
    {"iso-8859-16", "ISO-8859-16"},
    {"koi8-r", "KOI8-R"},
    {"koi8-u", "KOI8-U"},
    {"macintosh", "MACINTOSH"},
    {"ibm866", "CP866"},
    {"cp866", "CP866"},
    {"tis-620", "CP874"},
    {"windows-874", "CP874"},
    {"windows-1250", "CP1250"},
    {"windows-1251", "CP1251"},
    {"cp1251", "CP1251"},
    {"windows-1253", "CP1253"},
    {"windows-1254", "CP1254"},
    {"windows-1255", "CP1255"},
    {"windows-1256", "CP1256"},
    {"windows-1257", "CP1257"},
    {"windows-1258", "CP1258"},
    {"gbk", "GB18030"},
    {"gb2312", "GB18030"},
    {"gb18030", "GB18030"},
    {"big5", "BIG5-HKSCS"},
    {"euc-jp", "EUC-JP"},
    {"shift_jis", "CP932"},
    {"shift-jis", "CP932"},
    {"sjis", "CP932"},
    {"euc-kr", "CP949"},
    {"ks_c_5601-1987", "CP949"},
}};

// The length of the valid UTF-8 sequence at the start of `text`, or 0 with the length of the
// maximal invalid part in `second`.
std::pair<std::size_t, std::size_t> sequence_at_start(std::string_view text) noexcept {
  const auto byte = [text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const auto lead = byte(0);
  if (lead < 0x80) return {1, 0};
  std::size_t length = 0;
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  } else {
    return {0, 1};
  }
  for (std::size_t at = 1; at < length; ++at) {
    if (at == text.size() || byte(at) < low || byte(at) > high) return {0, at};
    low = 0x80;
    high = 0xBF;
  }
  return {length, 0};
}

const char* iconv_name_of(std::string_view label) {
  const auto wanted = lower_case(label);
  const auto found = std::ranges::find(labels, std::string_view{wanted}, &encoding_label::label);
  return found == labels.end() ? nullptr : found->iconv_name;
}

std::optional<std::string> converted(std::string_view body, const char* from) {
  const iconv_t converter = iconv_open("UTF-8", from);
  // iconv's own words for failure.
  if (reinterpret_cast<std::intptr_t>(converter) == -1) return std::nullopt;
  std::string text;
  text.reserve(body.size() + body.size() / 2);
  std::array<char, 8192> buffer{};
  // iconv's interface is older than const; it does not write to its input.
  char* input = const_cast<char*>(body.data());
  std::size_t left = body.size();
  while (left > 0) {
    char* output = buffer.data();
    std::size_t room = buffer.size();
    const auto done = iconv(converter, &input, &left, &output, &room);
    const int why = done == static_cast<std::size_t>(-1) ? errno : 0;
    text.append(buffer.data(), buffer.size() - room);
    if (why == EILSEQ || (why == EINVAL && left > 0)) {
      text += replacement;
      ++input;
      --left;
    } else if (why != 0 && why != E2BIG) {
      break;
    }
  }
  iconv_close(converter);
  return text;
}

// What follows `charset=` or `encoding=` from `at` on, without quotes.
std::string_view value_after_equals(std::string_view text, std::size_t at) {
  at = text.find_first_not_of(space, at);
  if (at == std::string_view::npos || text[at] != '=') return {};
  at = text.find_first_not_of(" \t\r\n\f\"'", at + 1);
  if (at == std::string_view::npos) return {};
  return text.substr(at, text.find_first_of(" \t\r\n\f\"';>/?", at) - at);
}

const char* named_by_content_type(std::string_view content_type) {
  const auto at = lower_case(content_type).find("charset");
  if (at == std::string::npos) return nullptr;
  return iconv_name_of(value_after_equals(content_type, at + 7));
}

const char* named_by_body(std::string_view body, answer_format format) {
  if (format == answer_format::json) return nullptr;
  const auto start = lower_case(body.substr(0, 4096));
  std::string_view value;
  if (format == answer_format::feed) {
    const auto end = start.find("?>");
    const auto at = start.find("encoding");
    if (start.starts_with("<?xml") && at < end) value = value_after_equals(start, at + 8);
  } else {
    for (auto at = start.find("<meta"); at != std::string::npos; at = start.find("<meta", at + 5)) {
      const auto tag = std::string_view{start}.substr(at, start.find('>', at) - at);
      const auto charset = tag.find("charset");
      if (charset == std::string_view::npos) continue;
      value = value_after_equals(tag, charset + 7);
      break;
    }
  }
  const auto* name = iconv_name_of(value);
  // The name could be read, so the text is not UTF-16, whatever it says.
  const bool is_wide = name != nullptr && std::string_view{name}.starts_with("UTF-16");
  return is_wide ? "UTF-8" : name;
}

const char* encoding_of(std::string_view body, std::string_view content_type,
                        answer_format format) {
  if (body.starts_with(byte_order_mark)) return "UTF-8";
  if (body.starts_with("\xFF\xFE")) return "UTF-16LE";
  if (body.starts_with("\xFE\xFF")) return "UTF-16BE";
  if (const auto* name = named_by_content_type(content_type)) return name;
  if (const auto* name = named_by_body(body, format)) return name;
  const bool is_utf8 =
      format == answer_format::json || simdjson::validate_utf8(body.data(), body.size());
  return is_utf8 ? "UTF-8" : "CP1252";
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  if (simdjson::validate_utf8(text.data(), text.size())) return std::string{text};
  std::string valid;
  valid.reserve(text.size() + text.size() / 8);
  while (!text.empty()) {
    const auto [length, invalid] = sequence_at_start(text);
    valid += length > 0 ? text.substr(0, length) : replacement;
    text.remove_prefix(length > 0 ? length : invalid);
  }
  return valid;
}

std::string media_type_of(std::string_view content_type) {
  auto type = content_type.substr(0, content_type.find(';'));
  const auto first = type.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  type = type.substr(first, type.find_last_not_of(space) - first + 1);
  return lower_case(type);
}

bool is_called_utf8(std::string_view body, std::string_view content_type, answer_format format) {
  return std::string_view{encoding_of(body, content_type, format)} == "UTF-8";
}

std::string body_as_utf8(std::string_view body, std::string_view content_type,
                         answer_format format) {
  const std::string_view encoding = encoding_of(body, content_type, format);
  std::optional<std::string> text;
  if (encoding != "UTF-8") text = converted(body, encoding.data());
  if (!text) text = valid_utf8(body);
  if (text->starts_with(byte_order_mark)) text->erase(0, byte_order_mark.size());
  if (text->find('\0') == std::string::npos) return *std::move(text);
  std::string clean;
  for (const char c : *text) {
    if (c == '\0') {
      clean += replacement;
    } else {
      clean += c;
    }
  }
  return clean;
}

}  // namespace livesearch
