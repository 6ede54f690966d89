// gs-inspect: shows a trace file as the inspector's page shows a running program.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <genstage/application/application.hpp>
#include <genstage/inspector/inspector.hpp>
#include <genstage/trace/trace_file.hpp>
#include <memory>
#include <string>
#include <string_view>

namespace gs = genstage;

namespace {

constexpr int status_failed = 2;

int run(int argc, char** argv) {
  std::string file;
  std::uint16_t port = 8043;
  CLI::App app{
      "gs-inspect shows what a trace file tells, in a browser: who was there, who asked whom, and\n"
      "what was said, record by record. It listens on this machine alone, until it is interrupted.",
      "gs-inspect"};
  app.add_option("file", file, "Trace file, NAME.gstrace")->required();
  app.add_option("--port", port, "Where to listen; 0 takes a free port")->capture_default_str();
  app.set_version_flag("--version", "gs-inspect 0.1.0");
  app.footer("Status: 0 success, 2 wrong use, a file that cannot be read, a port that is in use.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? EXIT_SUCCESS : status_failed;
  }
  auto told = gs::read_trace(file);
  if (!told) {
    fmt::print(stderr, "gs-inspect: {}\n", told.error().message);
    return status_failed;
  }
  gs::inspector_options options{.port = port};
  options.recording = std::make_shared<const gs::shown_recording>(
      std::filesystem::path{file}.filename().string(), *std::move(told));
  options.ready = [](std::string_view url) {
    fmt::print("gs-inspect: open {}\n", url);
    std::fflush(stdout);
  };
  gs::application shown{{.children = {gs::inspector_child(std::move(options))}}};
  return shown.run() == EXIT_SUCCESS ? EXIT_SUCCESS : status_failed;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "gs-inspect: {}; ended\n", error.what());
    return status_failed;
  }
}
