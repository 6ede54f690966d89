#pragma once

#include <genstage/process/introspection.hpp>
#include <genstage/process/later_reply.hpp>
#include <genstage/process/server.hpp>
#include <genstage/supervision/async_stream.hpp>
#include <genstage/supervision/otp/play_test.hpp>
#include <genstage/supervision/task_supervisor.hpp>
#include <map>
#include <optional>
#include <regex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

// Who plays in the scenarios here: servers that do what the steps say. For tests.
namespace genstage::otp {

struct say {
  std::string text;
};
struct step {
  const json* what;
};
struct ask {
  std::string request;
};

class actor final : public server {
 public:
  actor(play* shared, const json* spec) : play_{shared}, spec_{spec}, id_{spec->at("id")} {}

  void init() {
    play_->know(id_, self());
    play_->is_started[id_] = false;
    if (spec_->value("traps", true)) trap_exits();
    const std::string outcome = play_->next_start(*spec_);
    if (outcome == "ok") {
      play_->note(id_ + " starts");
      play_->is_started[id_] = true;
    } else if (outcome == "nothing to run") {
      play_->note(id_ + " has nothing to run");
      ignore();
    } else {
      play_->note(id_ + " fails to start");
      if (outcome == "crash") throw std::runtime_error{"boom"};
      stop(reason_of(outcome));
    }
  }
  void handle_cast(const say& said) {
    ++heard;
    play_->note(id_ + " hears " + said.text);
  }
  task<> handle_cast(step asked) {
    const json& what = *asked.what;
    const std::string verb = what[0];
    if (verb == "start by") return start(what[2]);
    if (verb == "call") return ask_another(what);
    if (verb == "stop") return stop_another(what);
    if (verb == "task") return run_task(what);
    if (verb == "stream") return run_stream(what);
    act(verb, what);
    return nothing();
  }
  later_reply<std::string> handle_call(const ask& asked) {
    if (asked.request == "crash") throw std::runtime_error{"boom"};
    later_reply<std::string> answer;
    if (asked.request == "echo") answer.complete("echo");
    if (asked.request == "leave") stop(exit_reason::user("tired"));
    if (asked.request != "later") return answer;
    play_->note(id_ + " is asked");
    return callers_.emplace_back(answer);
  }
  void handle_exit(const exit_signal& signal) {
    play_->note(id_ + ": exit of " + play_->label(signal.from) + " with " + text_of(signal.reason));
  }
  void handle_down(const down& notice) {
    play_->note(id_ + ": down of " + play_->label(notice.who) + " with " + text_of(notice.reason));
  }
  task<> terminate(const exit_reason& reason) {
    const json time = spec_->value("stops_in", json(0));
    if (time != 0) {
      auto wait = sleep_for(time == "never" ? duration{1h}
                                            : duration{std::chrono::milliseconds{time.get<int>()}});
      co_await std::move(wait);
    }
    play_->note(id_ + " terminates with " + text_of(reason));
  }

  int heard = 0;  ///< The state that can be looked at.

 private:
  static task<> nothing() { co_return; }

  void act(const std::string& verb, const json& what) {
    process& here = *process::current();
    if (verb == "at once") {
      for (json each : what[2]) {
        each.insert(each.begin() + 1, id_);
        act(each[0], each);
      }
    } else if (verb == "exit") {
      exit(other(what[2]), reason_of(what[3]));
    } else if (verb == "link") {
      link(other(what[2]));
    } else if (verb == "unlink") {
      unlink(other(what[2]));
    } else if (verb == "monitor") {
      monitors_[what[2]] = monitor(other(what[2]));
    } else if (verb == "demonitor") {
      demonitor(other(what[2]), monitors_[what[2]]);
    } else if (verb == "trap") {
      here.trap(what[2] == true ? exit_signals::arrive_as_messages : exit_signals::end_the_process);
    } else if (verb == "end") {
      stop(reason_of(what[2]));
    } else if (verb == "crash") {
      throw std::runtime_error{"boom"};
    } else {
      talk(verb, what);
    }
  }
  void talk(const std::string& verb, const json& what) {
    if (verb == "say") {
      cast(ref<actor>{other(what[2])}, say{what[3]});
    } else if (verb == "say after") {
      timers_[what[4]] = cast_after(std::chrono::milliseconds{what[3].get<int>()},
                                    ref<actor>{other(what[2])}, say{what[4]});
    } else if (verb == "cancel") {
      const bool in_time = cancel(timers_[what[2]]);
      play_->note(id_ + ": cancel of " + what[2].get<std::string>() +
                  (in_time ? ": in time" : ": too late"));
    } else if (verb == "reply") {
      for (const auto& each : std::exchange(callers_, {})) each.complete("at last");
    } else if (verb == "register") {
      const auto done = play_->keys(what[2]).register_self(what[3]);
      play_->note(id_ + ": register " + what[3].get<std::string>() +
                  (done ? ": ok" : ": held by " + play_->label(done.error().holder)));
    } else if (verb == "unregister") {
      play_->keys(what[2]).unregister_self(what[3]);
    } else {
      throw std::invalid_argument{"no such step: " + what.dump()};
    }
  }
  [[nodiscard]] process_ref other(const std::string& id) const { return play_->known.at(id); }

