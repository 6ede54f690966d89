#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "livesearch/site/answer/markup_memory.hpp"

// libxml2's own names, so that its headers stay out of this one.
// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming)
struct _xmlDoc;
struct _xmlNode;
// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)

namespace livesearch {

/// A node of a `markup_document`; lives as long as the document.
using markup_node = const _xmlNode*;

/// A parsed HTML page or XML feed, read by libxml2 and never written.
///
/// Nothing is fetched while parsing, and nothing is printed.
/// Threads: one thread at a time; different documents are independent.
class markup_document {
 public:
  /// Reads HTML and repairs it as far as libxml2 can, which is HTML 4's way.
  ///
  /// Failure: nothing to read, or elements nested more than 256 deep before anything else.
  [[nodiscard]] static std::expected<markup_document, std::string> parse_html(
      std::string_view utf8);

  /// Reads well-formed XML. No external subset is loaded.
  ///
  /// Failure: XML that is not well-formed, nesting of more than 256, and any entity declaration,
  /// because declared entities can expand without bound.
  [[nodiscard]] static std::expected<markup_document, std::string> parse_xml(std::string_view utf8);

  /// A document with no elements, to try expressions on.
  [[nodiscard]] static markup_document empty();

  /// The document itself, from which selectors see every element.
  [[nodiscard]] markup_node top() const noexcept;

  /// The outermost element.
  [[nodiscard]] markup_node root() const noexcept;

  /// The text of the whole document as one line.
  [[nodiscard]] std::string root_text(std::size_t most_characters) const;

  [[nodiscard]] _xmlDoc* handle() const noexcept { return document_.get(); }

 private:
  struct release {
    bool is_in_pieces;  ///< else its memory is given back as a whole
    void operator()(_xmlDoc* document) const noexcept;
  };

  explicit markup_document(_xmlDoc* document) : document_{document, release{true}} {}
  markup_document(std::unique_ptr<markup_memory> memory, _xmlDoc* document)
      : memory_{std::move(memory)}, document_{document, release{markup_memory::is_off()}} {}

  std::unique_ptr<markup_memory> memory_;
  std::unique_ptr<_xmlDoc, release> document_;
};

/// A node's local name and namespace, empty if it has none.
[[nodiscard]] std::string_view name_of(markup_node node) noexcept;
[[nodiscard]] std::string_view namespace_of(markup_node node) noexcept;

/// An attribute of an element by its local name; empty if there is none.
[[nodiscard]] std::string attribute_of(markup_node node, std::string_view name);

/// The first element of a document with this name and attribute, if there is one.
[[nodiscard]] markup_node first_element(const markup_document& document, std::string_view name,
                                        std::string_view attribute);

/// The text below a node as one line, as a reader of the page sees it: scripts, styles and
/// comments are left out, blocks are parted by a space.
[[nodiscard]] std::string text_of(markup_node node, std::size_t most_characters);

/// The characters below a node as they stand, at most `most_bytes` and some.
[[nodiscard]] std::string raw_text_of(markup_node node, std::size_t most_bytes);

}  // namespace livesearch
