#include "livesearch/cli/notices.hpp"

#include <fmt/format.h>

#include <set>
#include <string>

#include "livesearch/cli/commands.hpp"
#include "livesearch/site/request.hpp"

namespace livesearch {

int failed(const genstage::error& why) {
  fmt::print(stderr, "livesearch: {}\n", why.message);
  return status_failed;
}

void warn_of_wrong_files(const program& program) {
  for (const definition_error& each : program.errors()) {
    fmt::print(stderr, "livesearch: {}\n", to_string(each));
  }
}

void introduce_hosts(program& program) {
  std::set<std::string> hosts;
  for (const site_ptr& each : program.sites().all()) {
    const site_definition& site = each->definition;
    if (site.enabled && site.network != network_scope::loopback) {
      hosts.insert(
          fmt::format("  {:<36} turn off: livesearch sites off {}", request_host(site), site.id));
    }
  }
  if (hosts.empty() || program.state().introduced) return;
  fmt::print(stderr, "Each search is sent to these hosts, and to no others:\n");
  for (const std::string& line : hosts) fmt::print(stderr, "{}\n", line);
  fmt::print(stderr, "To stay on this machine: add --offline\n");
  program.state().introduced = true;
  if (const auto saved = save_state(state_folder(), program.state()); !saved) {
    (void)failed(saved.error());
  }
}

}  // namespace livesearch
