#pragma once

#include <cstdint>
#include <genstage/core/instant.hpp>
#include <genstage/record/record.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace genstage::inline v0 {

enum class speaker : std::uint8_t { consumer, producer };

/// One sentence of a demand conversation.
struct spoken_line {
  std::uint64_t order = 0;  ///< Of the record that it tells.
  speaker who{};
  std::string text{};
  bool is_later = false;  ///< Time has passed since the line before.

  friend bool operator==(const spoken_line&, const spoken_line&) = default;
};

/// `Consumer: "I can process 100 events"`.
[[nodiscard]] std::string to_string(const spoken_line& line);

/// Tells the asks and deliveries of one subscription as people would say them.
///
/// A pure value. It hears the records in their order, and need not hear the first ones.
///
/// - the first ask of n: "I can process n events"
/// - a later ask of n: "I can process n more"
/// - a delivery smaller than what is outstanding: "For now, take all the d events I have"
/// - one that completes an ask begun earlier: "Here are the other d events"
/// - one that fulfils an ask at once: "Here are d events"
///
/// Source: the slides of "A story about GenStage".
class conversation {
 public:
  /// A line is later than the one before if at least `pause` lies between them. Without one, only
  /// `time_passed` says so.
  explicit conversation(std::optional<duration> pause = {}) noexcept : pause_{pause} {}

  /// No value for a record that is neither ask nor delivery.
  std::optional<spoken_line> hear(const record& next);
  /// What comes next is later.
  void time_passed() noexcept { is_later_ = true; }

 private:
  std::string asked(std::uint64_t count);
  std::string delivered(std::uint64_t count);

  std::optional<duration> pause_;
  std::optional<std::uint64_t> last_;
  bool is_later_ = false;
  std::uint64_t outstanding_ = 0;
  bool has_asked_ = false;
  bool is_begun_ = false;  ///< What is outstanding has been delivered in part.
};

/// The lines of a subscription, among records of all.
[[nodiscard]] std::vector<spoken_line> conversation_of(std::uint64_t subscription,
                                                       std::span<const record> records,
                                                       std::optional<duration> pause = {});

}  // namespace genstage::inline v0
