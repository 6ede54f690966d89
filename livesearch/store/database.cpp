#include "livesearch/store/database.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <utility>

namespace livesearch {

namespace {

std::unexpected<genstage::error> failure(sqlite3* connection) {
  const char* const file = sqlite3_db_filename(connection, "main");
  return genstage::fail(genstage::errc::unavailable,
                        fmt::format("store: {}: {}; not done", file != nullptr ? file : "?",
                                    sqlite3_errmsg(connection)));
}

}  // namespace

void statement::finish::operator()(sqlite3_stmt* prepared) const noexcept {
  sqlite3_finalize(prepared);
}

statement& statement::bind(int place, std::int64_t value) {
  sqlite3_bind_int64(prepared_.get(), place, value);
  return *this;
}

statement& statement::bind(int place, double value) {
  sqlite3_bind_double(prepared_.get(), place, value);
  return *this;
}

statement& statement::bind(int place, std::string_view value) {
  sqlite3_bind_blob64(prepared_.get(), place, value.data(), value.size(), SQLITE_TRANSIENT);
  return *this;
}

statement& statement::bind_nothing(int place) {
  sqlite3_bind_null(prepared_.get(), place);
  return *this;
}

genstage::result<bool> statement::step() {
  const int code = sqlite3_step(prepared_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  auto failed = failure(sqlite3_db_handle(prepared_.get()));
  reset();
  return failed;
}

genstage::result<void> statement::run() {
  for (;;) {
    const auto has_row = step();
    if (!has_row) return std::unexpected{has_row.error()};
    if (!*has_row) break;
  }
  reset();
  return {};
}

void statement::reset() {
  sqlite3_reset(prepared_.get());
  sqlite3_clear_bindings(prepared_.get());
}

std::int64_t statement::whole(int column) const {
  return sqlite3_column_int64(prepared_.get(), column);
}

double statement::decimal(int column) const {
  return sqlite3_column_double(prepared_.get(), column);
}

std::string statement::text(int column) const {
  const void* const bytes = sqlite3_column_blob(prepared_.get(), column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(prepared_.get(), column));
  return bytes == nullptr ? std::string{} : std::string{static_cast<const char*>(bytes), size};
}

bool statement::is_nothing(int column) const {
  return sqlite3_column_type(prepared_.get(), column) == SQLITE_NULL;
}

void database::close::operator()(sqlite3* connection) const noexcept {
  sqlite3_close(connection);
}

genstage::result<database> database::open(const std::filesystem::path& file) {
  std::error_code ignored;  // What matters is whether the file can be opened.
  std::filesystem::create_directories(file.parent_path(), ignored);
  sqlite3* connection = nullptr;
  const int code =
      sqlite3_open_v2(file.c_str(), &connection,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  database opened{connection};
  if (code != SQLITE_OK) {
    return genstage::fail(
        genstage::errc::unavailable,
        fmt::format("store: {}: {}; not opened", file.string(), sqlite3_errstr(code)));
  }
  sqlite3_busy_timeout(connection, 2000);
  auto mode = opened.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;");
  if (!mode) return std::unexpected{std::move(mode.error())};
  return opened;
}

genstage::result<void> database::execute(const std::string& sql) {
  if (sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) {
    return {};
  }
  return failure(connection_.get());
}

genstage::result<statement> database::prepare(std::string_view sql) {
  sqlite3_stmt* prepared = nullptr;
  const int code = sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
  if (code != SQLITE_OK) return failure(connection_.get());
  return statement{prepared};
}

}  // namespace livesearch
