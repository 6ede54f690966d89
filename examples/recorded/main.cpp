// A failure that depends on who comes first. Two people book on one account: one pays in, the other
// takes out, each whenever they get round to it. Both books are in order by themselves; but now and
// then so much is taken out before it was paid in that the account is overdrawn, and the ledger
// gives up. Run it with GENSTAGE_RECORD=run.gsched, and with GENSTAGE_REPLAY=run.gsched as often as
// you like: it ends at the same booking each time.
//
// What the account can't hold goes to savings. Without that bound a balance that wanders by chance
// comes back to nothing for certain, but the mean time until it does is infinite.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <genstage/genstage.hpp>
#include <span>
#include <stdexcept>

namespace gs = genstage;

struct booking {
  int number = 0;
  int amount = 0;
};

// Books the same amount again and again, with pauses of its own.
class person final : public gs::producer<booking> {
 public:
  struct gets_round_to_it {};
  explicit person(int amount) : amount_{amount} {}

  void init() { wait(); }
  void handle_demand(gs::demand asked, gs::output<booking>&) override { asked_ += asked; }
  void handle_cast(gets_round_to_it, gs::output<booking>& out) {
    if (!asked_.is_zero()) {
      asked_ -= gs::demand{1};
      out.emit({++number_, amount_});
    }
    wait();
  }

 private:
  void wait() {
    const auto pause = std::chrono::microseconds{home().scheduler().random() % 1000};
    gs::cast_after(pause, gs::ref<person>{self()}, gets_round_to_it{});
  }

  int amount_;
  int number_ = 0;
  gs::demand asked_{};
};

class ledger final : public gs::consumer<booking> {
 public:
  void handle_events(std::span<booking> events) override {
    for (const booking& each : events) {
      balance_ = std::min(balance_ + each.amount, holds_);
      if (balance_ >= 0) continue;
      throw std::runtime_error{
          fmt::format("overdrawn by {} at booking {} of {}", -balance_, each.number, each.amount)};
    }
  }

 private:
  static constexpr int holds_ = 200;
  int balance_ = 100;
};

inline constexpr gs::name<person> payer{"payer"};
inline constexpr gs::name<person> spender{"spender"};
inline constexpr gs::name<ledger> account{"account"};

int main() {
  gs::application bank{{.limits = {.restarts = 0},
                        .children = {
                            gs::child(payer, 20),
                            gs::child(spender, -20),
                            gs::child(account)
                                .subscribe_to(payer, {.max_demand = 4})
                                .subscribe_to(spender, {.max_demand = 4}),
                        }}};
  return bank.run();
}
