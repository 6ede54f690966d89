#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "event_loop.hpp"

namespace bench {

/// How one search went for the one who waits.
struct search_times {
  enum class end : std::uint8_t { complete, refused, broken, left };

  end how = end::broken;
  event_loop::clock::time_point begun{};
  std::vector<event_loop::clock::duration> first{};   ///< the first results; one or none
  std::vector<event_loop::clock::duration> others{};  ///< each site but the one left out
  event_loop::clock::duration all{};
  std::uint32_t with_results = 0;  ///< sites that had results
};

/// Somebody who makes one search after the other.
class search_client {
 public:
  using completion = std::function<void(const search_times&)>;
  virtual ~search_client() = default;
  /// Calls back once, never inside this call.
  virtual void search(const std::string& query, completion done) = 0;
  /// Gives up the search that runs, whose completion is called with `left`.
  virtual void leave() = 0;
};

struct crowd_options {
  std::uint32_t clients = 1;
  double spread_s = 0;         ///< in which they come, evenly
  double seconds = 10;         ///< after which nobody begins another search
  std::uint64_t searches = 0;  ///< of each client; 0 for no bound
  double rate = 0;             ///< open loop: a search begins so many times a second, whatever runs
  std::uint32_t leave_every = 0;  ///< one search in so many is given up; 0 for none
  double leave_after_ms = 20;
};

void add_crowd_options(CLI::App& to, crowd_options& read);

/// Many clients on one loop; prints what came of it as one JSON document.
class crowd {
 public:
  using maker = std::function<std::unique_ptr<search_client>()>;
  crowd(event_loop& loop, const crowd_options& options, maker make);

  /// Runs the loop until all searches are over.
  void run();

 private:
  struct member {
    std::unique_ptr<search_client> client;
    std::uint64_t searched = 0;
    bool is_searching = false;
  };

  void arrive(std::uint32_t count);
  void begin_at_rate(std::uint64_t number);
  void begin(member& who);
  void end(member& who, const search_times& times);
  [[nodiscard]] bool is_over() const;
  void finish_if_over();
  void print() const;

  event_loop& loop_;
  const crowd_options options_;
  maker make_;
  event_loop::clock::time_point started_{};
  std::vector<std::unique_ptr<member>> members_;
  std::vector<member*> idle_;  ///< of an open loop
  std::string run_;            ///< makes queries unique between runs
  std::uint64_t begun_ = 0;
  bool is_everybody_there_ = false;
  std::size_t open_ = 0;
  std::size_t most_open_ = 0;
  std::uint64_t ends_[4]{};
  std::uint64_t complete_in_time_ = 0;  ///< before the time was over
  std::uint64_t with_results_ = 0;
  std::vector<double> first_ms_;
  std::vector<double> others_ms_;
  std::vector<double> all_ms_;
};

}  // namespace bench
