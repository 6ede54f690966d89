#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "livesearch/cli/program.hpp"
#include "livesearch/fetch/job.hpp"

namespace livesearch {

/// Statuses of the program: 0 success, 1 nothing was found or a check failed, 2 wrong use or a
/// failure; `serve` ends with 70 if it could not stop in time.
inline constexpr int status_found_nothing = 1;
inline constexpr int status_failed = 2;

struct serve_options {
  program_options program{};
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;
  std::vector<std::string> host_names{};
  std::chrono::milliseconds hard_limit{10'000};
  /// Where the inspector of the running program listens, on this machine alone; none is without it.
  std::optional<std::uint16_t> inspect{};
  /// The collector of OpenTelemetry that is sent figures and spans; nobody is if it is empty.
  std::string otlp{};
  /// Measures where the time of events goes, for the inspector and the collector.
  bool latencies = false;
  /// The file in which the run is kept, to be had again; nothing is if it is empty.
  std::string record_to{};
};
[[nodiscard]] int serve(const serve_options& options);

enum class output_format : std::uint8_t {
  text,    ///< results as one list, when all sites have answered
  follow,  ///< each site's results as it answers
  json,    ///< one document
};

struct search_options {
  program_options program{};
  std::string query{};
  std::vector<std::string> sites{};
  std::vector<std::string> categories{};
  std::uint32_t page = 1;
  cache_use cache = cache_use::allowed;
  output_format format = output_format::text;
  /// The file in which the run is kept, to be had again; nothing is if it is empty.
  std::string record_to{};
};
[[nodiscard]] int search(const search_options& options);

/// Has a recorded search, or server, again: without the network, the same results in the same
/// order.
[[nodiscard]] int replay(const std::string& file);

struct sites_options {
  program_options program{};
  output_format format = output_format::text;
};
[[nodiscard]] int list_sites(const sites_options& options);

/// Asks live sites one query and remembers those that answered.
struct check_options {
  program_options program{};
  std::vector<std::string> sites{};
  std::string query = "test";
};
[[nodiscard]] int check_sites(const check_options& options);

enum class site_switch : std::uint8_t { off, on };

/// Remembers that a site is turned off, or on again.
[[nodiscard]] int switch_site(const program_options& options, const std::string& site,
                              site_switch to);

}  // namespace livesearch
