// gs-trace: reads the traces that programs of stages leave, and tells them in several ways.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <genstage/trace/conversation.hpp>
#include <genstage/trace/trace_file.hpp>
#include <genstage/trace/trace_text.hpp>
#include <map>
#include <string>

namespace gs = genstage;

namespace {

struct wishes {
  std::string file;
  std::string into;
  std::uint64_t subscription = 0;
  std::int64_t pause = 10;
};

int give_up(const std::string& why) {
  fmt::print(stderr, "gs-trace: {}\n", why);
  return EXIT_FAILURE;
}

/// To standard output, or to the file that was named.
int put(const std::string& text, const std::string& into) {
  if (into.empty()) {
    const bool is_written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    return is_written && std::fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
  }
  std::ofstream file{into, std::ios::binary | std::ios::trunc};
  file << text << std::flush;
  return file ? EXIT_SUCCESS : give_up(into + ": it could not be written");
}

std::string speakers_of(const gs::trace_names& names, std::uint64_t subscription) {
  const auto found = names.speakers(subscription);
  if (!found) return "of whom the trace does not tell";
  const std::string events = found->events.empty() ? "" : " (" + found->events + ")";
  return fmt::format("{} -> {}{}", names.label(found->producer), names.label(found->consumer),
                     events);
}

int list_subscriptions(const gs::recorded_trace& told) {
  std::map<std::uint64_t, std::size_t> lines;
  for (const gs::record& each : told.records) {
    if (each.kind == gs::record_kind::ask || each.kind == gs::record_kind::delivery) {
      ++lines[each.subscription];
    }
  }
  if (lines.empty()) return give_up("nobody asked for events in this trace");
  const gs::trace_names names{told};
  for (const auto& [subscription, count] : lines) {
    fmt::print("s{}  {}: {} lines\n", subscription, speakers_of(names, subscription), count);
  }
  fmt::print("One of them is told by --subscription NUMBER.\n");
  return EXIT_SUCCESS;
}

int tell_conversation(const gs::recorded_trace& told, const wishes& asked) {
  if (asked.subscription == 0) return list_subscriptions(told);
  const auto lines =
      gs::conversation_of(asked.subscription, told.records, std::chrono::milliseconds{asked.pause});
  if (lines.empty()) {
    return give_up(
        fmt::format("s{}: nothing is said in that subscription, without --subscription "
                    "those that speak are listed",
                    asked.subscription));
  }
  fmt::print("{}\n\n", speakers_of(gs::trace_names{told}, asked.subscription));
  for (const gs::spoken_line& each : lines) {
    fmt::print("{}{}\n", each.is_later ? "[later]\n" : "", gs::to_string(each));
  }
  return EXIT_SUCCESS;
}

template <class Action>
void add_command(CLI::App& app, wishes& asked, const char* name, const char* help, int& status,
                 Action act) {
  CLI::App& command = *app.add_subcommand(name, help);
  command.add_option("file", asked.file, "Trace file")->required();
  command.callback([&asked, &status, act] {
    const auto told = gs::read_trace(asked.file);
    status = told ? act(*told) : give_up(told.error().message);
  });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Tells what a program of stages left in a trace file.", "gs-trace"};
  app.require_subcommand(1);
  wishes asked;
  int status = EXIT_SUCCESS;
  add_command(app, asked, "print", "A line for each record", status,
              [](const gs::recorded_trace& told) { return put(gs::as_text(told), {}); });
  add_command(app, asked, "conversation",
              "One subscription in sentences; without one, which "
              "there are",
              status,
              [&](const gs::recorded_trace& told) { return tell_conversation(told, asked); });
  add_command(
      app, asked, "chrome", "JSON for Perfetto (ui.perfetto.dev) and chrome://tracing", status,
      [&](const gs::recorded_trace& told) { return put(gs::as_chrome_json(told), asked.into); });
  CLI::App& talk = *app.get_subcommand("conversation");
  talk.add_option("--subscription", asked.subscription, "Its number, as print shows it after s");
  talk.add_option("--pause-ms", asked.pause, "What counts as \"later\"")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{86'400'000}))
      ->capture_default_str();
  app.get_subcommand("chrome")->add_option("-o,--output", asked.into,
                                           "File to write; standard output without it");
  CLI11_PARSE(app, argc, argv);
  return status;
}
