#include <gtest/gtest.h>

#include <genstage/application/child.hpp>
#include <genstage/http/address_guard.hpp>
#include <genstage/http/curl_client.hpp>
#include <genstage/http/curl_client_fixture.hpp>
#include <genstage/http/fetch.hpp>
#include <genstage/http/recorded_client.hpp>
#include <genstage/io/reactor.hpp>
#include <genstage/process/server.hpp>
#include <genstage/replay/schedule_player.hpp>
#include <genstage/replay/schedule_recorder.hpp>
#include <genstage/stage/stage.hpp>
#include <genstage/supervision/supervisor.hpp>
#include <genstage/task/sync_wait.hpp>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <vector>

// A program that asks a site over the network and fails at what it answers, had again without it.
namespace genstage::http {
namespace {

class pages final : public producer<int> {
 public:
  void handle_demand(demand asked, output<int>& out) override {
    for (std::uint64_t each = 0; each < asked.count(); ++each) out.emit(++last_);
  }

 private:
  int last_ = 0;
};

/// Gives up at the first answer after the tenth that it does not like.
class page_reader final : public async_consumer<int> {
 public:
  page_reader(http_client* client, std::string url, std::vector<std::string>* read)
      : client_{client}, url_{std::move(url)}, read_{read} {}

  task<> handle_events(std::span<int> events) override {
    for (const int page : events) {
      http_request request{.url = url_, .scope = network_scope::loopback_only};
      operation<http_response> asking = fetch(*client_, std::move(request));
      const result<http_response> came = co_await std::move(asking);
      const std::string said = came ? came->body : came.error().message;
      read_->push_back(std::to_string(page) + ": " + said);
      if (page > 10 && said.ends_with('7')) throw std::runtime_error{read_->back()};
    }
  }

 private:
  http_client* client_;
  std::string url_;
  std::vector<std::string>* read_;
};

supervisor_spec tree(http_client& client, const std::string& url, std::vector<std::string>& read) {
  constexpr name<pages> source{"pages"};
  return {.limits = {0, std::chrono::seconds{60}},
          .children = {child(source), child(name<page_reader>{"reader"}, &client, url, &read)
                                          .subscribe_to(source, {.max_demand = 4})}};
}

/// What was read, and the reason of the end.
runtime_options noting(std::vector<std::string>& read) {
  return {.log = silent_log(), .on_incident = [&read](const incident& met) {
            read.push_back(met.label + " " + met.text);
          }};
}

TEST_F(curl_client_fixture, a_recorded_run_is_had_again_ten_times_without_the_network) {
  serve([](server_request, responder answer) {
    http_reply reply{.status = 200};
    reply.body = std::to_string(std::random_device{}());
    answer.respond(std::move(reply));
  });
  const std::string url = server_->url() + "/";
  std::vector<std::string> read;
  schedule order;
  {
    schedule_recorder recording{{.workers = 2}};
    recorded_client client{*client_, &recording};
    runtime home{recording, noting(read)};
    auto [far, near] = make_operation<exit_reason>();
    (void)home.spawn(std::make_unique<supervisor>(tree(client, url, read)), {.ended = far});
    (void)sync_wait(std::move(near));
    recording.stop();
    order = recording.so_far();
  }
  server_.reset();
  ASSERT_GT(read.size(), 12U);

  for (int time = 0; time < 10; ++time) {
    std::vector<std::string> again;
    schedule_player playing{order};
    recorded_client client{*client_, &playing};
    runtime home{playing, noting(again)};
    (void)home.spawn(std::make_unique<supervisor>(tree(client, url, again)), {});
    const auto outcome = playing.run();
    playing.stop();

    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(*outcome, order.happenings.size());
    ASSERT_EQ(again, read);
  }
}

/// Has a client and all that it needs, asks many times, and is killed after the first answer.
class impatient final : public server {
 public:
  struct answered {};

  impatient(port_log* log, std::string url, int* heard)
      : log_{log}, url_{std::move(url)}, heard_{heard} {}

  void init() {
    own_ = std::make_unique<own_client>(log_);
    for (int each = 0; each < 32; ++each) {
      http_request request{.url = url_, .scope = network_scope::loopback_only};
      (void)own_->client.start(
          std::move(request),
          [me = ref<impatient>{self()}](const result<http_response>&) { cast(me, answered{}); });
    }
  }
  void handle_cast(answered) {
    ++*heard_;
    home().exit(self(), exit_reason::kill());
  }

 private:
  struct own_client {
    explicit own_client(port_log* log) : client{over_network, log} {}

    reactor waiting{"impatient"};
    address_guard guard;
    curl_client over_network{waiting, guard};
    recorded_client client;
  };

  port_log* log_;
  std::string url_;
  int* heard_;
  std::unique_ptr<own_client> own_;
};

TEST_F(curl_client_fixture, a_recorded_client_whose_process_is_killed_does_not_hang) {
  serve([](server_request, responder answer) { answer.respond({.status = 200}); });
  const std::string url = server_->url() + "/";
  for (int round = 0; round < 10; ++round) {
    int heard = 0;
    schedule order;
    {
      schedule_recorder recording{{.workers = 2}};
      runtime home{recording, {.log = silent_log()}};
      const auto asking = spawn<impatient>(home, {}, &recording, url, &heard);
      ASSERT_TRUE(asking);
      EXPECT_TRUE(sync_wait(home.down(asking->process())));
      recording.stop();
      order = recording.so_far();
    }

    int again = 0;
    schedule_player playing{order};
    runtime home{playing, {.log = silent_log()}};
    const auto asking = spawn<impatient>(home, {}, &playing, url, &again);
    ASSERT_TRUE(asking);
    const auto down = home.down(asking->process());
    const auto outcome = playing.run();
    playing.stop();

    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_TRUE(down.is_done());
    EXPECT_EQ(again, heard);
  }
}

}  // namespace
}  // namespace genstage::http
