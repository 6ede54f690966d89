#include "genstage/inspector/top/terminal.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace genstage::inline v0::top {

namespace {

// Source: ECMA-48, and xterm's control sequences for the other screen.
constexpr std::string_view enter = "\x1b[?1049h\x1b[?25l";
constexpr std::string_view leave = "\x1b[?25h\x1b[?1049l";
constexpr std::string_view home = "\x1b[H";
constexpr std::string_view clear_line = "\x1b[K";
constexpr std::string_view clear_below = "\x1b[J";

void write(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

}  // namespace

terminal::terminal() {
  ::tcgetattr(STDIN_FILENO, &before_);
  termios raw = before_;
  // Without signals of the keyboard: what they ask for is a key here, so that the screen is left.
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ISIG);
  ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  write(enter);
}

terminal::~terminal() {
  write(leave);
  ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
}

bool terminal::is_there() noexcept {
  return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
}

terminal::size terminal::measure() noexcept {
  winsize seen{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &seen) != 0 || seen.ws_col == 0) return {100, 30};
  return {seen.ws_col, seen.ws_row};
}

void terminal::show(std::string_view text) const {
  std::string drawn{home};
  for (const char each : text) {
    if (each == '\n') drawn += clear_line;
    drawn += each;
  }
  drawn += clear_below;
  write(drawn);
}

std::optional<char> terminal::key_within(std::chrono::milliseconds limit) const {
  pollfd keys{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
  if (::poll(&keys, 1, static_cast<int>(limit.count())) <= 0) return std::nullopt;
  char key = 0;
  return ::read(STDIN_FILENO, &key, 1) == 1 ? key : 'q';
}

}  // namespace genstage::inline v0::top
