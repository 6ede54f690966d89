#include <genstage/trace/detail/bytes.hpp>
#include <genstage/trace/trace_file.hpp>
#include <utility>

namespace genstage::inline v0 {

namespace {

constexpr std::string_view magic = "gstrace2";
constexpr std::size_t record_size = 32;

record read_record(detail::byte_reader& from) {
  record read{.order = from.number<std::uint64_t>(),
              .subscription = from.number<std::uint64_t>(),
              .count = from.number<std::uint64_t>(),
              .process = from.number<std::uint32_t>()};
  read.kind = static_cast<record_kind>(from.below(record_kinds, "a record of kind"));
  read.ring = from.number<std::uint8_t>();
  read.life = from.number<std::uint16_t>();
  return read;
}

}  // namespace

std::string to_bytes(const recorded_trace& written) {
  detail::byte_writer to{magic};
  to.number(written.dropped);
  to.number(static_cast<std::uint32_t>(written.names.size()));
  for (const std::string& each : written.names) to.text(each);
  to.number(static_cast<std::uint32_t>(written.processes.size()));
  for (const recorded_trace::process& each : written.processes) {
    to.number(each.who.index);
    to.number(each.who.generation);
    to.text(each.name);
  }
  to.number(static_cast<std::uint32_t>(written.subscriptions.size()));
  for (const open_subscription& each : written.subscriptions) {
    to.number(each.tag);
    to.number(each.producer);
    to.number(each.consumer);
    to.number(each.events);
  }
  to.number(static_cast<std::uint32_t>(written.rings.size()));
  for (const ring_mark& each : written.rings) {
    to.number(each.ring);
    to.number(each.noted);
    to.number(each.order);
  }
  to.number(std::uint64_t{written.records.size()});
  for (const record& each : written.records) {
    to.number(each.order);
    to.number(each.subscription);
    to.number(each.count);
    to.number(each.process);
    to.number(static_cast<std::uint8_t>(each.kind));
    to.number(each.ring);
    to.number(each.life);
  }
  return to.take();
}

result<recorded_trace> trace_of_bytes(std::string_view bytes) {
  detail::byte_reader from{bytes, magic};
  recorded_trace read;
  read.dropped = from.number<std::uint64_t>();
  for (std::size_t left = from.count<std::uint32_t>(4, "texts"); left > 0; --left) {
    read.names.push_back(from.text());
  }
  for (std::size_t left = from.count<std::uint32_t>(12, "processes"); left > 0; --left) {
    const auto index = from.number<std::uint32_t>();
    const auto generation = from.number<std::uint32_t>();
    read.processes.push_back({{index, generation}, from.text()});
  }
  for (std::size_t left = from.count<std::uint32_t>(28, "subscriptions"); left > 0; --left) {
    open_subscription& each = read.subscriptions.emplace_back();
    each.tag = from.number<std::uint64_t>();
    each.producer = from.number<std::uint64_t>();
    each.consumer = from.number<std::uint64_t>();
    each.events = from.number<std::uint32_t>();
  }
  for (std::size_t left = from.count<std::uint32_t>(17, "threads"); left > 0; --left) {
    ring_mark& each = read.rings.emplace_back();
    each.ring = from.number<std::uint8_t>();
    each.noted = from.number<std::uint64_t>();
    each.order = from.number<std::uint64_t>();
  }
  const std::size_t records = from.count<std::uint64_t>(record_size, "records");
  read.records.reserve(records);
  for (std::size_t left = records; left > 0; --left) read.records.push_back(read_record(from));
  from.end();
  if (from.failure()) return fail(errc::invalid_argument, *from.failure());
  return read;
}

result<void> write_trace(const recorded_trace& written, const std::string& path) {
  return detail::save("trace", path, to_bytes(written));
}

result<recorded_trace> read_trace(const std::string& path) {
  return detail::load_as("trace", path, &trace_of_bytes);
}

}  // namespace genstage::inline v0
