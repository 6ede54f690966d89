#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <genstage/trace/detail/bytes.hpp>
#include <iterator>
#include <system_error>

namespace genstage::inline v0::detail {

namespace {

std::string system_says() {
  return std::error_code{errno, std::generic_category()}.message();
}

}  // namespace

byte_reader::byte_reader(std::string_view bytes, std::string_view magic) : bytes_{bytes} {
  if (bytes.starts_with(magic)) {
    at_ = magic.size();
  } else {
    fail(fmt::format("other bytes than {}", magic));
  }
}

std::uint8_t byte_reader::below(std::uint8_t limit, std::string_view of) {
  const auto read = number<std::uint8_t>();
  if (read >= limit) fail(fmt::format("{} {}, below {} is allowed", of, read, limit));
  return failure_ ? std::uint8_t{0} : read;
}

void byte_reader::end() {
  if (at_ != bytes_.size()) fail("more follows than was announced");
}

std::size_t byte_reader::announced(std::uint64_t wanted, std::size_t least, std::string_view of) {
  if (wanted > (bytes_.size() - at_) / least) {
    fail(fmt::format("{} {} are announced, {} bytes are left", wanted, of, bytes_.size() - at_));
  }
  return failure_ ? 0 : static_cast<std::size_t>(wanted);
}

std::string_view byte_reader::take(std::size_t size) {
  if (size > bytes_.size() - at_) {
    fail(fmt::format("{} bytes are needed, {} are left", size, bytes_.size() - at_));
  }
  if (failure_) return {};
  return bytes_.substr(std::exchange(at_, at_ + size), size);
}

void byte_reader::fail(const std::string& why) {
  if (!failure_) failure_ = fmt::format("at byte {}: {}; not read", at_, why);
}

result<void> save(std::string_view what, const std::string& path, std::string_view bytes) {
  const std::string beside = path + ".part";
  const auto give_up = [&](std::string_view failed) {
    const std::string why = system_says();
    std::error_code ignored;
    std::filesystem::remove(beside, ignored);
    return genstage::fail(errc::unavailable, fmt::format("{} {}: it could not be {}: {}; not "
                                                         "written",
                                                         what, path, failed, why));
  };
  {
    errno = 0;
    std::ofstream file{beside, std::ios::binary | std::ios::trunc};
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.flush();
    if (!file) return give_up("written");
  }
  if (std::rename(beside.c_str(), path.c_str()) != 0) return give_up("renamed");
  return {};
}

result<std::string> load(std::string_view what, const std::string& path) {
  errno = 0;
  std::ifstream file{path, std::ios::binary};
  std::string bytes;
  if (file) bytes.assign(std::istreambuf_iterator<char>{file}, {});
  if (file && !file.bad()) return bytes;
  return genstage::fail(errno == ENOENT ? errc::not_found : errc::unavailable,
                        fmt::format("{} {}: {}; not read", what, path, system_says()));
}

}  // namespace genstage::inline v0::detail
