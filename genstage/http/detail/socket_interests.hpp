#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <span>
#include <vector>

namespace genstage::inline v0::http::detail {

/// What is wanted of which socket, as an epoll set has it, with as few calls of the system as go.
///
/// libcurl lets go of a connection after each answer, and wants the same of it for the next
/// request. So a socket that nothing is wanted of stays in the set as it is, until it has something
/// to say meanwhile, which takes it out.
///
/// Threads: one.
class socket_interests {
 public:
  /// Lifetime: the set is the caller's, and outlives this.
  explicit socket_interests(int epoll_set) noexcept : set_{epoll_set} {}

  /// A new socket whose end will be told by `closed`. Any other leaves the set with what was wanted
  /// of it: its number may mean another socket the next time.
  void opened(int socket);
  /// To be called before its number can mean another socket.
  void closed(int socket) noexcept;

  /// EPOLLIN, EPOLLOUT or both; 0 for nothing. False if the system refuses.
  [[nodiscard]] bool want(int socket, std::uint32_t events);

  /// Those that have what is wanted of them now, at most as many as there is room for.
  [[nodiscard]] std::span<const epoll_event> ready(std::span<epoll_event> room);

 private:
  struct interest {
    bool tells_its_end = false;
    std::uint8_t wanted = 0;
    std::uint8_t known = 0;  ///< What the set has.
  };

  [[nodiscard]] bool tell(int socket, interest& changed, std::uint8_t events) const noexcept;

  int set_;
  std::vector<interest> by_number_;
};

}  // namespace genstage::inline v0::http::detail
