#include "livesearch/cli/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "livesearch/site/loader.hpp"
#include "livesearch/sites/carried_sites.hpp"
#include "livesearch/store/sqlite_memory.hpp"

namespace livesearch {

namespace http = genstage::http;

namespace {

void append(loaded_sites& all, loaded_sites more) {
  std::ranges::move(more.definitions, std::back_inserter(all.definitions));
  std::ranges::move(more.files, std::back_inserter(all.files));
  std::ranges::move(more.errors, std::back_inserter(all.errors));
}

/// A later definition with the id of an earlier one replaces it, so that a user can change a
/// carried site.
void keep_the_last_of_each_id(loaded_sites& sites) {
  std::vector<site_definition> kept;
  std::vector<definition_file> files;
  for (std::size_t index = 0; index < sites.definitions.size(); ++index) {
    site_definition& each = sites.definitions[index];
    const auto known = std::ranges::find(kept, each.id, &site_definition::id);
    if (known != kept.end()) {
      files[static_cast<std::size_t>(known - kept.begin())] = std::move(sites.files[index]);
      *known = std::move(each);
    } else {
      kept.push_back(std::move(each));
      files.push_back(std::move(sites.files[index]));
    }
  }
  sites.definitions = std::move(kept);
  sites.files = std::move(files);
}

void apply(const site_state& state, const program_options& options, site_definition& site) {
  const bool is_off = state.disabled.contains(site.id) ||
                      std::ranges::find(options.disabled, site.id) != options.disabled.end();
  const bool is_out_of_reach =
      options.network == http::network_mode::offline && site.network != network_scope::loopback;
  if (is_off || is_out_of_reach) site.enabled = false;
  const auto seen = state.checked.find(site.id);
  if (seen == state.checked.end() || site.checked.state == check_state::demonstration) return;
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  if (std::sscanf(seen->second.c_str(), "%d-%u-%u", &year, &month, &day) == 3) {
    site.checked = {check_state::dated,
                    std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day)};
  }
}

}  // namespace

http::network_mode network_from_environment() {
  const char* const asked = std::getenv("LIVESEARCH_OFFLINE");
  const std::string_view value = asked != nullptr ? asked : "";
  return value.empty() || value == "0" ? http::network_mode::online : http::network_mode::offline;
}

genstage::result<std::unique_ptr<program>> program::start(const program_options& options,
                                                          genstage::driver& scheduler) {
  std::unique_ptr<program> made{new program{options}};
  if (options.carries_demonstration) {
    if (options.ports != nullptr) made->apart_.emplace(genstage::thread_pool_options{.workers = 1});
    genstage::driver& delays = made->apart_ ? *made->apart_ : scheduler;
    auto demo = demo_server::start(made->reactor_, delays);
    if (!demo) return std::unexpected{std::move(demo.error())};
    made->demo_.emplace(std::move(*demo));
  }
  made->client_.emplace(made->reactor_, made->guard_,
                        http::curl_client_options{.user_agent = "livesearch/0.1",
                                                  // The lanes bound what goes to a site.
                                                  .max_transfers = 16'384,
                                                  .max_connections = 16'384,
                                                  .max_host_connections = 0});
  made->asks_.emplace(*made->client_, options.ports);
  made->state_ = load_state(state_folder());
  if (auto loaded = made->load_sites(options); !loaded) {
    return std::unexpected{std::move(loaded.error())};
  }
  made->times_ =
      calendar{std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()),
               scheduler.now()};
  made->board_.emplace(made->sites_);
  if (options.remembers_sites) made->open_memory(options.ports);
  return made;
}

/// Without its memory the program searches as well; it is only said.
void program::open_memory(genstage::port_log* ports) {
  auto opened = sqlite_memory::open(state_folder() / "lanes.sqlite");
  if (opened) {
    memory_ = std::move(*opened);
  } else {
    fmt::print(stderr, "livesearch: {}\n", opened.error().message);
  }
  if (ports == nullptr) return;
  for (const site_ptr& each : sites_.all()) {
    const std::string& id = each->definition.id;
    if (auto known = memory_ ? memory_->recall(id) : std::nullopt) learnt_.emplace(id, *known);
  }
  if (memory_) recorded_memory_.emplace(memory_.get(), *ports, learnt_);
}

genstage::result<void> program::load_sites(const program_options& options) {
  loaded_sites all;
  if (demo_) append(all, load_definitions(demonstration_site_files(demo_->url())));
  if (options.carries_public) append(all, load_definitions(public_site_files()));
  if (!options.sites_folder.empty()) append(all, load_folder(options.sites_folder));
  keep_the_last_of_each_id(all);
  for (const std::string& id : options.disabled) {
    const auto same = [&](const site_definition& each) { return each.id == id; };
    if (std::ranges::none_of(all.definitions, same)) {
      return genstage::fail(genstage::errc::not_found,
                            fmt::format("--disable: there is no site \"{}\"; see `livesearch "
                                        "sites`; not started",
                                        id));
    }
  }
  for (site_definition& each : all.definitions) apply(state_, options, each);
  files_ = std::move(all.files);
  errors_ = std::move(all.errors);
  auto made = site_catalog::make(std::move(all.definitions));
  if (!made) return std::unexpected{std::move(made.error())};
  sites_ = std::move(*made);
  return {};
}

}  // namespace livesearch
