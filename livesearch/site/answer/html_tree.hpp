#pragma once

// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming)
struct _xmlParserCtxt;
// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)

namespace livesearch {

/// Has a parser of HTML make the same tree as always, in half the instructions.
///
/// libxml2's own handlers treat each name as one of XML with a namespace, each attribute as one
/// that a document type may declare, and copy each text three times.
void make_tree_quickly(_xmlParserCtxt& parser) noexcept;

}  // namespace livesearch
