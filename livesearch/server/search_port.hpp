#pragma once

#include <cstdint>
#include <functional>
#include <genstage/http/responder.hpp>
#include <genstage/http/server.hpp>
#include <genstage/replay/port_log.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "livesearch/search/search_session.hpp"

namespace livesearch {

/// The port through which searches come from outside: what is asked, that the searcher has left,
/// that a slow reader has taken something, and how much a reader has not taken. In a run that is
/// recorded it keeps them, in one that is had again it tells them.
///
/// Lifetime: the log outlives it; it outlives the server and the processes. Threads: any.
class search_port {
 public:
  /// Without a log it only passes on.
  explicit search_port(genstage::port_log* log) : log_{log} {}

  /// What is known of a search that has come.
  struct visit {
    std::string target{};  ///< as it was sent
    std::string peer{};
    genstage::http::http_headers trace{};  ///< `traceparent` and `tracestate`
  };

  /// A number for a search that comes.
  [[nodiscard]] std::uint64_t next();
  /// To be called when the exchange with its searcher is over.
  [[nodiscard]] std::move_only_function<void(genstage::http::exchange_end)> leaving(
      std::uint64_t number, std::stop_source searcher);
  /// Who is told of it, so that what its reader does is noticed.
  [[nodiscard]] std::shared_ptr<search_listener> watched(std::uint64_t number,
                                                         std::shared_ptr<search_listener> behind);
  /// Hands the search on to the program.
  void enter(std::uint64_t number, const genstage::http::server_request& request,
             std::function<void()> hand_on);

  /// Makes of a visit the search that it was, and begins it. False if it is none.
  using beginning = std::function<bool(
      const visit&, std::stop_token searcher,
      std::function<std::shared_ptr<search_listener>(std::shared_ptr<search_listener>)> watch)>;
  /// In a run that is had again: has each search begun as it comes.
  void play(beginning begin);

 private:
  class watched_listener;
  struct search {
    std::stop_source searcher{};
    std::weak_ptr<watched_listener> told{};  ///< lives as long as the search
  };

  bool played(std::uint64_t number, std::string_view bytes, const beginning& begin);
  void told(std::uint64_t number, std::string_view what, std::function<void()> hand_on);

  genstage::port_log* const log_;
  std::mutex mutex_;  // Guards what follows.
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, search> searches_;  ///< of a run that is had again
};

[[nodiscard]] std::string to_bytes(const search_port::visit& come);
/// No value for other bytes.
[[nodiscard]] std::optional<search_port::visit> visit_of_bytes(std::string_view bytes);

}  // namespace livesearch
