#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "livesearch/site/definition_error.hpp"
#include "livesearch/site/syntax/yaml_tree.hpp"

namespace livesearch {

/// Collects the mistakes of one file, the first `most_mistakes` of them.
class mistake_list {
 public:
  static constexpr std::size_t most_mistakes = 100;

  explicit mistake_list(std::string_view file) : file_{file} {}

  void add(yaml_place place, std::string key, std::string message);

  /// In the order of the lines.
  [[nodiscard]] std::vector<definition_error> take();

  [[nodiscard]] std::size_t count() const noexcept { return count_; }

 private:
  std::string file_;
  std::vector<definition_error> errors_;
  std::size_t count_ = 0;
};

/// The keys of one map of a site file, read one by one.
///
/// Every mistake goes to the list, and reading goes on with what `read_` returns for a key that is
/// not there: nothing. Keys that are not allowed and keys that repeat are reported at construction.
class yaml_section {
 public:
  /// `path` is the section's own key, empty for the whole file.
  yaml_section(const yaml_node& node, std::string path, mistake_list& mistakes,
               std::span<const std::string_view> allowed);
  yaml_section(const yaml_node& node, std::string path, mistake_list& mistakes,
               std::initializer_list<std::string_view> allowed)
      : yaml_section{node, std::move(path), mistakes, std::span{allowed.begin(), allowed.size()}} {}

  /// The value of a key; nothing if it is not there.
  [[nodiscard]] const yaml_node* find(std::string_view key) const noexcept;

  /// Reports a key as missing unless it is there.
  void require(std::string_view key, std::string_view what) const;

  /// A mistake at a key's value, or at the section if the key is not there.
  void report(std::string_view key, std::string message) const;

  /// A mistake at the name of an entry in a key's map.
  void report_child(std::string_view key, const yaml_node& child, std::string message) const;

  [[nodiscard]] std::string path_of(std::string_view key) const;

  /// Text of 1 to `most_bytes` bytes.
  [[nodiscard]] std::optional<std::string> read_text(std::string_view key,
                                                     std::size_t most_bytes) const;

  [[nodiscard]] std::optional<bool> read_bool(std::string_view key) const;

  [[nodiscard]] std::optional<std::uint64_t> read_whole(std::string_view key, std::uint64_t least,
                                                        std::uint64_t most) const;

  [[nodiscard]] std::optional<double> read_decimal(std::string_view key, double least,
                                                   double most) const;

  [[nodiscard]] std::optional<std::chrono::milliseconds> read_duration(
      std::string_view key, std::chrono::milliseconds least, std::chrono::milliseconds most) const;

  /// In bytes, written with the unit KiB or MiB.
  [[nodiscard]] std::optional<std::uint64_t> read_size(std::string_view key, std::uint64_t least,
                                                       std::uint64_t most) const;

  template <class Value>
  struct choice {
    std::string_view word;
    Value value;
  };

  template <class Value>
  [[nodiscard]] std::optional<Value> read_choice(
      std::string_view key, std::initializer_list<choice<Value>> choices) const {
    const auto word = read_text(key, 100);
    if (!word) return std::nullopt;
    std::vector<std::string_view> words;
    for (const auto& each : choices) {
      if (each.word == *word) return each.value;
      words.push_back(each.word);
    }
    report_unknown_word(key, *word, words);
    return std::nullopt;
  }

 private:
  void report_unknown_word(std::string_view key, std::string_view word,
                           std::span<const std::string_view> allowed) const;

  const yaml_node* node_;
  std::string path_;
  mistake_list* mistakes_;
};

/// `a map`, `a list`, `a text` or `nothing`, for messages.
[[nodiscard]] std::string_view words_for(yaml_kind kind) noexcept;

/// `a`, `a and b`, `a, b and c`.
[[nodiscard]] std::string joined_with_and(std::span<const std::string_view> words);

/// The word that `typed` may have been meant to be; empty if none is near.
[[nodiscard]] std::string_view nearest_word(std::string_view typed,
                                            std::span<const std::string_view> words);

}  // namespace livesearch
