#pragma once

#include <termios.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace genstage::inline v0::top {

/// The terminal while it shows a table that is drawn again and again: keys come one by one, and
/// what was on the screen before is there again afterwards.
class terminal {
 public:
  terminal();
  ~terminal();
  terminal(const terminal&) = delete;
  terminal& operator=(const terminal&) = delete;

  /// Whether input and output are a person's.
  [[nodiscard]] static bool is_there() noexcept;

  struct size {
    std::size_t width;
    std::size_t height;
  };
  [[nodiscard]] static size measure() noexcept;

  /// Shows the text in place of what is there.
  void show(std::string_view text) const;
  /// The next key, or none within the time given. The end of the input is the key 'q'.
  [[nodiscard]] std::optional<char> key_within(std::chrono::milliseconds limit) const;

 private:
  termios before_{};
};

}  // namespace genstage::inline v0::top
