#pragma once

#include <functional>
#include <genstage/application/program_driver.hpp>
#include <genstage/genstage.hpp>
#include <memory>
#include <optional>
#include <string>

#include "livesearch/cli/commands.hpp"
#include "livesearch/cli/signal_watch.hpp"
#include "livesearch/fetch/lane_services.hpp"
#include "livesearch/search/listener.hpp"
#include "livesearch/site/catalog.hpp"

namespace livesearch {

/// Makes who is told of a search. It completes what it is given when the search has ended.
using listener_maker =
    std::function<std::shared_ptr<search_listener>(genstage::completion<search_summary>)>;

/// That of the command line, which prints in this form.
[[nodiscard]] listener_maker listeners_for(output_format format);

/// Runs one search on lanes of its own: as it comes, as it comes and noted down, or as it was noted
/// down.
class search_run {
 public:
  /// `record_to` and `replay_from` are files, or empty. A run that is recorded and ended by a
  /// signal leaves what was recorded until then; to be made before other threads are started.
  search_run(const std::string& record_to, const std::string& replay_from);
  ~search_run() { end(); }

  struct request {
    const site_catalog* sites;
    lane_services services;
    search_plan plan;
    std::string begins{};  ///< what a replay has to know; comes as through a port
  };
  /// Asks the sites and waits for the end. Once.
  /// Failure: what keeps it from starting; of a replay, where the run goes another way.
  [[nodiscard]] genstage::result<search_summary> run(request asked, const listener_maker& make);

  /// Ends the processes and what runs them; to be called before what they use goes.
  void end();

  [[nodiscard]] genstage::program_driver& driver() noexcept { return driver_; }
  [[nodiscard]] genstage::runtime& home() noexcept { return *home_; }

 private:
  template <class T>
  genstage::result<T> wait(genstage::operation<T> awaited);

  genstage::program_driver driver_;
  std::optional<signal_watch> signals_;
  std::unique_ptr<genstage::runtime> home_;
};

}  // namespace livesearch
