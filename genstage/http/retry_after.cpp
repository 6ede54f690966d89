#include <genstage/http/retry_after.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace genstage::inline v0::http {

namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

/// Longer is not kept, so that no sum of times overflows.
constexpr seconds longest_wait = std::chrono::years{1};

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Takes one piece after the other from the front of a text; once one does not fit, all fail.
class piecewise {
 public:
  explicit piecewise(std::string_view text) : rest_{text} {}

  void skip(std::string_view expected) {
    is_good_ = is_good_ && rest_.starts_with(expected);
    if (is_good_) rest_.remove_prefix(expected.size());
  }
  /// Up to and with the first `mark`.
  void skip_to(std::string_view mark) {
    const std::size_t at = rest_.find(mark);
    is_good_ = is_good_ && at != std::string_view::npos && at > 0 && at <= 9;
    if (is_good_) rest_.remove_prefix(at + mark.size());
  }
  int number(std::size_t digits) {
    int value = 0;
    const std::string_view piece = take(digits);
    const auto read = std::from_chars(piece.data(), piece.data() + piece.size(), value);
    is_good_ = is_good_ && read.ptr == piece.data() + piece.size() && read.ec == std::errc{};
    return value;
  }
  /// A day of asctime, whose tens may be a space.
  int day() {
    if (!rest_.starts_with(' ')) return number(2);
    skip(" ");
    return number(1);
  }
  unsigned month() {
    const auto found = std::ranges::find(months, take(3));
    is_good_ = is_good_ && found != months.end();
    return static_cast<unsigned>(found - months.begin()) + 1;
  }
  seconds time_of_day() {
    const int hours = number(2);
    skip(":");
    const int minutes = number(2);
    skip(":");
    const int second = number(2);
    is_good_ = is_good_ && hours < 24 && minutes < 60 && second <= 60;
    return std::chrono::hours{hours} + std::chrono::minutes{minutes} + seconds{second};
  }
  [[nodiscard]] bool is_done() const { return is_good_ && rest_.empty(); }

 private:
  std::string_view take(std::size_t length) {
    is_good_ = is_good_ && rest_.size() >= length;
    if (!is_good_) return {};
    const std::string_view piece = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return piece;
  }

  std::string_view rest_;
  bool is_good_ = true;
};

std::optional<sys_seconds> moment(const piecewise& read, int year, unsigned month, int day,
                                  seconds time_of_day) {
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!read.is_done() || !date.ok()) return std::nullopt;
  return std::chrono::sys_days{date} + time_of_day;
}

/// Sun, 06 Nov 1994 08:49:37 GMT
std::optional<sys_seconds> read_fixed_date(std::string_view value) {
  piecewise read{value};
  read.skip_to(", ");
  const int day = read.number(2);
  read.skip(" ");
  const unsigned month = read.month();
  read.skip(" ");
  const int year = read.number(4);
  read.skip(" ");
  const seconds time = read.time_of_day();
  read.skip(" GMT");
  return moment(read, year, month, day, time);
}

/// Sunday, 06-Nov-94 08:49:37 GMT, in the century that makes it the least far from now.
std::optional<sys_seconds> read_old_date(std::string_view value, sys_seconds now) {
  piecewise read{value};
  read.skip_to(", ");
  const int day = read.number(2);
  read.skip("-");
  const unsigned month = read.month();
  read.skip("-");
  const int short_year = read.number(2);
  read.skip(" ");
  const seconds time = read.time_of_day();
  read.skip(" GMT");
  const std::chrono::year_month_day today{std::chrono::floor<std::chrono::days>(now)};
  const int this_year = static_cast<int>(today.year());
  int year = this_year - this_year % 100 + short_year;
  if (year > this_year + 50) year -= 100;
  return moment(read, year, month, day, time);
}

/// Sun Nov  6 08:49:37 1994
std::optional<sys_seconds> read_asctime(std::string_view value) {
  piecewise read{value};
  read.skip_to(" ");
  const unsigned month = read.month();
  read.skip(" ");
  const int day = read.day();
  read.skip(" ");
  const seconds time = read.time_of_day();
  read.skip(" ");
  const int year = read.number(4);
  return moment(read, year, month, day, time);
}

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

}  // namespace

std::optional<seconds> read_retry_after(std::string_view value, sys_seconds now) {
  if (!value.empty() && std::ranges::all_of(value, is_digit)) {
    std::int64_t count = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), count);
    if (read.ec == std::errc::result_out_of_range) return longest_wait;
    return std::min(seconds{count}, longest_wait);
  }
  std::optional<sys_seconds> until = read_fixed_date(value);
  if (!until) until = read_old_date(value, now);
  if (!until) until = read_asctime(value);
  if (!until) return std::nullopt;
  return std::clamp(*until - now, seconds{0}, longest_wait);
}

}  // namespace genstage::inline v0::http
