#include "livesearch/site/answer/quiet_xml.hpp"

#include <libxml/globals.h>
#include <libxml/parser.h>

#include "livesearch/site/answer/markup_memory.hpp"

namespace livesearch {
namespace {

// Some of XPath's messages go past the structured handler.
void ignore(void* /*context*/, const char* /*format*/, ...) {}

void make_ready() {
  static const bool is_ready = [] {
    markup_memory::install();
    xmlInitParser();
    return true;
  }();
  static_cast<void>(is_ready);
}

}  // namespace

quiet_xml::quiet_xml() {
  make_ready();
  old_handler_ = xmlStructuredError;
  old_context_ = xmlStructuredErrorContext;
  old_generic_ = xmlGenericError;
  old_generic_context_ = xmlGenericErrorContext;
  xmlSetStructuredErrorFunc(this, note);
  xmlSetGenericErrorFunc(nullptr, ignore);
}

quiet_xml::~quiet_xml() {
  xmlSetStructuredErrorFunc(old_context_, old_handler_);
  xmlSetGenericErrorFunc(old_generic_context_, old_generic_);
}

void quiet_xml::note(void* self, xmlError* error) {
  auto& noted = *static_cast<quiet_xml*>(self);
  if (noted.code_ != XML_ERR_OK || error == nullptr || error->level < XML_ERR_ERROR) return;
  noted.code_ = error->code;
  noted.line_ = error->line;
  noted.message_ = error->message == nullptr ? "unknown error" : error->message;
  while (noted.message_.ends_with('\n') || noted.message_.ends_with(' ')) {
    noted.message_.pop_back();
  }
}

}  // namespace livesearch
