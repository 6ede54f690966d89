#pragma once

#include <cstdint>
#include <string>

namespace livesearch {

/// What one site is asked, in the site's own words. Equal ones make equal requests.
struct site_query {
  std::string text{};
  std::string language{};  ///< stands for {language}, as it is
  std::string newer{};     ///< stands for {newer}, as it is
  std::uint32_t page = 1;

  friend auto operator<=>(const site_query&, const site_query&) = default;
};

}  // namespace livesearch
