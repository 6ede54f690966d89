#pragma once

#include <cstdint>
#include <genstage/core/error.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "livesearch/cli/commands.hpp"
#include "livesearch/fetch/calendar.hpp"
#include "livesearch/search/search_plan.hpp"
#include "livesearch/site/loader.hpp"
#include "livesearch/store/recorded_memory.hpp"

namespace livesearch {

/// How a server is run, as far as it decides what the program does.
struct server_settings {
  bool is_offline = false;
  std::vector<std::string> host_names{};
  std::optional<std::uint16_t> inspect{};  ///< the port of the inspector
  std::string otlp{};                      ///< the collector; empty for none
  bool latencies = false;

  friend bool operator==(const server_settings&, const server_settings&) = default;
};

/// What a replay has to know before it begins: what was searched for, and the sites as they were
/// defined then. Stands at the beginning of the recording, so that the file is enough. Searches of
/// a server come later.
struct recorded_search {
  /// As which it stands there.
  static constexpr std::string_view port_name = "livesearch";

  std::string query{};
  std::vector<std::string> sites{};
  std::vector<std::string> categories{};
  std::uint32_t page = 1;
  cache_use cache = cache_use::allowed;
  output_format format = output_format::text;
  std::vector<definition_file> files{};
  std::vector<std::string> disabled{};  ///< those of the sites that were not to be asked
  calendar::time began{};               ///< the time of day at which the driver's clock was zero
  /// What the lanes had learnt before; no value if they had no memory.
  std::optional<lane_conditions> learnt{};
  std::optional<server_settings> server{};

  [[nodiscard]] static recorded_search of(const search_options& asked, const program& base);

  [[nodiscard]] bool is_of_a_server() const noexcept { return server.has_value(); }
  [[nodiscard]] calendar times() const noexcept { return {began, genstage::instant{}}; }
  /// Failure: as those of the program that recorded it; another version may read its sites
  /// otherwise.
  [[nodiscard]] genstage::result<site_catalog> catalog() const;
  [[nodiscard]] genstage::result<search_plan> plan(const site_catalog& among) const;
};

[[nodiscard]] std::string to_bytes(const recorded_search& written);
/// No value for other bytes.
[[nodiscard]] std::optional<recorded_search> recorded_search_of_bytes(std::string_view bytes);

/// Failure: a file that cannot be read, or that is a recording of something else.
[[nodiscard]] genstage::result<recorded_search> read_recorded_search(const std::string& file);

}  // namespace livesearch
