#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <genstage/http/loopback_socket.hpp>
#include <genstage/http/server.hpp>
#include <genstage/io/reactor.hpp>
#include <genstage/process/request.hpp>
#include <genstage/process/server.hpp>
#include <genstage/replay/schedule_player.hpp>
#include <genstage/replay/schedule_recorder.hpp>
#include <genstage/task/sync_wait.hpp>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

// A program that answers over HTTP what nobody can foresee, had again without its clients.
namespace genstage::http {
namespace {

using namespace std::chrono_literals;

constexpr int chunks = 200;
constexpr std::size_t chunk_size = 32U << 10U;

struct visit {
  server_request request;
  responder answer;
};

/// Answers with random numbers: shortly, or with more than fits between it and a slow reader.
class clerk final : public server {
 public:
  struct room_again {};

  explicit clerk(std::promise<void>* waits) : waits_{waits} {}

  void handle_cast(std::shared_ptr<visit> come) {
    if (come->request.target.path == "/number") {
      come->answer.respond({.body = fmt::format("{} {}", ++served_, draw())});
      return;
    }
    stream_.emplace(come->answer.begin_stream(200, "text/plain"));
    stream_->on_drained([me = ref<clerk>{self()}] { cast(me, room_again{}); });
    left_ = chunks;
    write_on();
  }
  void handle_cast(room_again) { write_on(); }

 private:
  std::uint64_t draw() { return home().scheduler().random(); }

  void write_on() {
    while (stream_ && left_ > 0) {
      if (next_.empty()) next_ = fmt::format("{:032768}", draw());
      const stream_write how = stream_->write(std::move(next_));
      if (how == stream_write::full) {
        if (auto* const told = std::exchange(waits_, nullptr)) told->set_value();
        return;
      }
      next_.clear();
      if (how == stream_write::closed) return stream_.reset();
      --left_;
    }
    if (stream_) stream_->finish();
    stream_.reset();
  }

  std::promise<void>* waits_;
  std::uint64_t served_ = 0;
  std::optional<response_stream> stream_;
  std::string next_;
  int left_ = 0;
};

constexpr name<clerk> desk{"clerk"};

/// The program: a server before a process.
class program {
 public:
  program(driver& runs, port_log& log, reactor& waiting, std::promise<void>* reader_is_slow)
      : home_{runs, {.log = silent_log()}} {
    server_options options{.max_stream_bytes = 2 * chunk_size,
                           .send_buffer = 64 << 10,
                           .log = &log,
                           .on_replayed = [this](const replayed_answer& of) {
                             EXPECT_TRUE(of.is_same()) << of.request.raw_target << of.body.size();
                             answers.emplace_back(of.request.raw_target, of.body);
                           }};
    server_ = *http_server::listen(waiting, options, [this](server_request come, responder to) {
      // It knows no process by itself.
      if (come.target.path == "/refused") {
        return to.respond(
            {.status = 503,
             .body = fmt::format("at {}", home_.scheduler().now().time_since_epoch().count())});
      }
      const auto at = find(home_, desk);
      cast(*at, std::make_shared<visit>(visit{std::move(come), std::move(to)}));
    });
    (void)spawn<clerk>(home_, {.name = "clerk"}, reader_is_slow);
  }
  ~program() { server_.reset(); }

  http_server& server() { return *server_; }

  std::vector<std::pair<std::string, std::string>> answers;

