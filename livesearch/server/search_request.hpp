#pragma once

#include <genstage/core/error.hpp>
#include <genstage/http/target.hpp>
#include <span>
#include <string>
#include <string_view>

#include "livesearch/search/search_plan.hpp"
#include "livesearch/search/search_session.hpp"

namespace livesearch {

/// Whether a request with this Host header is meant for this server. A page of another site can
/// make its own name resolve to this machine (DNS rebinding); it can't make the browser send one of
/// our names.
[[nodiscard]] bool is_own_host(std::string_view host, std::span<const std::string> host_names);

/// The search that a request asks for with `q`, `site`, `category`, `page` and `cache`.
///
/// Failure: in words for the searcher, which begin with what is wrong (`query:`, `site:`,
/// `category:`, `page:`, `cache:`).
[[nodiscard]] genstage::result<search_plan> read_plan(const genstage::http::request_target& target,
                                                      const site_catalog& sites);

/// Whose turn it is in a queue: a client by its address, and by the name it gives itself.
[[nodiscard]] searcher_name searcher_of(const genstage::http::request_target& target,
                                        const std::string& peer);

}  // namespace livesearch
