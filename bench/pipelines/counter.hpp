#pragma once

#include <cstdint>
#include <genstage/genstage.hpp>
#include <ranges>

/// Emits 0, 1, 2 ..., as many as are asked for.
class counter final : public genstage::producer<std::int64_t> {
 public:
  void handle_demand(genstage::demand asked, genstage::output<std::int64_t>& out) override {
    const std::int64_t end = next_ + static_cast<std::int64_t>(asked);
    out.append(std::views::iota(next_, end));
    next_ = end;
  }

 private:
  std::int64_t next_ = 0;
};