  task<> start(const json& spec) {
    auto [far, near] = make_operation<std::optional<exit_reason>>();
    operation<std::optional<exit_reason>> waiting = std::move(near);
    const std::string id = spec.at("id");
    const auto spawned = spawn<actor>(
        home(), spawn_options{.name = id, .parent = self(), .started = far}, play_, &spec);
    std::string told = "already started";
    if (spawned) {
      const result<std::optional<exit_reason>> outcome = co_await std::move(waiting);
      told = !*outcome                  ? "ok"
             : (*outcome)->is_ignored() ? "nothing to run"
                                        : "failed with " + text_of(**outcome);
    }
    play_->note(id_ + ": start of " + id + ": " + told);
  }
  task<> ask_another(const json& what) {
    const ref<actor> asked{other(what[2])};
    ask request{what[3]};
    auto waiting = call(asked, request, std::chrono::milliseconds{what[4].get<int>()});
    const result<std::string> outcome = co_await std::move(waiting);
    const std::string told = outcome                                   ? *outcome
                             : outcome.error().code == errc::timed_out ? "no reply in time"
                             : outcome.error().code == errc::refused   ? "refused"
                                                                       : "ended";
    play_->note(id_ + ": call of " + what[2].get<std::string>() + ": " + told);
  }

  task<> stop_another(const json& what) {
    auto waiting = genstage::stop(other(what[2]), reason_of(what[3]));
    const result<void> outcome = co_await std::move(waiting);
    std::string told = outcome ? "ok" : "refused";
    if (!outcome && outcome.error().code == errc::process_ended) {
      static const std::regex words{R"(process \S+ (ended with .*), .* was asked for)"};
      std::smatch found;
      const bool was_other = std::regex_search(outcome.error().message, found, words);
      told = was_other ? found[1].str() : "had ended";
    }
    play_->note(id_ + ": stop of " + what[2].get<std::string>() + ": " + told);
  }

  // Tasks.

  static task<std::string> work(json what) {
    if (what == "done") co_return "done";
    if (what == "crash") throw std::runtime_error{"boom"};
    const duration time = what == "never" ? 1h : duration{std::chrono::milliseconds{what}};
    auto wait = sleep_for(time);
    co_await std::move(wait);
    co_return what.dump();
  }
  task<> run_task(const json& what) {
    const json& spec = what[3];
    const std::string how = spec.at("how");
    const std::chrono::milliseconds within{spec.at("within").get<int>()};
    auto started = async(
        ref<dynamic_supervisor>{other(what[2])}, [todo = spec.at("work")] { return work(todo); },
        spec.at("linked") == true ? task_link::linked : task_link::unlinked);
    auto waiting = how == "await"   ? started.await(within)
                   : how == "yield" ? started.yield(within)
                                    : started.shutdown(within);
    const result<std::string> outcome = co_await std::move(waiting);
    const bool is_late = !outcome && outcome.error().code == errc::timed_out;
    play_->note(id_ + ": task: " +
                (outcome             ? "result " + *outcome
                 : how == "shutdown" ? "none"
                 : !is_late          ? "ended"
                 : how == "yield"    ? "none"
                                     : "no result in time"));
  }
  task<> run_stream(const json& what) {
    const json& spec = what[3];
    stream_options options{.max_concurrency = spec.at("at once"),
                           .timeout = std::chrono::milliseconds{spec.at("within").get<int>()},
                           .late = on_timeout::kill_task,
                           .link = task_link::unlinked};
    if (spec.at("ordered") == false) options.order = stream_order::unordered;
    auto todo = spec.at("work").get<std::vector<json>>();
    auto outcomes = async_stream(
        ref<dynamic_supervisor>{other(what[2])}, std::move(todo),
        [](const json& each) { return work(each); }, options);
    std::string text;
    for (;;) {
      auto asking = outcomes.next();
      const auto item = co_await std::move(asking);
      if (!item) break;
      const bool is_late = !item->outcome && item->outcome.error().code == errc::timed_out;
      text += " " + (item->outcome ? *item->outcome : is_late ? "late" : "ended");
    }
    play_->note(id_ + ": stream:" + text);
  }

  play* play_;
  const json* spec_;
  std::string id_;
  std::map<std::string, unique_id> monitors_;
  std::map<std::string, timer_id> timers_;
  std::vector<later_reply<std::string>> callers_;
};

}  // namespace genstage::otp
