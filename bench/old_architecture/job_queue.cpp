#include "bench/old_architecture/job_queue.hpp"

#include <fmt/format.h>

#include <charconv>
#include <utility>

namespace old_architecture {

namespace {

using genstage::result;

/// For how long a search's answers can be polled.
constexpr std::string_view kept_s = "600";

// Redis runs a script in one step. A worker that was taken for dead no longer has its job in
// `processing`, and then ends nothing: somebody else does the job again. The job is named by its
// text, since the list may by then hold another one, of a new worker of this number.
constexpr const char* finish_script = R"(
if redis.call('LREM', KEYS[1], 1, ARGV[1]) == 0 then return 0 end
redis.call('RPUSH', KEYS[2], ARGV[2])
redis.call('EXPIRE', KEYS[2], ARGV[3])
return 1)";
constexpr const char* retry_script = R"(
if redis.call('LREM', KEYS[1], 1, ARGV[1]) == 0 then return 0 end
return redis.call('ZADD', KEYS[2], ARGV[2], ARGV[3]))";
constexpr const char* drop_script = R"(
if redis.call('LREM', KEYS[1], 1, ARGV[1]) == 0 then return 0 end
return redis.call('INCR', KEYS[2]))";
// A thousand a round, so that a great many retries hold nobody up.
constexpr const char* move_due_script = R"(
local due = redis.call('ZRANGE', KEYS[1], '-inf', ARGV[1], 'BYSCORE', 'LIMIT', 0, 1000)
for _, job in ipairs(due) do
  redis.call('ZREM', KEYS[1], job)
  redis.call('LPUSH', KEYS[2], job)
end
return #due)";

std::string processing(int worker) {
  return fmt::format("processing:{}", worker);
}
std::string results(const std::string& search) {
  return fmt::format("results:{}", search);
}
std::string expected(const std::string& search) {
  return fmt::format("search:{}", search);
}
std::string milliseconds(wall_time at) {
  return fmt::format("{}", at.time_since_epoch().count());
}

template <class Number>
Number number_of(std::string_view text) {
  Number value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

result<void> nothing(result<redis_reply> reply) {
  if (!reply) return std::unexpected{std::move(reply.error())};
  return {};
}

std::size_t count(const redis_reply& reply) {
  return static_cast<std::size_t>(reply.number);
}

redis_command push_command(std::span<const job> jobs) {
  redis_command command{"LPUSH", "queue"};
  for (const job& each : jobs) command.push_back(to_text(each));
  return command;
}

}  // namespace

result<std::string> job_queue::begin_search(const std::string& query,
                                            std::span<const std::string> sites, wall_time now) {
  const auto made = store_.run({"INCR", "searches"});
  if (!made) return std::unexpected{made.error()};
  std::string id = fmt::format("{}", made->number);
  std::vector<job> jobs;
  for (const std::string& site : sites) jobs.push_back({id, site, query, now});
  std::vector<redis_command> commands{
      {"SET", expected(id), fmt::format("{}", sites.size()), "EX", std::string{kept_s}}};
  if (!jobs.empty()) commands.push_back(push_command(jobs));
  const auto pushed = store_.run_all(commands);
  if (!pushed) return std::unexpected{pushed.error()};
  return id;
}

result<void> job_queue::push(std::span<const job> jobs) {
  return jobs.empty() ? result<void>{} : nothing(store_.run(push_command(jobs)));
}

result<std::optional<search_progress>> job_queue::answers(const std::string& search,
                                                          std::size_t after) {
  const redis_command commands[] = {{"GET", expected(search)},
                                    {"LLEN", results(search)},
                                    {"LRANGE", results(search), fmt::format("{}", after), "-1"}};
  auto replies = store_.run_all(commands);
  if (!replies) return std::unexpected{std::move(replies.error())};
  const redis_reply& known = replies->at(0);
  if (known.is == redis_reply::kind::nothing) return std::nullopt;
  search_progress progress{.expected = number_of<std::size_t>(known.text),
                           .there = count(replies->at(1))};
  for (redis_reply& each : replies->at(2).items) progress.answers.push_back(std::move(each.text));
  return progress;
}

result<std::optional<job>> job_queue::take(int worker, std::chrono::milliseconds wait) {
  const auto seconds = std::chrono::duration<double>{wait}.count();
  const auto moved = store_.run(
      {"BLMOVE", "queue", processing(worker), "RIGHT", "LEFT", fmt::format("{:.3f}", seconds)});
  if (!moved) return std::unexpected{moved.error()};
  if (moved->is == redis_reply::kind::nothing) return std::nullopt;
  auto read = read_job(moved->text);
  if (!read) {
    const auto dropped = drop(worker, moved->text);
    if (!dropped) return std::unexpected{dropped.error()};
    return std::unexpected{std::move(read.error())};
  }
  return std::move(*read);
}

result<void> job_queue::finish(int worker, const job& taken, const std::string& answer) {
  return nothing(store_.run({"EVAL", finish_script, "2", processing(worker), results(taken.search),
                             to_text(taken), answer, std::string{kept_s}}));
}

result<void> job_queue::retry(int worker, const job& taken, wall_time due) {
  job next = taken;
  ++next.attempt;
  return nothing(store_.run({"EVAL", retry_script, "2", processing(worker), "retry", to_text(taken),
                             milliseconds(due), to_text(next)}));
}

result<void> job_queue::drop(int worker, const std::string& taken) {
  return nothing(store_.run({"EVAL", drop_script, "2", processing(worker), "dropped", taken}));
}

result<void> job_queue::requeue(int worker) {
  // A worker holds one job at most, but a list is emptied whatever it holds.
  for (;;) {
    const auto moved = store_.run({"LMOVE", processing(worker), "queue", "LEFT", "RIGHT"});
    if (!moved) return std::unexpected{moved.error()};
    if (moved->is == redis_reply::kind::nothing) return {};
  }
}

result<std::size_t> job_queue::move_due(wall_time now) {
  const auto moved =
      store_.run({"EVAL", move_due_script, "2", "retry", "queue", milliseconds(now)});
  if (!moved) return std::unexpected{moved.error()};
  return count(*moved);
}

result<void> job_queue::enlist(int worker) {
  return nothing(store_.run({"SADD", "workers", fmt::format("{}", worker)}));
}

result<void> job_queue::dismiss(int worker) {
  return nothing(store_.run({"SREM", "workers", fmt::format("{}", worker)}));
}

result<std::vector<int>> job_queue::enlisted() {
  const auto listed = store_.run({"SMEMBERS", "workers"});
  if (!listed) return std::unexpected{listed.error()};
  std::vector<int> workers;
  for (const redis_reply& each : listed->items) workers.push_back(number_of<int>(each.text));
  return workers;
}

result<queue_state> job_queue::state(wall_time now) {
  const auto workers = enlisted();
  if (!workers) return std::unexpected{workers.error()};
  std::vector<redis_command> commands{
      {"LLEN", "queue"}, {"LINDEX", "queue", "-1"}, {"ZCARD", "retry"}};
  for (const int worker : *workers) commands.push_back({"LLEN", processing(worker)});
  const auto replies = store_.run_all(commands);
  if (!replies) return std::unexpected{replies.error()};
  queue_state state{.waiting = count(replies->at(0)), .retrying = count(replies->at(2))};
  if (replies->at(1).is == redis_reply::kind::text) {
    if (const auto next = read_job(replies->at(1).text)) state.oldest = now - next->enqueued;
  }
  for (const redis_reply& each : std::span{*replies}.subspan(3)) state.running += count(each);
  return state;
}

}  // namespace old_architecture
