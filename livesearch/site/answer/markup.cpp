#include "livesearch/site/answer/markup.hpp"

#include <fmt/format.h>
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "livesearch/site/answer/html_tree.hpp"
#include "livesearch/site/answer/plain_text.hpp"
#include "livesearch/site/answer/quiet_xml.hpp"

namespace livesearch {
namespace {

std::string_view view_of(const xmlChar* text) noexcept {
  return text == nullptr ? std::string_view{} : reinterpret_cast<const char*>(text);
}

struct context_release {
  void operator()(xmlParserCtxt* context) const noexcept { xmlFreeParserCtxt(context); }
};
using parser_context = std::unique_ptr<xmlParserCtxt, context_release>;

constexpr int largest_document = std::numeric_limits<int>::max() / 2;

bool is_too_deep(const quiet_xml& quiet) {
  return quiet.first_message().starts_with("Excessive depth");
}

// Stops at the first entity declaration: without one, nothing can expand.
void refuse(void* context) {
  auto* parser = static_cast<xmlParserCtxt*>(context);
  *static_cast<bool*>(parser->_private) = true;
  xmlStopParser(parser);
}

void refuse_entity(void* context, const xmlChar* /*name*/, int /*type*/,
                   const xmlChar* /*public_id*/, const xmlChar* /*system_id*/,
                   xmlChar* /*content*/) {
  refuse(context);
}

void refuse_unparsed_entity(void* context, const xmlChar* /*name*/, const xmlChar* /*public_id*/,
                            const xmlChar* /*system_id*/, const xmlChar* /*notation*/) {
  refuse(context);
}

// What libxml2 keeps for later of a document's memory is its last error.
struct parsing {
  explicit parsing(markup_memory& memory) : use{memory} {}
  ~parsing() { xmlResetLastError(); }
  parsing(const parsing&) = delete;
  parsing& operator=(const parsing&) = delete;

