// A shop whose archive is slow, beside the two stages of the slides, with its inspector switched
// on.
#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <genstage/genstage.hpp>
#include <genstage/inspector/inspector.hpp>
#include <string_view>

#include "stages.hpp"

namespace gs = genstage;

inline constexpr gs::name<order_source> orders{"orders"};
inline constexpr gs::name<billing> billed{"billed"};
inline constexpr gs::name<archive> archived{"archived"};
inline constexpr gs::name<supplier> producer{"producer"};
inline constexpr gs::name<customer> consumer{"consumer"};

/// With the three stages that price orders between what comes and what goes.
gs::supervisor_spec shop() {
  gs::supervisor_spec tree{.strategy = gs::restart_strategy::rest_for_one};
  tree.children.push_back(gs::child(orders));
  auto bills = gs::child(billed);
  auto files = gs::child(archived);
  for (const std::string_view text : {"priced/0", "priced/1", "priced/2"}) {
    const gs::name<pricing> priced{text};
    tree.children.push_back(gs::child(priced).subscribe_to(orders, {.max_demand = 40}));
    bills = std::move(bills).subscribe_to(priced, {.max_demand = 100});
    files = std::move(files).subscribe_to(priced, {.max_demand = 20});
  }
  tree.children.push_back(std::move(bills));
  tree.children.push_back(std::move(files));
  return tree;
}

gs::supervisor_spec slides() {
  gs::supervisor_spec tree{.strategy = gs::restart_strategy::rest_for_one};
  tree.children.push_back(gs::child(producer));
  tree.children.push_back(
      gs::child(consumer).subscribe_to(producer, {.max_demand = 100, .min_demand = 0}));
  return tree;
}

int main(int argc, char** argv) {
  gs::inspector_options looked_at{.measures_latencies = true, .ready = [](std::string_view url) {
                                    fmt::print("inspected: open {}\n", url);
                                    std::fflush(stdout);
                                  }};
  const std::string_view port = argc > 1 ? argv[1] : "8042";
  const auto read = std::from_chars(port.data(), port.data() + port.size(), looked_at.port);
  if (read.ec != std::errc{} || read.ptr != port.data() + port.size()) {
    fmt::print(stderr, "inspected: port is \"{}\", 0 to 65535 is allowed; ended\n", port);
    return EXIT_FAILURE;
  }

  gs::application app{
      {.children = {gs::supervised("shop", shop()), gs::supervised("slides", slides()),
                    gs::inspector_child(looked_at)}}};
  return app.run();
}
