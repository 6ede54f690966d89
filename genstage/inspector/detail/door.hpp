#pragma once

#include <genstage/http/server.hpp>
#include <genstage/inspector/access.hpp>
#include <genstage/inspector/inspector.hpp>
#include <genstage/io/reactor.hpp>
#include <genstage/process/server.hpp>
#include <memory>
#include <optional>

// Where requests come in. No interface.
namespace genstage::inline v0::detail {

/// Listens; serves the page, and passes requests for data on to the stages that answer them.
class inspector_door final : public server {
 public:
  explicit inspector_door(inspector_options options) : options_{std::move(options)} {}

  void init();
  task<> terminate(const exit_reason& reason);

 private:
  inspector_options options_;
  std::optional<reactor> waiting_;
  std::unique_ptr<http::http_server> listening_;
};

inline constexpr name<inspector_door> door_name{"inspector/door"};

}  // namespace genstage::inline v0::detail
