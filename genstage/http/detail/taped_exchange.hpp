#pragma once

#include <genstage/http/detail/recipient.hpp>
#include <genstage/http/server.hpp>
#include <genstage/replay/port_log.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace genstage::inline v0::http::detail {

/// An exchange of a program that is recorded, or had again: what the world outside does to it is
/// read from the log, or comes through it, and so does not depend on the connection's moment.
///
/// Threads: any. The log's lock, which a happening of the program holds, may be taken before
/// `mutex_` and never after it, so nothing comes through the log and no callback runs under it.
class taped_exchange final : public recipient {
 public:
  explicit taped_exchange(port_log& log) : log_{log} {}

  /// In a run that is recorded: whom the client hears.
  void connect(responder to);
  /// In one that is had again: what is told of it, with what the program answers.
  void keep(server_request request) { request_ = std::move(request); }

  /// The client has taken something after it was slow. Happens to the program from outside.
  void drained();
  /// The exchange is over. Happens to the program from outside.
  void end(exchange_end how, const std::function<void(const replayed_answer&)>& tell);

  void respond(http_reply reply) override;
  void begin_stream(http_reply head) override;
  [[nodiscard]] stream_write write(std::string&& chunk) override;
  void finish() override;
  void abandon() override;
  [[nodiscard]] std::size_t pending_bytes() const noexcept override;
  void on_drained(std::move_only_function<void()> callback) override;
  void on_closed(std::move_only_function<void(exchange_end)> callback) override;

  /// Set once, before the first answer: calls `drained` as something that happens.
  std::function<void()> when_drained{};

 private:
  [[nodiscard]] answer_digest digest_in_recording(const answer_digest& now) const;

  port_log& log_;
  std::optional<server_request> request_;

  mutable std::mutex mutex_;  // Guards what follows.
  std::optional<responder> to_;
  response_stream stream_;
  answer_digest given_;
  std::string content_type_;
  std::string body_;  ///< Only in a run that is had again.
  std::optional<exchange_end> ended_how_;
  std::shared_ptr<std::move_only_function<void()>> on_drained_;
  std::move_only_function<void(exchange_end)> on_closed_;
};

/// What comes next of a body.
void add(answer_digest& to, std::string_view bytes);

}  // namespace genstage::inline v0::http::detail
