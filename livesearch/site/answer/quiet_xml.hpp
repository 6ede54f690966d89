#pragma once

#include <libxml/xmlerror.h>

#include <string>

namespace livesearch {

/// Keeps libxml2 from printing while it lives, and remembers the first thing that went wrong.
///
/// Threads: libxml2 keeps its error handlers a thread, so other threads are not touched; it must
/// not live across a suspension of a coroutine.
class quiet_xml {
 public:
  quiet_xml();
  ~quiet_xml();
  quiet_xml(const quiet_xml&) = delete;
  quiet_xml& operator=(const quiet_xml&) = delete;

  /// libxml2's own words, without the line break at their end.
  [[nodiscard]] const std::string& first_message() const noexcept { return message_; }
  [[nodiscard]] int first_code() const noexcept { return code_; }
  [[nodiscard]] int first_line() const noexcept { return line_; }

 private:
  static void note(void* self, xmlError* error);

  std::string message_;
  int code_ = XML_ERR_OK;
  int line_ = 0;
  xmlStructuredErrorFunc old_handler_;
  void* old_context_;
  xmlGenericErrorFunc old_generic_;
  void* old_generic_context_;
};

}  // namespace livesearch