  const markup_memory::use use;
};

xmlDoc* read_html(std::string_view utf8, markup_memory& memory) {
  const parsing within{memory};
  const parser_context context{htmlNewParserCtxt()};
  if (!context) return nullptr;
  make_tree_quickly(*context);
  return htmlCtxtReadMemory(
      context.get(), utf8.data(), static_cast<int>(utf8.size()), nullptr, "UTF-8",
      HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
          HTML_PARSE_NODEFDTD | HTML_PARSE_IGNORE_ENC | HTML_PARSE_COMPACT);
}

xmlDoc* read_xml(std::string_view utf8, bool& has_entity, markup_memory& memory) {
  const parsing within{memory};
  const parser_context context{xmlNewParserCtxt()};
  if (!context) return nullptr;
  context->_private = &has_entity;
  context->sax->entityDecl = refuse_entity;
  context->sax->unparsedEntityDecl = refuse_unparsed_entity;
  return xmlCtxtReadMemory(context.get(), utf8.data(), static_cast<int>(utf8.size()), nullptr,
                           "UTF-8",
                           XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET |
                               XML_PARSE_IGNORE_ENC | XML_PARSE_COMPACT);
}

// Elements whose text flows with the text around them; every other one parts words.
bool is_inline(std::string_view name) noexcept {
  static constexpr std::array<std::string_view, 37> names{
      "a",   "abbr", "acronym", "b",     "bdi",  "bdo",    "big",    "cite",  "code", "data",
      "del", "dfn",  "em",      "font",  "i",    "ins",    "kbd",    "label", "mark", "nobr",
      "q",   "s",    "samp",    "small", "span", "strike", "strong", "sub",   "sup",  "time",
      "tt",  "u",    "var",     "wbr",   "ruby", "output", "rb"};
  return std::ranges::find(names, name) != names.end();
}

bool is_unseen(std::string_view name) noexcept {
  return name == "script" || name == "style" || name == "template" || name == "noscript" ||
         name == "head";
}

bool holds_text(const xmlNode& node) noexcept {
  return node.type == XML_TEXT_NODE || node.type == XML_CDATA_SECTION_NODE;
}

enum class visit : std::uint8_t { enter, leave };

// Calls `see(node, visit)` for everything below `top`, itself included, without recursion, because
// an answer decides how deep it is. Children are visited unless `see` says no on entering.
template <class See>
void walk(const xmlNode* top, See see) {
  const xmlNode* node = top;
  while (node != nullptr) {
    const bool may_enter = see(*node, visit::enter);
    // The children of an entity reference belong to its declaration.
    const bool has_inside = node->type == XML_ELEMENT_NODE || node->type == XML_ATTRIBUTE_NODE ||
                            node->type == XML_DOCUMENT_NODE || node->type == XML_HTML_DOCUMENT_NODE;
    if (may_enter && has_inside && node->children != nullptr) {
      node = node->children;
      continue;
    }
    see(*node, visit::leave);
    while (node != top && node->next == nullptr) {
      node = node->parent;
      see(*node, visit::leave);
    }
    node = node == top ? nullptr : node->next;
  }
}

}  // namespace

void markup_document::release::operator()(xmlDoc* document) const noexcept {
  if (is_in_pieces) xmlFreeDoc(document);
}

std::expected<markup_document, std::string> markup_document::parse_html(std::string_view utf8) {
  const quiet_xml quiet;
  if (utf8.size() > static_cast<std::size_t>(largest_document)) {
    return std::unexpected{std::string{"the page is too large to be parsed"}};
  }
  auto memory = std::make_unique<markup_memory>();
  xmlDoc* const parsed = read_html(utf8, *memory);
  markup_document document{std::move(memory), parsed};
  if (parsed == nullptr || document.root() == nullptr) {
    if (is_too_deep(quiet)) {
      return std::unexpected{std::string{"elements are nested more than 256 deep"}};
    }
    return std::unexpected{std::string{"nothing in it could be parsed as HTML"}};
  }
  return document;
}

std::expected<markup_document, std::string> markup_document::parse_xml(std::string_view utf8) {
  const quiet_xml quiet;
  if (utf8.size() > static_cast<std::size_t>(largest_document)) {
    return std::unexpected{std::string{"the feed is too large to be parsed"}};
  }
  bool has_entity = false;
  auto memory = std::make_unique<markup_memory>();
  xmlDoc* const parsed = read_xml(utf8, has_entity, *memory);
  markup_document document{std::move(memory), parsed};
  if (has_entity) {
    return std::unexpected{std::string{"it declares an entity, which is not allowed in a feed"}};
  }
  if (parsed == nullptr || document.root() == nullptr) {
    if (is_too_deep(quiet)) {
      return std::unexpected{std::string{"elements are nested more than 256 deep"}};
    }
    return std::unexpected{fmt::format("line {}: {}", quiet.first_line(), quiet.first_message())};
  }
  return document;
}

markup_document markup_document::empty() {
  const quiet_xml quiet;
  return markup_document{xmlNewDoc(reinterpret_cast<const xmlChar*>("1.0"))};
}

markup_node markup_document::top() const noexcept {
  // libxml2's own way to pass a document where a node is wanted.
  return reinterpret_cast<markup_node>(handle());
}

markup_node markup_document::root() const noexcept {
  return xmlDocGetRootElement(handle());
}

std::string markup_document::root_text(std::size_t most_characters) const {
  return text_of(root(), most_characters);
}

std::string_view name_of(markup_node node) noexcept {
  return view_of(node->name);
}

std::string_view namespace_of(markup_node node) noexcept {
  const bool can_have = node->type == XML_ELEMENT_NODE || node->type == XML_ATTRIBUTE_NODE;
  return can_have && node->ns != nullptr ? view_of(node->ns->href) : std::string_view{};
}

std::string attribute_of(markup_node node, std::string_view name) {
  if (node->type != XML_ELEMENT_NODE) return {};
  for (const auto* each = node->properties; each != nullptr; each = each->next) {
    if (view_of(each->name) != name) continue;
    std::string value;
    for (const auto* part = each->children; part != nullptr; part = part->next) {
      if (holds_text(*part)) value += view_of(part->content);
    }
    return value;
  }
  return {};
}

markup_node first_element(const markup_document& document, std::string_view name,
                          std::string_view attribute) {
  markup_node found = nullptr;
  const auto has = [attribute](const xmlNode& element) {
    for (const auto* each = element.properties; each != nullptr; each = each->next) {
      if (view_of(each->name) == attribute) return true;
    }
    return false;
  };
  walk(document.root(), [&](const xmlNode& each, visit when) {
    if (found == nullptr && when == visit::enter && each.type == XML_ELEMENT_NODE &&
        view_of(each.name) == name && has(each)) {
      found = &each;
    }
    return found == nullptr;
  });
  return found;
}

std::string text_of(markup_node node, std::size_t most_characters) {
  line_of_text line{most_characters};
  if (node == nullptr) return {};
  walk(node, [&line](const xmlNode& each, visit when) {
    if (holds_text(each)) {
      if (when == visit::enter) line.append(view_of(each.content));
      return false;
    }
    if (each.type != XML_ELEMENT_NODE) return !line.is_full();
    const auto name = view_of(each.name);
    if (!is_inline(name)) line.part_words();
    return !is_unseen(name) && !line.is_full();
  });
  return line.take();
}

std::string raw_text_of(markup_node node, std::size_t most_bytes) {
  std::string text;
  if (node == nullptr) return text;
  walk(node, [&text, most_bytes](const xmlNode& each, visit when) {
    if (when == visit::enter && holds_text(each) && text.size() < most_bytes) {
      text += view_of(each.content);
    }
    return text.size() < most_bytes;
  });
  return text;
}

}  // namespace livesearch
