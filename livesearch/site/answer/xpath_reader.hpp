#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "livesearch/site/answer/markup.hpp"

// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming)
struct _xmlXPathCompExpr;
struct _xmlXPathContext;
// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)

namespace livesearch {

/// What an XPath expression gave: nodes in document order, or a text made of another value.
using xpath_value = std::variant<std::vector<markup_node>, std::string>;

/// XPath 1.0 expressions, compiled for and evaluated on one document.
///
/// The prefixes atom, rss (RSS 1.0), rdf, content, dc and media are declared.
/// Lifetime: must end before its document.
/// Threads: one thread at a time. libxml2 writes to compiled expressions, so each reader of an
/// answer compiles its own.
/// Cost: all evaluations of one object together are bounded to ten million steps.
class xpath_reader {
 public:
  explicit xpath_reader(const markup_document& document);

  class expression {
   public:
    [[nodiscard]] _xmlXPathCompExpr* handle() const noexcept { return compiled_.get(); }

   private:
    friend class xpath_reader;
    struct release {
      void operator()(_xmlXPathCompExpr* compiled) const noexcept;
    };
    std::unique_ptr<_xmlXPathCompExpr, release> compiled_;
  };

  /// Failure: what libxml2 says is wrong with the expression.
  [[nodiscard]] std::expected<expression, std::string> compile(const std::string& text);

  /// Failure: a function or prefix that does not exist, or too much work.
  [[nodiscard]] std::expected<xpath_value, std::string> evaluate(const expression& compiled,
                                                                 markup_node from);

 private:
  struct release {
    void operator()(_xmlXPathContext* context) const noexcept;
  };

  std::unique_ptr<_xmlXPathContext, release> context_;
};

/// What an expression must give.
enum class xpath_need : std::uint8_t { nodes, value };

/// What is wrong with an expression, as far as an empty document can tell; empty if nothing.
[[nodiscard]] std::string xpath_mistake(const std::string& text, xpath_need need);

}  // namespace livesearch
