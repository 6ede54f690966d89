#pragma once

#include <cstdint>
#include <filesystem>
#include <genstage/core/error.hpp>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace livesearch {

/// One prepared statement of a database; its values are given and read by position from 1 and 0.
class statement {
 public:
  statement& bind(int place, std::int64_t value);
  statement& bind(int place, double value);
  statement& bind(int place, std::string_view value);
  statement& bind_nothing(int place);

  /// Runs to the next row. True if there is one.
  /// Failure: unavailable; the statement is ready to be used again.
  [[nodiscard]] genstage::result<bool> step();
  /// Runs to the end and is ready to be used again.
  [[nodiscard]] genstage::result<void> run();
  /// Makes it ready to be used again.
  void reset();

  [[nodiscard]] std::int64_t whole(int column) const;
  [[nodiscard]] double decimal(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] bool is_nothing(int column) const;

 private:
  friend class database;
  struct finish {
    void operator()(sqlite3_stmt* prepared) const noexcept;
  };
  explicit statement(sqlite3_stmt* prepared) : prepared_{prepared} {}

  std::unique_ptr<sqlite3_stmt, finish> prepared_;
};

/// One connection to a SQLite file, in the write-ahead mode: others may read while one writes, and
/// what was committed survives the end of the program, however sudden. An end of the machine may
/// cost the last commits and never the file.
///
/// Threads: one at a time. Source: sqlite.org/wal.html, synchronous=NORMAL.
class database {
 public:
  /// Opens or creates a file, and its folder.
  /// Failure: unavailable, with the reason.
  [[nodiscard]] static genstage::result<database> open(const std::filesystem::path& file);

  [[nodiscard]] genstage::result<void> execute(const std::string& sql);
  [[nodiscard]] genstage::result<statement> prepare(std::string_view sql);

 private:
  struct close {
    void operator()(sqlite3* connection) const noexcept;
  };
  explicit database(sqlite3* connection) : connection_{connection} {}

  std::unique_ptr<sqlite3, close> connection_;
};

}  // namespace livesearch
