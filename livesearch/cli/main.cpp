#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "livesearch/cli/commands.hpp"

namespace {

using namespace livesearch;

/// What the commands have in common.
void add_program_options(CLI::App& command, program_options& options) {
  command
      .add_option("--sites-folder", options.sites_folder,
                  "Folder with further site definitions, one YAML file a site")
      ->check(CLI::ExistingDirectory);
  command.add_option("--disable", options.disabled, "Site to leave out in this run; repeatable");
  command.add_flag_callback(
      "--no-demo", [&] { options.carries_demonstration = false; },
      "Without the demonstration sites");
  command.add_flag_callback(
      "--no-public", [&] { options.carries_public = false; },
      "Without the public sites that the program carries");
  command.add_flag_callback(
      "--offline", [&] { options.network = genstage::http::network_mode::offline; },
      "Refuse every address that is not this machine's (also LIVESEARCH_OFFLINE=1)");
  options.network = network_from_environment();
}

/// What the command line asks for, once it has been read.
using action = std::function<int()>;

void add_serve(CLI::App& app, action& chosen) {
  const auto options = std::make_shared<serve_options>();
  CLI::App& command = *app.add_subcommand("serve", "Serve the page and the HTTP interface");
  command.add_option("--address", options->address, "Address to listen on")->capture_default_str();
  command.add_option("--port", options->port, "Port to listen on; 0 takes a free one")
      ->capture_default_str();
  command.add_option("--host-name", options->host_names,
                     "Name by which browsers may call this server; repeatable");
  command
      .add_option("--hard-limit-ms", options->hard_limit,
                  "After a signal, end at the latest after so many milliseconds (10000)")
      ->check(CLI::Range(100, 600'000));
  command.add_option("--inspect", options->inspect,
                     "Show the running program, lane by lane, on this port of this machine");
  command.add_option(
      "--otlp", options->otlp,
      "Send figures and the spans of searches to the OpenTelemetry collector at this "
      "URL, over OTLP/HTTP");
  command.add_flag("--latencies", options->latencies,
                   "Measure where the time of events goes, for --inspect and --otlp");
  command.add_option("--record", options->record_to,
                     "Keep the run in this file, with all that is asked and sites answer, for "
                     "`replay`; one callback at a time, so not for every day");
  add_program_options(command, options->program);
  command.callback([options, &chosen] { chosen = [options] { return serve(*options); }; });
}

void add_search(CLI::App& app, action& chosen) {
  const auto options = std::make_shared<search_options>();
  const auto words = std::make_shared<std::vector<std::string>>();
  CLI::App& command = *app.add_subcommand("search", "Search once and print the results");
  command.add_option("query", *words, "What to search for")->required();
  command.add_option("--site", options->sites, "Ask only this site; repeatable");
  command.add_option("--category", options->categories,
                     "Ask only sites of this category; repeatable");
  command.add_option("--page", options->page, "Which page of the sites that have several, 1 to 50")
      ->capture_default_str();
  command.add_flag_callback(
      "--no-cache", [options] { options->cache = cache_use::bypassed; },
      "Ask each site, even if an answer to the same query is kept");
  CLI::Option* const follow = command.add_flag_callback(
      "--follow", [options] { options->format = output_format::follow; },
      "Print each site's results as it answers, instead of one list at the end");
  command
      .add_flag_callback(
          "--json", [options] { options->format = output_format::json; }, "Print one JSON document")
      ->excludes(follow);
  command.add_option("--record", options->record_to,
                     "Keep the run in this file, with all that sites answer, for `replay`");
  add_program_options(command, options->program);
  command.callback([options, words, &chosen] {
    for (const std::string& word : *words) options->query += word + " ";
    chosen = [options] { return search(*options); };
  });
}

void add_replay(CLI::App& app, action& chosen) {
  const auto file = std::make_shared<std::string>();
  CLI::App& command = *app.add_subcommand(
      "replay",
      "Have a recorded search or server again, without the network, step by step as it was");
  command.add_option("file", *file, "What --record has written")->required();
  command.callback([file, &chosen] { chosen = [file] { return replay(*file); }; });
}

void add_sites(CLI::App& app, action& chosen) {
  const auto options = std::make_shared<sites_options>();
  const auto checking = std::make_shared<check_options>();
  const auto site = std::make_shared<std::string>();
  CLI::App& command = *app.add_subcommand("sites", "List the sites, check or switch them");
  command.add_flag_callback(
      "--json", [options] { options->format = output_format::json; }, "Print one JSON document");
  add_program_options(command, options->program);
  CLI::App& check =
      *command.add_subcommand("check", "Ask live sites one query and remember those that answered");
  check.add_option("site", checking->sites, "The sites to ask")->required();
  check.add_option("--query", checking->query, "What to ask")->capture_default_str();
  CLI::App& off = *command.add_subcommand("off", "Turn a site off, also for later runs");
  off.add_option("site", *site, "The site")->required();
  CLI::App& on = *command.add_subcommand("on", "Turn a site on again");
  on.add_option("site", *site, "The site")->required();
  command.callback([=, &chosen, &check, &off, &on] {
    checking->program = options->program;
    if (check.parsed()) {
      chosen = [checking] { return check_sites(*checking); };
    } else if (off.parsed() || on.parsed()) {
      const site_switch to = off.parsed() ? site_switch::off : site_switch::on;
      chosen = [options, site, to] { return switch_site(options->program, *site, to); };
    } else {
      chosen = [options] { return list_sites(*options); };
    }
  });
}

int run(int argc, char** argv) {
  CLI::App app{
      "livesearch asks many sites at the moment you search, and shows each answer as it "
      "comes.",
      "livesearch"};
  app.set_version_flag("--version", "livesearch 0.1.0");
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  livesearch serve                      the page, on http://127.0.0.1:8080\n"
      "  livesearch search \"back pressure\"     results in the terminal, how sites do on stderr\n"
      "  livesearch search stage --follow      each site's results as it answers\n"
      "  livesearch sites                      which sites there are\n"
      "  livesearch sites check wikipedia      whether it answers from here\n"
      "Status: 0 success, 1 nothing found, 2 wrong use or failure, 70 could not stop in time.");
  action chosen;
  add_serve(app, chosen);
  add_search(app, chosen);
  add_replay(app, chosen);
  add_sites(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : status_failed;
  }
  return chosen();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "livesearch: {}; ended\n", error.what());
    return status_failed;
  }
}
