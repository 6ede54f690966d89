#pragma once

#include "livesearch/demo/document.hpp"

#include <string>
#include <string_view>

namespace livesearch::demo {

/// A whole page of HTML with the site's header around a body that is already HTML.
[[nodiscard]] std::string html_page(std::string_view title, std::string_view site,
                                    std::string_view home, std::string_view body);

/// The page of one document, with a link back to the site.
[[nodiscard]] std::string document_page(const document& doc, std::string_view site,
                                        std::string_view home);

/// The page for a path that leads nowhere.
[[nodiscard]] std::string not_found_page(std::string_view site, std::string_view home);

/// A search form whose input holds the query.
[[nodiscard]] std::string search_form(std::string_view action, std::string_view query);

}  // namespace livesearch::demo
