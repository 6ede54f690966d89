#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "livesearch/store/lane_memory.hpp"

// What lanes keep, for tests.
namespace livesearch {

/// Remembers in a map, and answers at once.
class map_memory final : public lane_memory {
 public:
  void find(const std::string& site, const std::string& query, wall_time now,
            receiver tell) override {
    const auto found = answers.find(site + " " + query);
    const bool is_fresh = found != answers.end() && found->second.second > now;
    tell(is_fresh ? std::optional{found->second.first} : std::nullopt);
  }
  void keep(const std::string& site, const std::string& query, kept_answer answer,
            wall_time expires) override {
    answers.insert_or_assign(site + " " + query, std::pair{std::move(answer), expires});
  }
  std::optional<lane_condition> recall(const std::string& site) override {
    const auto known = conditions.find(site);
    return known == conditions.end() ? std::nullopt : std::optional{known->second};
  }
  void note(const std::string& site, const lane_condition& condition) override {
    conditions.insert_or_assign(site, condition);
  }

  std::map<std::string, std::pair<kept_answer, wall_time>> answers;
  std::map<std::string, lane_condition> conditions;
};

}  // namespace livesearch
