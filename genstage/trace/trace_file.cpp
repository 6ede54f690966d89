#include <fmt/format.h>

#include <bit>
#include <cerrno>
#include <concepts>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <genstage/trace/trace_file.hpp>
#include <iterator>
#include <span>
#include <utility>

namespace genstage::inline v0 {

namespace {

constexpr std::string_view magic = "gstrace1";
constexpr std::size_t record_size = 32;

class writer {
 public:
  template <std::unsigned_integral Number>
  void number(Number value) {
    for (std::size_t byte = 0; byte < sizeof(Number); ++byte) {
      bytes_.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * byte)));
    }
  }
  void text(std::string_view text) {
    number(static_cast<std::uint32_t>(text.size()));
    bytes_.append(text);
  }
  void raw(std::string_view text) { bytes_.append(text); }
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads forward. After the first thing that is not there, everything is zero and empty.
class reader {
 public:
  explicit reader(std::string_view bytes) : bytes_{bytes} {}

  template <std::unsigned_integral Number>
  Number number() {
    std::uint64_t value = 0;
    const std::string_view taken = take(sizeof(Number));
    for (std::size_t byte = 0; byte < taken.size(); ++byte) {
      value |= std::uint64_t{static_cast<unsigned char>(taken[byte])} << (8 * byte);
    }
    return static_cast<Number>(value);
  }
  std::string text() { return std::string{take(number<std::uint32_t>())}; }
  /// How many things follow that take at least `least` bytes each.
  template <std::unsigned_integral Number>
  std::size_t count(std::size_t least, const char* of) {
    const std::uint64_t wanted = number<Number>();
    if (!failure_ && wanted > (bytes_.size() - at_) / least) {
      fail(fmt::format("{} {} are announced, {} bytes are left", wanted, of, bytes_.size() - at_));
    }
    return failure_ ? 0 : static_cast<std::size_t>(wanted);
  }
  void fail(std::string why) {
    if (!failure_) failure_ = fmt::format("at byte {}: {}", at_, why);
  }
  std::string_view take(std::size_t size) {
    if (!failure_ && size > bytes_.size() - at_) {
      fail(fmt::format("{} bytes are needed, {} are left", size, bytes_.size() - at_));
    }
    if (failure_) return {};
    return bytes_.substr(std::exchange(at_, at_ + size), size);
  }
  [[nodiscard]] bool is_at_end() const { return at_ == bytes_.size(); }
  [[nodiscard]] const std::optional<std::string>& failure() const { return failure_; }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  std::optional<std::string> failure_;
};

record read_record(reader& from) {
  record read{.order = from.number<std::uint64_t>(),
              .subscription = from.number<std::uint64_t>(),
              .count = from.number<std::uint64_t>(),
              .process = from.number<std::uint32_t>()};
  const auto kind = from.number<std::uint8_t>();
  if (kind >= record_kinds) {
    from.fail(fmt::format("a record of kind {}, below {} is allowed", kind, record_kinds));
  }
  read.kind = static_cast<record_kind>(kind);
  read.ring = from.number<std::uint8_t>();
  read.life = from.number<std::uint16_t>();
  return read;
}

std::string system_says() {
  return std::error_code{errno, std::generic_category()}.message();
}

}  // namespace

std::string to_bytes(const recorded_trace& written) {
  writer to;
  to.raw(magic);
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
  if (!bytes.starts_with(magic)) {
    return fail(errc::invalid_argument,
                fmt::format("it begins with other bytes than {}; not read", magic));
  }
  reader from{bytes};
  from.take(magic.size());
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
  const std::size_t records = from.count<std::uint64_t>(record_size, "records");
  read.records.reserve(records);
  for (std::size_t left = records; left > 0; --left) read.records.push_back(read_record(from));
  if (!from.failure() && !from.is_at_end()) from.fail("more follows than was announced");
  if (from.failure()) return fail(errc::invalid_argument, *from.failure() + "; not read");
  return read;
}

result<void> write_trace(const recorded_trace& written, const std::string& path) {
  const std::string beside = path + ".part";
  const auto give_up = [&](const std::string& what) {
    const std::string why = system_says();
    std::error_code ignored;
    std::filesystem::remove(beside, ignored);
    return fail(errc::unavailable, fmt::format("trace {}: {}: {}; not written", path, what, why));
  };
  {
    errno = 0;
    std::ofstream file{beside, std::ios::binary | std::ios::trunc};
    const std::string bytes = to_bytes(written);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.flush();
    if (!file) return give_up("it could not be written");
  }
  if (std::rename(beside.c_str(), path.c_str()) != 0) return give_up("it could not be renamed");
  return {};
}

result<recorded_trace> read_trace(const std::string& path) {
  errno = 0;
  std::ifstream file{path, std::ios::binary};
  if (!file) {
    return fail(errno == ENOENT ? errc::not_found : errc::unavailable,
                fmt::format("trace {}: {}; not read", path, system_says()));
  }
  const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
  if (file.bad()) {
    return fail(errc::unavailable, fmt::format("trace {}: {}; not read", path, system_says()));
  }
  result<recorded_trace> read = trace_of_bytes(bytes);
  if (!read) read.error().message = fmt::format("trace {}: {}", path, read.error().message);
  return read;
}

}  // namespace genstage::inline v0
