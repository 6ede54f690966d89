#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace livesearch {

/// What one site is asked, in the site's own words. Equal ones make equal requests.
struct site_query {
  std::string text{};
  std::string language{};       ///< stands for {language}, as it is
  std::string newer{};          ///< stands for {newer}, as it is but for {since} and {since_date}
  std::chrono::seconds age{0};  ///< what those two reckon back
  std::uint32_t page = 1;

  friend auto operator<=>(const site_query&, const site_query&) = default;
};

}  // namespace livesearch
