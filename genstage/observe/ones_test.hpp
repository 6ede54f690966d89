#pragma once

#include <genstage/stage/stage.hpp>

namespace genstage {

/// Emits as many as are asked for.
class ones final : public producer<int> {
 public:
  void handle_demand(demand asked, output<int>& out) override {
    for (auto left = asked.count(); left > 0; --left) out.emit(1);
  }
};

}  // namespace genstage
