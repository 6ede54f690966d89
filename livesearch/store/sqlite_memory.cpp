#include "livesearch/store/sqlite_memory.hpp"

#include <fmt/format.h>

#include <utility>

#include "livesearch/store/hit_text.hpp"

namespace livesearch {

namespace {

using genstage::result;

constexpr std::int64_t schema_version = 1;

constexpr const char* schema = R"(
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS answer (
  site TEXT NOT NULL, query TEXT NOT NULL, given INTEGER NOT NULL, expires INTEGER NOT NULL,
  hits BLOB NOT NULL, PRIMARY KEY (site, query)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS answer_expires ON answer (expires);
CREATE TABLE IF NOT EXISTS lane (
  site TEXT PRIMARY KEY, breaker_level INTEGER, failures INTEGER, probe_at INTEGER,
  limited_until INTEGER, with_results REAL, answers REAL, empty_in_a_row INTEGER,
  spent_since INTEGER, spent INTEGER) WITHOUT ROWID;
PRAGMA user_version = 1;
COMMIT;
)";

std::int64_t number(wall_time time) {
  return time.time_since_epoch().count();
}

wall_time time_of(std::int64_t number) {
  return wall_time{std::chrono::milliseconds{number}};
}

void bind(statement& to, int place, const std::optional<wall_time>& time) {
  time ? to.bind(place, number(*time)) : to.bind_nothing(place);
}

std::optional<wall_time> time_in(const statement& row, int column) {
  return row.is_nothing(column) ? std::nullopt : std::optional{time_of(row.whole(column))};
}

lane_condition condition_in(const statement& row) {
  return {.breaker_level = static_cast<std::uint32_t>(row.whole(1)),
          .failures = static_cast<std::uint32_t>(row.whole(2)),
          .probe_at = time_in(row, 3),
          .limited_until = time_in(row, 4),
          .with_results = row.decimal(5),
          .answers = row.decimal(6),
          .empty_in_a_row = static_cast<std::uint32_t>(row.whole(7)),
          .spent_since = time_of(row.whole(8)),
          .spent = static_cast<std::uint64_t>(row.whole(9))};
}

result<std::unique_ptr<statement>> prepared(database& from, std::string_view sql) {
  auto made = from.prepare(sql);
  if (!made) return std::unexpected{std::move(made.error())};
  return std::make_unique<statement>(std::move(*made));
}

}  // namespace

result<std::unique_ptr<sqlite_memory>> sqlite_memory::open(const std::filesystem::path& file) {
  auto opened = database::open(file);
  if (!opened) return std::unexpected{std::move(opened.error())};
  std::unique_ptr<sqlite_memory> made{new sqlite_memory{std::move(*opened)}};
  if (auto ready = made->prepare(); !ready) return std::unexpected{std::move(ready.error())};
  made->thread_ = std::thread{[memory = made.get()] { memory->run(); }};
  return made;
}

sqlite_memory::~sqlite_memory() {
  if (!thread_.joinable()) return;
  {
    const std::scoped_lock lock{mutex_};
    is_closing_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

result<void> sqlite_memory::prepare() {
  auto version = database_.prepare("PRAGMA user_version");
  if (!version) return std::unexpected{std::move(version.error())};
  const auto row = version->step();
  if (!row) return std::unexpected{row.error()};
  const std::int64_t made_by = version->whole(0);
  version->reset();
  if (made_by != 0 && made_by != schema_version) {
    return genstage::fail(
        genstage::errc::unavailable,
        fmt::format("store: its version is {}, {} is needed; not used", made_by, schema_version));
  }
  if (auto made = database_.execute(schema); !made) return made;
  auto all = database_.prepare("SELECT * FROM lane");
  if (!all) return std::unexpected{std::move(all.error())};
  for (;;) {
    const auto next = all->step();
    if (!next) return std::unexpected{next.error()};
    if (!*next) break;
    known_.emplace(all->text(0), condition_in(*all));
  }
  auto find =
      prepared(database_, "SELECT given, hits FROM answer WHERE site=? AND query=? AND expires>?");
  auto keep = prepared(database_, "INSERT OR REPLACE INTO answer VALUES (?,?,?,?,?)");
  auto note = prepared(database_, "INSERT OR REPLACE INTO lane VALUES (?,?,?,?,?,?,?,?,?,?)");
  for (auto* const each : {&find, &keep, &note}) {
    if (!*each) return std::unexpected{std::move(each->error())};
  }
  find_answer_ = std::move(*find);
  keep_answer_ = std::move(*keep);
  note_condition_ = std::move(*note);
  return {};
}

void sqlite_memory::find(const std::string& site, const std::string& query, wall_time now,
                         receiver tell) {
  {
    const std::scoped_lock lock{mutex_};
    if (waiting_.look_ups.size() < most_waiting && !is_closing_) {
      waiting_.look_ups.push_back({site, query, now, std::exchange(tell, nullptr)});
    }
  }
  if (tell) return tell(std::nullopt);
  changed_.notify_all();
}

void sqlite_memory::keep(const std::string& site, const std::string& query, kept_answer answer,
                         wall_time expires) {
  {
    const std::scoped_lock lock{mutex_};
    if (waiting_.answers.size() >= most_waiting) return;
    waiting_.answers.push_back({site, query, std::move(answer), expires});
    ++handed_over_;
  }
  changed_.notify_all();
}

std::optional<lane_condition> sqlite_memory::recall(const std::string& site) {
  const std::scoped_lock lock{mutex_};
  const auto known = known_.find(site);
  return known == known_.end() ? std::nullopt : std::optional{known->second};
}

void sqlite_memory::note(const std::string& site, const lane_condition& condition) {
  {
    const std::scoped_lock lock{mutex_};
    waiting_.conditions.insert_or_assign(site, condition);
    known_.insert_or_assign(site, condition);
    ++handed_over_;
  }
  changed_.notify_all();
}

result<void> sqlite_memory::commit() {
  std::unique_lock lock{mutex_};
  const std::uint64_t wanted = handed_over_;
  changed_.wait(lock, [&] { return done_ >= wanted; });
  return last_;
}

void sqlite_memory::run() {
  for (;;) {
    work taken;
    std::uint64_t upto = 0;
    {
      std::unique_lock lock{mutex_};
      changed_.wait(lock, [this] { return is_closing_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      taken = std::exchange(waiting_, {});
      upto = handed_over_;
    }
    // Somebody waits for these; nobody waits for what is written.
    for (look_up& each : taken.look_ups) look(each);
    result<void> written;
    if (!taken.answers.empty() || !taken.conditions.empty()) written = write(taken);
    {
      const std::scoped_lock lock{mutex_};
      done_ = upto;
      last_ = std::move(written);
    }
    changed_.notify_all();
  }
}

void sqlite_memory::look(look_up& asked) {
  std::optional<kept_answer> found;
  find_answer_->bind(1, asked.site).bind(2, asked.query).bind(3, number(asked.now));
  if (const auto row = find_answer_->step(); row && *row) {
    if (auto hits = read_hits(find_answer_->text(1))) {
      found = {std::move(*hits), time_of(find_answer_->whole(0))};
    }
  }
  find_answer_->reset();
  asked.tell(std::move(found));
}

result<void> sqlite_memory::write(const work& taken) {
  if (auto begun = database_.execute("BEGIN IMMEDIATE"); !begun) return begun;
  result<void> done;
  for (const answer_to_keep& each : taken.answers) {
    if (done) done = write_answer(each);
  }
  for (const auto& [site, known] : taken.conditions) {
    if (done) done = write_condition(site, known);
  }
  kept_since_clearing_ += taken.answers.size();
  if (done && kept_since_clearing_ >= 100) done = make_room(taken.answers.back().answer.at);
  if (done) done = database_.execute("COMMIT");
  if (!done) (void)database_.execute("ROLLBACK");
  return done;
}

result<void> sqlite_memory::write_answer(const answer_to_keep& each) {
  return keep_answer_->bind(1, each.site)
      .bind(2, each.query)
      .bind(3, number(each.answer.at))
      .bind(4, number(each.expires))
      .bind(5, write_hits(each.answer.hits))
      .run();
}

result<void> sqlite_memory::write_condition(const std::string& site, const lane_condition& known) {
  note_condition_->bind(1, site)
      .bind(2, static_cast<std::int64_t>(known.breaker_level))
      .bind(3, static_cast<std::int64_t>(known.failures));
  bind(*note_condition_, 4, known.probe_at);
  bind(*note_condition_, 5, known.limited_until);
  return note_condition_->bind(6, known.with_results)
      .bind(7, known.answers)
      .bind(8, static_cast<std::int64_t>(known.empty_in_a_row))
      .bind(9, number(known.spent_since))
      .bind(10, static_cast<std::int64_t>(known.spent))
      .run();
}

/// Now and then: what has expired goes, and what would expire first if there is still too much.
result<void> sqlite_memory::make_room(wall_time now) {
  kept_since_clearing_ = 0;
  return database_.execute(fmt::format(
      "DELETE FROM answer WHERE expires <= {}; DELETE FROM answer WHERE (site, query) IN (SELECT "
      "site, query FROM answer ORDER BY expires DESC LIMIT -1 OFFSET {});",
      number(now), most_answers));
}

}  // namespace livesearch
