#include "livesearch/cli/terminal.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
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

/// A span that has been rounded to what somebody who waits would say.
std::string roughly(std::chrono::nanoseconds span) {
  const auto seconds = std::chrono::round<std::chrono::seconds>(span).count();
  return seconds < 1 ? spent(span) : fmt::format("{} s", seconds);
}

/// How long it took, and what else there is to say of the answer.
std::string circumstances(const site_answer& answer, std::chrono::nanoseconds elapsed) {
  std::string text = spent(elapsed);
  if (answer.age) text += fmt::format(", cached {} ago", roughly(*answer.age));
  if (answer.is_shared) text += ", shared with another search";
  if (answer.retry_after) {
    text += fmt::format(", worth asking again in {}", roughly(*answer.retry_after));
  }
  return text;
}

std::string describe(const merged_result& found, std::string_view names, text_style style) {
  std::string text = fmt::format("{}\n      {}\n", in(style, "1;34", harmless(found.shown.title)),
                                 in(style, "32", harmless(found.shown.url)));
  if (!found.shown.snippet.empty()) {
    text += fmt::format("      {}\n", harmless(found.shown.snippet));
  }
  if (!names.empty()) text += fmt::format("      {}\n", in(style, "2", std::string{names}));
  return text;
}

void print(const std::string& text, std::FILE* to = stdout) {
  std::fwrite(text.data(), 1, text.size(), to);
  std::fflush(to);
}

search_summary merged(const search_summary& summary, const search_merge& merge) {
  search_summary made = summary;
  made.results = merge.ranked().size();
  return made;
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
    return fmt::format("{}: {} ({})\n", name, harmless(answer.message),
                       circumstances(answer, elapsed));
  }
  return fmt::format("{}: {} ({})\n", name, counted(answer.hits.size(), "result", "results"),
                     circumstances(answer, elapsed));
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
    text += fmt::format("\n{:>4}. {}", ++rank, describe(each, names, style));
  }
  return text;
}

std::string describe_new(const search_merge& merge, const site_definition& site, text_style style) {
  std::string text;
  std::size_t others = 0;
  for (const merged_result& each : merge.ranked()) {
    const bool is_here = std::ranges::any_of(
        each.votes, [&](const vote& given) { return merge.site(given.site).id == site.id; });
    if (!is_here) continue;
    if (each.votes.size() > 1) {
      ++others;
    } else {
      text += fmt::format("    - {}", describe(each, "", style));
    }
  }
  if (others > 0) text += fmt::format("      and {} that other sites had before\n", others);
  return text;
}

std::string describe(const search_summary& summary) {
  return fmt::format("{} from {} of {} in {}\n", counted(summary.results, "result", "results"),
                     summary.answered, counted(summary.sites, "site", "sites"),
                     spent(summary.elapsed));
}

void list_listener::started(const search_plan& plan) {
  merge_ = search_merge{plan};
  print(describe_remarks(plan), stderr);
}

void list_listener::answered(const searchable_site& site, const site_answer& answer,
                             std::chrono::nanoseconds elapsed) {
  merge_.add(site, answer);
  print(describe(site, answer, elapsed, style_of(stderr)), stderr);
}

void list_listener::ended(const search_summary& summary) {
  print(describe(merge_, style_of(stdout)));
  print("\n" + describe(merged(summary, merge_)), stderr);
  done_.complete(summary);
}

void follow_listener::started(const search_plan& plan) {
  merge_ = search_merge{plan};
  print(describe_remarks(plan));
}

void follow_listener::answered(const searchable_site& site, const site_answer& answer,
                               std::chrono::nanoseconds elapsed) {
  merge_.add(site, answer);
  const text_style style = style_of(stdout);
  print(describe(site, answer, elapsed, style) + describe_new(merge_, site.definition, style));
}

void follow_listener::ended(const search_summary& summary) {
  print("\n" + describe(merged(summary, merge_)));
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
