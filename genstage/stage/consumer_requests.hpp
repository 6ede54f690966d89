#pragma once

#include <genstage/process/process.hpp>
#include <genstage/stage/protocol.hpp>
#include <utility>

namespace genstage::inline v0::detail {

/// What a process that only consumes, and is no stage, answers to what is asked of stages.
class consumer_requests : public stage_requests {
 public:
  explicit consumer_requests(process& owner) noexcept : owner_{owner} {}

  virtual result<unique_id> subscribe(const subscription_plan& plan) = 0;

  void answer(const subscription_request& asked) final {
    asked.reply.complete(subscribe(asked.plan));
  }
  void tell_behind_events(message_ptr info) override { owner_.self().send(std::move(info)); }
  [[nodiscard]] std::size_t buffered_count() override {
    owner_.log(log_level::error, "is a consumer and buffers no events; answered 0");
    return 0;
  }
  [[nodiscard]] demand_mode get_demand() override { return demand_mode::forward; }
  void set_demand(demand_mode) override {
    owner_.log(log_level::error, "is a consumer and has no demand mode; not set");
  }

 protected:
  ~consumer_requests() = default;

 private:
  process& owner_;
};

}  // namespace genstage::inline v0::detail
