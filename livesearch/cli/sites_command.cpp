#include <fmt/format.h>

#include <genstage/process/runtime.hpp>
#include <utility>

#include "livesearch/cli/commands.hpp"
#include "livesearch/cli/notices.hpp"
#include "livesearch/server/search_json.hpp"
#include "livesearch/site/request.hpp"

namespace livesearch {

namespace {

std::string state_of(const site_definition& site) {
  if (!site.enabled) return "off";
  switch (site.checked.state) {
    case check_state::never:
      return "never checked live";
    case check_state::demonstration:
      return "demonstration";
    case check_state::dated:
      return "checked " + to_string(site.checked);
  }
  return "";
}

}  // namespace

int list_sites(const sites_options& options) {
  genstage::runtime home{{.workers = 1}};
  auto started = program::start(options.program, home.scheduler());
  if (!started) return failed(started.error());
  const program& program = **started;
  json listed = json::array();
  for (const site_ptr& each : program.sites().all()) {
    const site_definition& site = each->definition;
    if (options.format == output_format::json) {
      listed.push_back(site_entry(*each));
    } else {
      fmt::print("{:<21} {:<30} {:<24} {}\n", site.id, site.name, request_host(site),
                 state_of(site));
    }
  }
  if (options.format == output_format::json) fmt::print("{}\n", to_text({{"sites", listed}}));
  warn_of_wrong_files(program);
  return program.errors().empty() ? 0 : status_failed;
}

int switch_site(const program_options& options, const std::string& site, site_switch to) {
  genstage::runtime home{{.workers = 1}};
  auto started = program::start(options, home.scheduler());
  if (!started) return failed(started.error());
  if (!(*started)->sites().find(site)) {
    return failed(
        {genstage::errc::not_found,
         fmt::format("site: \"{}\" is not known, see `livesearch sites`; nothing changed", site)});
  }
  site_state& state = (*started)->state();
  if (to == site_switch::off) {
    state.disabled.insert(site);
  } else {
    state.disabled.erase(site);
  }
  if (auto saved = save_state(state_folder(), state); !saved) return failed(saved.error());
  fmt::print("{} is turned {}\n", site, to == site_switch::off ? "off" : "on");
  return 0;
}

}  // namespace livesearch