 private:
  runtime home_;
  std::unique_ptr<http_server> server_;
};

std::string request(std::string_view path) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
}

TEST(recorded_server_test, what_was_answered_is_answered_again_ten_times_without_clients) {
  reactor waiting{"io"};
  schedule order;
  std::vector<std::string> heard;
  std::size_t streamed = 0;
  {
    schedule_recorder recording{{.workers = 2}};
    std::promise<void> slow;
    program recorded{recording, recording, waiting, &slow};
    const auto connect = [&] { return loopback_socket::connect_to(recorded.server().port()); };
    for (const auto* path : {"/number", "/refused", "/number"}) {
      auto client = connect();
      client.send(request(path));
      heard.push_back(client.read_all());
    }
    auto reader = connect();
    reader.send(request("/stream"));
    slow.get_future().wait();
    streamed = reader.read_all().size();
    {
      auto leaving = connect();
      leaving.send(request("/stream"));
      (void)leaving.read_exactly(1);
    }
    std::promise<void> stopped;
    recorded.server().stop(20s, [&] { stopped.set_value(); });
    stopped.get_future().wait();
    recording.stop();
    order = recording.so_far();
  }
  ASSERT_GT(streamed, chunks * chunk_size);

  for (int time = 0; time < 10; ++time) {
    schedule_player playing{order};
    bool has_stopped = false;
    program again{playing, playing, waiting, nullptr};
    again.server().stop(20s, [&] { has_stopped = true; });
    const auto outcome = playing.run();
    playing.stop();

    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(*outcome, order.happenings.size());
    EXPECT_TRUE(has_stopped);
    ASSERT_EQ(again.answers.size(), 5U);
    for (std::size_t each = 0; each < heard.size(); ++each) {
      EXPECT_TRUE(heard[each].ends_with("\r\n\r\n" + again.answers[each].second)) << heard[each];
    }
    EXPECT_EQ(again.answers[3].second.size(), chunks * chunk_size);
  }
}

class door;

/// Lets guests wait, and has the door closed in the midst of them, without grace.
class waiting_room final : public server {
 public:
  struct gone {
    exchange_end how;
  };

  waiting_room(process_ref* door, std::vector<exchange_end>* ends) : door_{door}, ends_{ends} {}

  void handle_cast(std::shared_ptr<visit> come) {
    come->answer.on_closed(
        [me = ref<waiting_room>{self()}](exchange_end how) { cast(me, gone{how}); });
    guests_.push_back(std::move(come));
    if (guests_.size() == 3) home().exit(*door_, exit_reason::kill());
  }
  void handle_cast(gone end) { ends_->push_back(end.how); }

 private:
  process_ref* door_;
  std::vector<exchange_end>* ends_;
  std::vector<std::shared_ptr<visit>> guests_;
};

constexpr name<waiting_room> room{"waiting room"};

/// Has a server and all that it needs, and so lets go of them in its own end.
class door final : public server {
 public:
  door(port_log* log, std::promise<std::uint16_t>* open) : log_{log}, open_{open} {}

  void init() {
    waiting_.emplace("door");
    listening_ = *http_server::listen(
        *waiting_, {.log = log_}, [in = &home()](server_request come, responder to) {
          cast(*find(*in, room), std::make_shared<visit>(visit{std::move(come), std::move(to)}));
        });
    if (open_ != nullptr) open_->set_value(listening_->port());
  }

 private:
  port_log* log_;
  std::promise<std::uint16_t>* open_;
  std::optional<reactor> waiting_;
  std::unique_ptr<http_server> listening_;
};

/// A program whose door is killed while guests wait and others come.
struct closed_house {
  closed_house(driver& runs, port_log& log, std::promise<std::uint16_t>* open)
      : home{runs, {.log = silent_log()}} {
    (void)spawn<waiting_room>(home, {.name = "waiting room"}, &at, &ends);
    at = spawn<door>(home, {}, &log, open)->process();
    end.emplace(home.down(at));
  }

  std::vector<exchange_end> ends;
  runtime home;
  process_ref at;
  std::optional<operation<exit_reason>> end;
};

TEST(recorded_server_test, a_server_whose_process_is_killed_does_not_hang_and_is_had_again) {
  for (int round = 0; round < 10; ++round) {
    schedule order;
    std::vector<exchange_end> ends;
    {
      schedule_recorder recording{{.workers = 2}};
      std::promise<std::uint16_t> open;
      closed_house recorded{recording, recording, &open};
      const std::uint16_t port = open.get_future().get();
      std::vector<loopback_socket> guests;
      for (int each = 0; each < 32; ++each) guests.push_back(loopback_socket::connect_to(port));
      std::thread coming{[&] {
        for (loopback_socket& each : guests) each.send(request("/"));
      }};
      EXPECT_EQ(sync_wait(*std::move(recorded.end)), exit_reason::killed());
      coming.join();
      recording.stop();
      order = recording.so_far();
      ends = recorded.ends;
    }

    schedule_player playing{order};
    closed_house again{playing, playing, nullptr};
    const auto outcome = playing.run();
    playing.stop();

    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_TRUE(again.end->is_done());
    EXPECT_EQ(again.ends, ends);
  }
}

}  // namespace
}  // namespace genstage::http
