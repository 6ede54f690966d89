#include "bench/old_architecture/redis.hpp"

#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <sys/time.h>

#include <optional>
#include <utility>

namespace old_architecture {

using genstage::errc;

namespace {

struct reply_closer {
  void operator()(redisReply* reply) const noexcept { freeReplyObject(reply); }
};
using raw_reply = std::unique_ptr<redisReply, reply_closer>;

redis_reply to_value(const redisReply& raw) {
  using kind = redis_reply::kind;
  switch (raw.type) {
    case REDIS_REPLY_INTEGER:
      return {.is = kind::number, .number = raw.integer};
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_ERROR:
      return {.is = kind::text, .text = std::string{raw.str, raw.len}};
    case REDIS_REPLY_ARRAY: {
      redis_reply list{.is = kind::list};
      for (const redisReply* each : std::span{raw.element, raw.elements}) {
        list.items.push_back(to_value(*each));
      }
      return list;
    }
    default:
      return {};
  }
}

timeval to_timeval(std::chrono::milliseconds span) {
  return {.tv_sec = span.count() / 1000, .tv_usec = span.count() % 1000 * 1000};
}

}  // namespace

void redis::closer::operator()(redisContext* connection) const noexcept {
  redisFree(connection);
}

redis::redis(std::uint16_t port, std::chrono::milliseconds limit) : port_{port}, limit_{limit} {}

genstage::result<void> redis::connect() {
  if (connection_) return {};
  connection_.reset(redisConnectWithTimeout("127.0.0.1", port_, to_timeval(limit_)));
  if (!connection_ || connection_->err != 0) return lost();
  if (redisSetTimeout(connection_.get(), to_timeval(limit_)) != REDIS_OK) return lost();
  return {};
}

std::unexpected<genstage::error> redis::lost() {
  const std::string why = connection_ ? connection_->errstr : "no memory";
  connection_.reset();
  return genstage::fail(errc::unavailable,
                        fmt::format("redis: no connection to 127.0.0.1:{} ({}), a running server "
                                    "is needed; gave up",
                                    port_, why));
}

genstage::result<redis_reply> redis::read_one() {
  void* read = nullptr;
  if (redisGetReply(connection_.get(), &read) != REDIS_OK) return lost();
  const raw_reply raw{static_cast<redisReply*>(read)};
  redis_reply value = to_value(*raw);
  if (raw->type != REDIS_REPLY_ERROR) return value;
  return genstage::fail(errc::bad_answer,
                        fmt::format("redis: it refused a command ({}); not done", value.text));
}

genstage::result<redis_reply> redis::run(const redis_command& command) {
  auto replies = run_all({&command, 1});
  if (!replies) return std::unexpected{std::move(replies.error())};
  return std::move(replies->front());
}

genstage::result<std::vector<redis_reply>> redis::run_all(std::span<const redis_command> commands) {
  if (auto connected = connect(); !connected) return std::unexpected{std::move(connected.error())};
  for (const redis_command& command : commands) {
    std::vector<const char*> words;
    std::vector<std::size_t> lengths;
    for (const std::string& each : command) {
      words.push_back(each.data());
      lengths.push_back(each.size());
    }
    if (redisAppendCommandArgv(connection_.get(), static_cast<int>(words.size()), words.data(),
                               lengths.data()) != REDIS_OK) {
      return lost();
    }
  }
  std::vector<redis_reply> replies;
  std::optional<genstage::error> refused;
  // All are read even if one was refused: the next command must not get an answer of these.
  while (replies.size() < commands.size()) {
    auto reply = read_one();
    if (!reply && reply.error().code == errc::unavailable) {
      return std::unexpected{std::move(reply.error())};
    }
    if (!reply && !refused) refused = std::move(reply.error());
    replies.push_back(reply ? std::move(*reply) : redis_reply{});
  }
  if (refused) return std::unexpected{std::move(*refused)};
  return replies;
}

}  // namespace old_architecture
