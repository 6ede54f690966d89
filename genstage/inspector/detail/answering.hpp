#pragma once

#include <cstdint>
#include <deque>
#include <genstage/http/server.hpp>
#include <genstage/inspector/recording_json.hpp>
#include <genstage/observe/snapshot.hpp>
#include <genstage/stage/stage.hpp>
#include <memory>
#include <optional>
#include <span>
#include <utility>

// How requests for data are answered: routed by one stage, answered by others. No interface.
namespace genstage::inline v0::detail {

/// One request that has passed the door.
struct inspection {
  http::server_request request;
  http::responder answer;
};
/// Shared, since a message is copied where it is made; one stage at a time has it.
using inspection_ptr = std::shared_ptr<inspection>;

/// The door gives it the requests; it routes them to whoever is free.
class inspector_requests final : public producer<inspection_ptr> {
 public:
  /// So many wait at most; one more is answered 503.
  static constexpr std::size_t most_waiting = 64;

  void handle_demand(demand asked, output<inspection_ptr>& out) override;
  void handle_cast(inspection_ptr arrived, output<inspection_ptr>& out);

 private:
  void route(output<inspection_ptr>& out);

  std::deque<inspection_ptr> waiting_;
  demand owed_;
};

/// Answers one request at a time.
class inspector_answers final : public async_consumer<inspection_ptr> {
 public:
  explicit inspector_answers(std::shared_ptr<const shown_recording> recording)
      : recording_{std::move(recording)} {}
  task<> handle_events(std::span<inspection_ptr> arrived) override;

 private:
  task<> answer(inspection& asked);
  task<> answer_snapshot(inspection& asked);
  static void answer_records(inspection& asked);
  static void answer_conversation(inspection& asked);
  task<> answer_hops(inspection& asked);
  void answer_recording(inspection& asked) const;
  static task<> open_stream(inspection& asked);

  std::shared_ptr<const shown_recording> recording_;
  /// What busy shares and some findings are told from.
  std::optional<snapshot> before_;
};

inline constexpr name<inspector_requests> requests_name{"inspector/requests"};
inline constexpr name<inspector_answers> answers_name{"inspector/answers"};

/// Answers with a document that nobody keeps.
void reply_json(http::responder& to, unsigned status, std::string body,
                http::http_headers headers = {});
/// `{"error":{"message":..}}`
[[nodiscard]] std::string error_json(std::string_view message);

}  // namespace genstage::inline v0::detail
