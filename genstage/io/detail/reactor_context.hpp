#pragma once

#include <genstage/io/reactor.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <string>
#include <thread>

namespace genstage::inline v0 {

/// What a reactor is made of, for layers that attach Asio objects to it.
struct reactor::context {
  explicit context(std::string given) : name{std::move(given)} {}

  const std::string name;
  // The hint 1 is about threads that run the context; posts from other threads stay safe.
  boost::asio::io_context io{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
  std::thread thread;
};

namespace detail {

[[nodiscard]] inline boost::asio::io_context& io_context_of(reactor& owner) noexcept {
  return owner.attachment().io;
}

}  // namespace detail

}  // namespace genstage::inline v0
