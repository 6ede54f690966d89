#pragma once

#include <cstddef>
#include <cstdint>
#include <genstage/inspector/top/program_view.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace genstage::inline v0::top {

/// By what rows are in order, the most first; names alphabetically.
enum class sort_key : std::uint8_t { waiting, busy, events, mailbox, restarts, name };

/// The key of a letter ('w', 'b', 'e', 'm', 'r', 'n').
[[nodiscard]] std::optional<sort_key> sort_key_of(char letter) noexcept;
[[nodiscard]] std::optional<sort_key> sort_key_of(std::string_view word) noexcept;
[[nodiscard]] std::string_view to_string(sort_key key) noexcept;

enum class arrangement : std::uint8_t { sorted, tree };

/// What the lines are about: processes, or where the time of the events of subscriptions goes.
enum class table_content : std::uint8_t { processes, latencies };

struct table_options {
  table_content shows = table_content::processes;
  sort_key sort = sort_key::waiting;
  arrangement arranged = arrangement::sorted;
  bool with_inspector = false;  ///< its own processes as well
  std::size_t width = 100;      ///< columns; longer lines are cut
  std::size_t height = 0;       ///< lines; 0 for no bound
};

/// The program as lines of text: what is found wrong, and one line for each process, or for each
/// subscription whose latencies are measured: the slowest first, unless sorted by name.
///
/// A pure function; `before` is an earlier view, from which rates are told.
[[nodiscard]] std::string write_table(const program_view& now, const program_view* before,
                                      const table_options& options);

}  // namespace genstage::inline v0::top
