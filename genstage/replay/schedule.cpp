#include <genstage/replay/schedule.hpp>
#include <genstage/trace/detail/bytes.hpp>

namespace genstage::inline v0 {

namespace {

constexpr std::string_view magic = "gsched02";
constexpr std::string_view magic_of_traces = "gstrace";
constexpr std::uint8_t happening_kinds = 4;
constexpr std::uint8_t input_kinds = 4;

}  // namespace

std::string to_bytes(const schedule& written) {
  detail::byte_writer to{magic};
  to.number(std::uint64_t{written.happenings.size()});
  for (const happening& each : written.happenings) {
    to.number(static_cast<std::uint8_t>(each.kind));
    to.number(each.which);
    to.number(each.came);
  }
  to.number(std::uint64_t{written.inputs.size()});
  for (const program_input& each : written.inputs) {
    to.number(static_cast<std::uint8_t>(each.kind));
    to.number(each.value);
  }
  to.number(std::uint64_t{written.port_inputs.size()});
  for (const port_input& each : written.port_inputs) {
    to.number(each.happening);
    to.number(each.number);
    to.text(each.port);
    to.number(static_cast<std::uint8_t>(each.bytes ? 1 : 0));
    if (each.bytes) to.text(*each.bytes);
  }
  return to.take();
}

result<schedule> schedule_of_bytes(std::string_view bytes) {
  if (bytes.starts_with(magic_of_traces)) {
    return fail(errc::invalid_argument,
                "it is a trace, which has the last records of each thread and nothing that came "
                "from outside, so it is shown step by step (gs-inspect, gs-trace) and not played; "
                "what can be played is recorded with GENSTAGE_RECORD");
  }
  detail::byte_reader from{bytes, magic};
  schedule read;
  for (std::size_t left = from.count<std::uint64_t>(9, "happenings"); left > 0; --left) {
    happening& each = read.happenings.emplace_back();
    each.kind = static_cast<happening_kind>(from.below(happening_kinds, "a happening of kind"));
    each.which = from.number<std::uint32_t>();
    each.came = from.number<std::uint32_t>();
  }
  for (std::size_t left = from.count<std::uint64_t>(9, "inputs"); left > 0; --left) {
    program_input& each = read.inputs.emplace_back();
    each.kind = static_cast<input_kind>(from.below(input_kinds, "an input of kind"));
    each.value = from.number<std::uint64_t>();
  }
  for (std::size_t left = from.count<std::uint64_t>(21, "port inputs"); left > 0; --left) {
    port_input& each = read.port_inputs.emplace_back();
    each.happening = from.number<std::uint64_t>();
    each.number = from.number<std::uint64_t>();
    each.port = from.text();
    if (from.below(2, "bytes of kind") == 1) each.bytes = from.text();
  }
  from.end();
  if (from.failure()) return fail(errc::invalid_argument, *from.failure());
  return read;
}

result<void> write_schedule(const schedule& written, const std::string& path) {
  return detail::save("schedule", path, to_bytes(written));
}

result<schedule> read_schedule(const std::string& path) {
  return detail::load_as("schedule", path, &schedule_of_bytes);
}

}  // namespace genstage::inline v0
