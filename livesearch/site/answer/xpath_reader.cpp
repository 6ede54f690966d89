#include "livesearch/site/answer/xpath_reader.hpp"

#include <fmt/format.h>
#include <libxml/tree.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include <array>
#include <string_view>
#include <utility>

#include "livesearch/site/answer/quiet_xml.hpp"

namespace livesearch {
namespace {

// A page of some megabytes takes well under a million steps; this many take less than a second.
constexpr unsigned long most_steps = 10'000'000;

constexpr std::size_t longest_expression = std::size_t{16} * 1024;

constexpr std::array<std::pair<const char*, const char*>, 6> prefixes{{
    {"atom", "http://www.w3.org/2005/Atom"},
    {"rss", "http://purl.org/rss/1.0/"},
    {"rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"},
    {"content", "http://purl.org/rss/1.0/modules/content/"},
    {"dc", "http://purl.org/dc/elements/1.1/"},
    {"media", "http://search.yahoo.com/mrss/"},
}};

const xmlChar* xml_text(const char* text) {
  return reinterpret_cast<const xmlChar*>(text);
}

struct object_release {
  void operator()(xmlXPathObject* object) const noexcept { xmlXPathFreeObject(object); }
};
using object = std::unique_ptr<xmlXPathObject, object_release>;

std::vector<markup_node> nodes_of(const xmlXPathObject& found) {
  std::vector<markup_node> nodes;
  if (found.nodesetval == nullptr) return nodes;
  for (int at = 0; at < found.nodesetval->nodeNr; ++at) {
    const auto* node = found.nodesetval->nodeTab[at];
    // Namespace nodes are no nodes of the tree and end with `found`.
    if (node->type != XML_NAMESPACE_DECL) nodes.push_back(node);
  }
  return nodes;
}

std::string problem_of(const quiet_xml& quiet) {
  constexpr int first_code = XML_XPATH_EXPRESSION_OK;
  constexpr int op_limit_exceeded = XPATH_OP_LIMIT_EXCEEDED;
  if (quiet.first_code() == first_code + op_limit_exceeded) {
    return fmt::format("it needs more than {} steps", most_steps);
  }
  return quiet.first_message().empty() ? "unknown error" : quiet.first_message();
}

}  // namespace

void xpath_reader::release::operator()(xmlXPathContext* context) const noexcept {
  xmlXPathFreeContext(context);
}

void xpath_reader::expression::release::operator()(xmlXPathCompExpr* compiled) const noexcept {
  xmlXPathFreeCompExpr(compiled);
}

xpath_reader::xpath_reader(const markup_document& document)
    : context_{xmlXPathNewContext(document.handle())} {
  const quiet_xml quiet;
  // Ordered elements make sorting results linear instead of quadratic.
  xmlXPathOrderDocElems(document.handle());
  if (!context_) return;
  context_->opLimit = most_steps;
  for (const auto& [prefix, uri] : prefixes) {
    xmlXPathRegisterNs(context_.get(), xml_text(prefix), xml_text(uri));
  }
}

std::expected<xpath_reader::expression, std::string> xpath_reader::compile(
    const std::string& text) {
  const quiet_xml quiet;
  if (text.size() > longest_expression || text.find('\0') != std::string::npos || !context_) {
    return std::unexpected{std::string{"the expression is too long or no text"}};
  }
  expression compiled;
  compiled.compiled_.reset(xmlXPathCtxtCompile(context_.get(), xml_text(text.c_str())));
  if (!compiled.compiled_) return std::unexpected{problem_of(quiet)};
  return compiled;
}

std::expected<xpath_value, std::string> xpath_reader::evaluate(const expression& compiled,
                                                               markup_node from) {
  const quiet_xml quiet;
  // libxml2 wants to be allowed to write but does not; documents are read only here.
  context_->node = const_cast<xmlNode*>(from);
  const object found{xmlXPathCompiledEval(compiled.handle(), context_.get())};
  if (!found) return std::unexpected{problem_of(quiet)};
  if (found->type == XPATH_NODESET) return xpath_value{nodes_of(*found)};
  xmlChar* text = xmlXPathCastToString(found.get());
  std::string value = text == nullptr ? "" : reinterpret_cast<const char*>(text);
  xmlFree(text);
  return xpath_value{std::move(value)};
}

std::string xpath_mistake(const std::string& text, xpath_need need) {
  const auto document = markup_document::empty();
  xpath_reader reader{document};
  const auto compiled = reader.compile(text);
  if (!compiled) return compiled.error();
  const auto value = reader.evaluate(*compiled, document.top());
  if (!value) return value.error();
  if (need == xpath_need::nodes && !std::holds_alternative<std::vector<markup_node>>(*value)) {
    return "it gives a text, an expression that gives nodes is needed";
  }
  return {};
}

}  // namespace livesearch
