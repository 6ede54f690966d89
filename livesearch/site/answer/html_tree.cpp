#include "livesearch/site/answer/html_tree.hpp"

#include <libxml/HTMLtree.h>
#include <libxml/SAX2.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <libxml/valid.h>

#include <cstddef>
#include <cstring>
#include <new>
#include <string_view>

namespace livesearch {
namespace {

std::string_view view_of(const xmlChar* text) noexcept {
  return reinterpret_cast<const char*>(text);
}

// All pieces are libxml2's, each by itself, so that it can take the tree apart.
template <class Part>
Part* new_part(xmlElementType type, xmlDoc* document) noexcept {
  void* const room = xmlMalloc(sizeof(Part));
  if (room == nullptr) return nullptr;
  auto* const part = new (room) Part{};
  part->type = type;
  part->doc = document;
  return part;
}

xmlChar* copy_to(void* room, std::string_view text) noexcept {
  auto* const copied = static_cast<xmlChar*>(room);
  if (copied == nullptr) return nullptr;
  std::memcpy(copied, text.data(), text.size());
  copied[text.size()] = 0;
  return copied;
}

xmlChar* copy_of(std::string_view text) noexcept {
  return copy_to(xmlMalloc(text.size() + 1), text);
}

// A short text stands in its node where elements have their attributes, which libxml2 knows of its
// option to be compact.
xmlNode* new_text(std::string_view text, xmlDoc* document) noexcept {
  static_assert(offsetof(xmlNode, nsDef) == offsetof(xmlNode, properties) + sizeof(void*));
  constexpr std::size_t room_inside = 2 * sizeof(void*);
  auto* const node = new_part<xmlNode>(XML_TEXT_NODE, document);
  if (node == nullptr) return nullptr;
  node->name = xmlStringText;
  void* const inside = reinterpret_cast<std::byte*>(node) + offsetof(xmlNode, properties);
  node->content = text.size() < room_inside ? copy_to(inside, text) : copy_of(text);
  if (node->content != nullptr) return node;
  xmlFree(node);
  return nullptr;
}

void add_last(xmlNode& parent, xmlNode& child) noexcept {
  child.parent = &parent;
  child.prev = parent.last;
  (parent.last == nullptr ? parent.children : parent.last->next) = &child;
  parent.last = &child;
}

// What the function id() of XPath finds, in HTML.
bool is_id(std::string_view name, const xmlNode& element) noexcept {
  return name == "id" || name == "xml:id" || (name == "name" && view_of(element.name) == "a");
}

xmlAttr* new_attribute(xmlNode& element, const xmlChar* name, const xmlChar* value) noexcept {
  auto* const attribute = new_part<xmlAttr>(XML_ATTRIBUTE_NODE, element.doc);
  if (attribute == nullptr) return nullptr;
  attribute->parent = &element;
  attribute->name = copy_of(view_of(name));
  if (value == nullptr && htmlIsBooleanAttr(name) != 0) value = name;
  if (value == nullptr) return attribute;
  attribute->children = attribute->last = new_text(view_of(value), element.doc);
  if (attribute->last != nullptr) {
    attribute->last->parent = reinterpret_cast<xmlNode*>(attribute);
  }
  return attribute;
}

void add_attributes(xmlNode& element, const xmlChar** names_and_values) noexcept {
  xmlAttr* last = nullptr;
  for (const auto** at = names_and_values; at[0] != nullptr; at += 2) {
    auto* const attribute = new_attribute(element, at[0], at[1]);
    if (attribute == nullptr) return;
    attribute->prev = last;
    (last == nullptr ? element.properties : last->next) = attribute;
    last = attribute;
    if (at[1] != nullptr && is_id(view_of(at[0]), element)) {
      xmlAddID(nullptr, element.doc, at[1], attribute);
    }
  }
}

// The outermost element and names with a colon are left to libxml2.
void start_element(void* context, const xmlChar* name, const xmlChar** attributes) {
  auto& parser = *static_cast<xmlParserCtxt*>(context);
  xmlNode* const parent = parser.node;
  const bool is_usual = parent != nullptr && parent->type == XML_ELEMENT_NODE &&
                        view_of(name).find(':') == std::string_view::npos;
  auto* const element = is_usual ? new_part<xmlNode>(XML_ELEMENT_NODE, parser.myDoc) : nullptr;
  if (element == nullptr) return xmlSAX2StartElement(context, name, attributes);
  element->name = copy_of(view_of(name));
  parser.nodemem = -1;
  if (nodePush(&parser, element) < 0) return xmlFreeNode(element);
  add_last(*parent, *element);
  if (attributes != nullptr) add_attributes(*element, attributes);
}

// A text that goes on after another is left to libxml2.
void add_text(void* context, const xmlChar* text, int size) {
  auto& parser = *static_cast<xmlParserCtxt*>(context);
  xmlNode* const parent = parser.node;
  const bool is_usual =
      parent != nullptr && (parent->last == nullptr || parent->last->type != XML_TEXT_NODE);
  xmlNode* const node =
      is_usual ? new_text(view_of(text).substr(0, static_cast<std::size_t>(size)), parser.myDoc)
               : nullptr;
  if (node == nullptr) return xmlSAX2Characters(context, text, size);
  add_last(*parent, *node);
  parser.nodelen = size;
  parser.nodemem = size + 1;
}

}  // namespace

void make_tree_quickly(xmlParserCtxt& parser) noexcept {
  parser.sax->startElement = start_element;
  parser.sax->characters = add_text;
}

}  // namespace livesearch
