#include "livesearch/cli/terminal.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

namespace livesearch {

namespace {

/// Text of a site without control characters; C1 controls are two bytes in UTF-8.
std::string harmless(std::string_view text) {
  std::string clean;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const bool is_c1 =
        byte == 0xc2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xa0;
    if (is_c1) ++at;
    if (!is_c1 && byte >= 0x20 && byte != 0x7f) clean.push_back(text[at]);
  }
  return clean;
}

std::string in(text_style style, std::string_view code, std::string text) {
  return style == text_style::plain ? text : fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::string counted(std::size_t number, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", number, number == 1 ? one : many);
}

std::string spent(std::chrono::nanoseconds span) {
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
  return milliseconds < 1000 ? fmt::format("{} ms", milliseconds)
                             : fmt::format("{:.2f} s", static_cast<double>(milliseconds) / 1000);
}

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

}  // namespace

text_style style_of(std::FILE* file) {
  const char* const no_colour = std::getenv("NO_COLOR");
  const bool is_wanted = no_colour == nullptr || *no_colour == '\0';
  return is_wanted && isatty(fileno(file)) != 0 ? text_style::coloured : text_style::plain;
}

std::string describe(const searchable_site& site, const site_answer& answer,
                     std::chrono::nanoseconds elapsed, text_style style) {
  const std::string name = in(style, "1", harmless(site.definition.name));
  if (answer.outcome != site_outcome::results) {
    return fmt::format("{}: {} ({})\n", name, harmless(answer.message), spent(elapsed));
  }
  return fmt::format("{}: {} ({})\n", name, counted(answer.hits.size(), "result", "results"),
                     spent(elapsed));
}

std::string describe_remarks(const search_plan& plan) {
  std::string text;
  for (const planned_site& each : plan.sites) {
    if (each.remarks.empty()) continue;
    text +=
        fmt::format("{}: {}\n", harmless(each.site->definition.name), fmt::join(each.remarks, " "));
  }
  return text;
}

std::string describe(const search_merge& merge, text_style style) {
  std::string text;
  std::size_t rank = 0;
  for (const merged_result& each : merge.ranked()) {
    std::string names;
    for (const vote& given : each.votes) {
      names += (names.empty() ? "" : ", ") + harmless(merge.site(given.site).name);
    }
    text += fmt::format("\n{:>4}. {}\n      {}\n", ++rank,
                        in(style, "1;34", harmless(each.shown.title)),
                        in(style, "32", harmless(each.shown.url)));
    if (!each.shown.snippet.empty()) {
      text += fmt::format("      {}\n", harmless(each.shown.snippet));
    }
    text += fmt::format("      {}\n", in(style, "2", names));
  }
  return text;
}

std::string describe(const search_summary& summary) {
  return fmt::format("{} from {} of {} in {}\n", counted(summary.results, "result", "results"),
                     summary.answered, counted(summary.sites, "site", "sites"),
                     spent(summary.elapsed));
}

void terminal_listener::started(const search_plan& plan) {
  merge_ = search_merge{plan};
  print(describe_remarks(plan));
}

void terminal_listener::answered(const searchable_site& site, const site_answer& answer,
                                 std::chrono::nanoseconds elapsed) {
  merge_.add(site, answer);
  print(describe(site, answer, elapsed, style_));
}

void terminal_listener::ended(const search_summary& summary) {
  search_summary merged = summary;
  merged.results = merge_.ranked().size();
  print(describe(merge_, style_) + "\n" + describe(merged));
  done_.complete(summary);
}

void json_listener::started(const search_plan& plan) {
  report_.start(plan);
}

void json_listener::answered(const searchable_site& site, const site_answer& answer,
                             std::chrono::nanoseconds elapsed) {
  report_.add(site, answer, elapsed);
}

void json_listener::ended(const search_summary& summary) {
  print(std::move(report_).finish(summary) + "\n");
  done_.complete(summary);
}

}  // namespace livesearch
