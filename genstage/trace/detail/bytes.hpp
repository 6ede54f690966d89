#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <genstage/core/error.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

// What the files that programs leave are made of: numbers in little-endian order without padding,
// and texts with their lengths before them.
namespace genstage::inline v0::detail {

class byte_writer {
 public:
  explicit byte_writer(std::string_view magic) : bytes_{magic} {}

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
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads forward. From the first thing on that is not there, everything is zero and empty.
class byte_reader {
 public:
  byte_reader(std::string_view bytes, std::string_view magic);

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
  /// A number below `limit`, of what is called `of`.
  std::uint8_t below(std::uint8_t limit, std::string_view of);
  /// How many things follow that take at least `least` bytes each.
  template <std::unsigned_integral Number>
  std::size_t count(std::size_t least, std::string_view of) {
    return announced(number<Number>(), least, of);
  }
  /// Fails if something is left.
  void end();
  [[nodiscard]] const std::optional<std::string>& failure() const noexcept { return failure_; }

 private:
  std::size_t announced(std::uint64_t wanted, std::size_t least, std::string_view of);
  std::string_view take(std::size_t size);
  void fail(const std::string& why);

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::optional<std::string> failure_;
};

/// Writes a file in whole or not at all: beside it first, then it takes its name. `what` is what
/// the file is called in messages. Failure: unavailable, with what the system said.
[[nodiscard]] result<void> save(std::string_view what, const std::string& path,
                                std::string_view bytes);
/// Failure: not_found, unavailable.
[[nodiscard]] result<std::string> load(std::string_view what, const std::string& path);

/// What `parse` makes of a file. Failure: that of `load`, or of `parse` with the file before it.
template <class T>
[[nodiscard]] result<T> load_as(std::string_view what, const std::string& path,
                                result<T> (*parse)(std::string_view)) {
  const result<std::string> bytes = load(what, path);
  if (!bytes) return std::unexpected{bytes.error()};
  result<T> read = parse(*bytes);
  if (!read) {
    read.error().message = std::string{what} + ' ' + path + ": " + read.error().message;
  }
  return read;
}

}  // namespace genstage::inline v0::detail
