#include "event_loop.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <optional>

namespace bench {

namespace {

constexpr int backlog = 4096;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

sockaddr* plain(sockaddr_in& address) {
  return static_cast<sockaddr*>(static_cast<void*>(&address));
}

void send_at_once(int descriptor) {
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

event_loop::event_loop() : epoll_{::epoll_create1(EPOLL_CLOEXEC)} {}

event_loop::~event_loop() {
  ::close(epoll_);
}

void event_loop::watch(int descriptor, std::uint32_t events, handler call) {
  const auto place = static_cast<std::size_t>(descriptor);
  if (watched_.size() <= place) watched_.resize(place + 1);
  watched& made = watched_[place];
  made.call = std::make_shared<handler>(std::move(call));
  epoll_event wanted{};
  wanted.events = events;
  wanted.data.u64 = std::uint64_t{++made.generation} << 32U | static_cast<std::uint32_t>(place);
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &wanted);
}

void event_loop::change(int descriptor, std::uint32_t events) {
  const auto place = static_cast<std::size_t>(descriptor);
  epoll_event wanted{};
  wanted.events = events;
  wanted.data.u64 =
      std::uint64_t{watched_[place].generation} << 32U | static_cast<std::uint32_t>(place);
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, descriptor, &wanted);
}

void event_loop::forget(int descriptor) {
  watched& gone = watched_[static_cast<std::size_t>(descriptor)];
  ++gone.generation;
  gone.call.reset();
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
}

event_loop::timer event_loop::at(clock::time_point when, std::function<void()> call) {
  return timers_.emplace(when, std::move(call));
}

void event_loop::run() {
  while (!is_stopped_) {
    wait_and_handle();
    run_timers();
  }
}

void event_loop::wait_and_handle() {
  std::optional<std::timespec> limit;
  if (!timers_.empty()) {
    const auto left = std::max(std::chrono::nanoseconds{0},
                               std::chrono::nanoseconds{timers_.begin()->first - clock::now()});
    const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
    limit = std::timespec{seconds.count(), (left - seconds).count()};
  }
  std::array<epoll_event, 256> ready;
  const int count = ::epoll_pwait2(epoll_, ready.data(), static_cast<int>(ready.size()),
                                   limit ? &*limit : nullptr, nullptr);
  for (int index = 0; index < count; ++index) {
    const epoll_event& each = ready[static_cast<std::size_t>(index)];
    const watched& target = watched_[each.data.u64 & 0xffffffffU];
    if (target.generation != each.data.u64 >> 32U || !target.call) continue;
    const auto call = target.call;  // It may forget itself, and the table may grow.
    (*call)(each.events);
  }
}

void event_loop::run_timers() {
  const auto now = clock::now();
  while (!timers_.empty() && timers_.begin()->first <= now) {
    const auto due = timers_.extract(timers_.begin());
    due.mapped()();
  }
}

void raise_descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

int connect_to(std::uint16_t port) {
  const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (made < 0) return -1;
  send_at_once(made);
  sockaddr_in address = loopback(port);
  if (::connect(made, plain(address), sizeof address) != 0 && errno != EINPROGRESS) {
    ::close(made);
    return -1;
  }
  return made;
}

listening listen_on(std::uint16_t port) {
  const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address = loopback(port);
  socklen_t size = sizeof address;
  if (::bind(made, plain(address), size) != 0 || ::listen(made, backlog) != 0 ||
      ::getsockname(made, plain(address), &size) != 0) {
    std::perror("bench: a port of the loopback cannot be listened on");
    std::exit(1);
  }
  return {made, ntohs(address.sin_port)};
}

int accept_one(int descriptor) {
  const int made = ::accept4(descriptor, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (made >= 0) send_at_once(made);
  return made;
}

}  // namespace bench
