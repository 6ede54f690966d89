#pragma once

#include <genstage/genstage.hpp>
#include <genstage/http/curl_client.hpp>
#include <genstage/http/recorded_client.hpp>
#include <genstage/io/reactor.hpp>
#include <genstage/scheduler/thread_pool.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "livesearch/cli/site_state.hpp"
#include "livesearch/fetch/lane_services.hpp"
#include "livesearch/server/demo_server.hpp"
#include "livesearch/site/catalog.hpp"
#include "livesearch/site/definition_error.hpp"
#include "livesearch/site/loader.hpp"
#include "livesearch/store/recorded_memory.hpp"

namespace livesearch {

/// Which sites a run has, and where it may go.
struct program_options {
  std::string sites_folder{};           ///< further definitions; empty for none
  std::vector<std::string> disabled{};  ///< sites turned off for this run
  bool carries_demonstration = true;
  bool carries_public = true;
  bool remembers_sites = true;  ///< what lanes have learnt, and answers, over a restart
  genstage::http::network_mode network = genstage::http::network_mode::online;
  /// Where what comes from outside is kept, of a run that is recorded.
  genstage::port_log* ports = nullptr;
};

/// Whether LIVESEARCH_OFFLINE asks to stay on this machine: set, and neither empty nor 0.
[[nodiscard]] genstage::http::network_mode network_from_environment();

/// What every command of livesearch stands on: the reactor, the guarded HTTP client, the
/// demonstration sites and the catalogue.
///
/// Lifetime: must outlive the processes that use it, but not the scheduler, whose timers delay the
/// demonstration.
class program {
 public:
  /// Failure: a sites folder that cannot be read, or a demonstration that cannot listen. Wrong site
  /// files are no failure: see `errors`.
  [[nodiscard]] static genstage::result<std::unique_ptr<program>> start(
      const program_options& options, genstage::driver& scheduler);

  [[nodiscard]] const site_catalog& sites() const noexcept { return sites_; }
  /// What the lanes work with.
  [[nodiscard]] lane_services services() noexcept { return {&*asks_, &*board_, memory(), times_}; }
  [[nodiscard]] lane_board& board() noexcept { return *board_; }
  [[nodiscard]] genstage::reactor& reactor() noexcept { return reactor_; }
  [[nodiscard]] const genstage::http::address_guard& guard() const noexcept { return guard_; }
  [[nodiscard]] std::span<const definition_error> errors() const noexcept { return errors_; }
  /// What the sites were read from, in their order.
  [[nodiscard]] std::span<const definition_file> site_files() const noexcept { return files_; }
  [[nodiscard]] const calendar& times() const noexcept { return times_; }
  /// What the lanes had learnt in earlier runs, in one that is recorded.
  [[nodiscard]] bool remembers() const noexcept { return memory_ != nullptr; }
  [[nodiscard]] const lane_conditions& learnt() const noexcept { return learnt_; }
  [[nodiscard]] site_state& state() noexcept { return state_; }

 private:
  explicit program(const program_options& options) : guard_{options.network} {}

  void open_memory(genstage::port_log* ports);
  [[nodiscard]] lane_memory* memory() noexcept {
    return recorded_memory_ ? &*recorded_memory_ : memory_.get();
  }
  genstage::result<void> load_sites(const program_options& options);

  genstage::reactor reactor_{"io"};
  genstage::http::address_guard guard_;
  /// The demonstration's own, if the run is recorded: its delays are no part of the program then.
  /// What it delays is to be answered through the reactor.
  std::optional<genstage::thread_pool> apart_;
  std::optional<demo_server> demo_;
  std::optional<genstage::http::curl_client> client_;
  std::optional<genstage::http::recorded_client> asks_;
  site_state state_;
  std::vector<definition_file> files_;
  std::vector<definition_error> errors_;
  site_catalog sites_;
  std::optional<lane_board> board_;
  std::unique_ptr<lane_memory> memory_;
  std::optional<recorded_memory> recorded_memory_;
  lane_conditions learnt_;
  calendar times_;
};

}  // namespace livesearch
