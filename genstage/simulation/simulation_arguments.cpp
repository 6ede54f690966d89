#include <fmt/format.h>

#include <charconv>
#include <cstring>
#include <genstage/simulation/simulation_arguments.hpp>
#include <string_view>

namespace genstage::inline v0 {

namespace {

result<std::uint64_t> number(std::string_view option, std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed == std::errc{} && end == text.data() + text.size()) return value;
  return fail(errc::invalid_argument,
              fmt::format("{}: \"{}\" is no number, a whole number from 0 on is allowed; stopped",
                          option, text));
}

result<void> take_one(simulation_arguments& taken, std::string_view option, const char* value) {
  if (value == nullptr) {
    return fail(errc::invalid_argument,
                fmt::format("{}: it has no value, it needs one; stopped", option));
  }
  if (option == "--faults") {
    result<fault_plan> plan = parse_fault_plan(value);
    if (!plan) return std::unexpected{plan.error()};
    taken.faults = std::move(*plan);
    return {};
  }
  const result<std::uint64_t> parsed = number(option, value);
  if (!parsed) return std::unexpected{parsed.error()};
  (option == "--replay" ? taken.replay : taken.seeds) = *parsed;
  return {};
}

}  // namespace

simulation_arguments& simulation_arguments::of_program() {
  static simulation_arguments all;
  return all;
}

result<void> simulation_arguments::take(int& count, char** arguments) {
  simulation_arguments& taken = of_program();
  if (count > 0) taken.command = arguments[0];
  int kept = 0;
  for (int index = 0; index < count; ++index) {
    const std::string_view option = arguments[index];
    if (option != "--replay" && option != "--faults" && option != "--seeds") {
      arguments[kept++] = arguments[index];
      continue;
    }
    ++index;
    const result<void> done = take_one(taken, option, index < count ? arguments[index] : nullptr);
    if (!done) return done;
  }
  count = kept;
  arguments[kept] = nullptr;
  return {};
}

}  // namespace genstage::inline v0
