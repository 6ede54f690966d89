#pragma once

// Plain blocking sockets on 127.0.0.1 for the acceptance tests: a peer that can misbehave.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace genstage::inline v0::http {

/// A connected blocking socket whose reads and writes give up after 20 seconds.
class loopback_socket {
 public:
  explicit loopback_socket(int descriptor) : descriptor_{descriptor} {
    const timeval limit{20, 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  }

  /// `receive_buffer` 0 leaves the size to the system.
  static loopback_socket connect_to(std::uint16_t port, int receive_buffer = 0) {
    loopback_socket made{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (receive_buffer > 0) {
      setsockopt(made.descriptor_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    const auto address = address_of(port);
    if (::connect(made.descriptor_, generic(address), sizeof address) != 0) {
      throw std::runtime_error{"cannot connect to the loopback port"};
    }
    return made;
  }

  loopback_socket(loopback_socket&& other) noexcept
      : descriptor_{std::exchange(other.descriptor_, -1)}, received_{std::move(other.received_)} {}
  loopback_socket& operator=(loopback_socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(received_, other.received_);
    return *this;
  }
  ~loopback_socket() { close(); }

  void close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }

  void close_sending() { ::shutdown(descriptor_, SHUT_WR); }

  [[nodiscard]] int descriptor() const { return descriptor_; }

  /// False when the other side has gone.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// Everything up to and including `mark`; what came until then when the other side closes.
  std::string read_through(std::string_view mark) {
    for (;;) {
      if (const auto found = received_.find(mark); found != std::string::npos) {
        auto text = received_.substr(0, found + mark.size());
        received_.erase(0, text.size());
        return text;
      }
      if (!receive()) return std::exchange(received_, {});
    }
  }

  std::string read_exactly(std::size_t count) {
    while (received_.size() < count && receive()) {
    }
    auto text = received_.substr(0, count);
    received_.erase(0, text.size());
    return text;
  }

  /// Everything until the other side closes.
  std::string read_all() {
    while (receive()) {
    }
    return std::exchange(received_, {});
  }

  static sockaddr_in address_of(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
  }

  static const sockaddr* generic(const sockaddr_in& address) {
    return static_cast<const sockaddr*>(static_cast<const void*>(&address));
  }

 private:
  bool receive() {
    std::array<char, 16384> block;
    const auto count = ::recv(descriptor_, block.data(), block.size(), 0);
    if (count <= 0) return false;
    received_.append(block.data(), static_cast<std::size_t>(count));
    return true;
  }

  int descriptor_;
  std::string received_;
};

/// A listening port that hands each connection to a script on a thread of its own.
class loopback_peer {
 public:
  using script = std::function<void(loopback_socket&)>;

  explicit loopback_peer(script on_connection) : script_{std::move(on_connection)} {
    listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback_socket::address_of(0);
    socklen_t size = sizeof address;
    if (::bind(listening_, loopback_socket::generic(address), size) != 0 ||
        ::listen(listening_, 64) != 0 ||
        ::getsockname(listening_, static_cast<sockaddr*>(static_cast<void*>(&address)), &size) !=
            0) {
      throw std::runtime_error{"cannot listen on loopback"};
    }
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread{[this] {
      block_broken_pipe_signal();  // For scripts that write in other ways; inherited by them.
      accept();
    }};
  }

  /// The scripts must come to an end by themselves once their clients have gone.
  ~loopback_peer() {
    ::shutdown(listening_, SHUT_RDWR);  // Wakes the accept.
    acceptor_.join();
    ::close(listening_);
    for (auto& each : scripts_) each.join();
  }

  loopback_peer(const loopback_peer&) = delete;
  loopback_peer& operator=(const loopback_peer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string url() const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/";
  }
  [[nodiscard]] int connections() const { return connections_.load(); }

 private:
  static void block_broken_pipe_signal() {
    sigset_t broken_pipe;
    sigemptyset(&broken_pipe);
    sigaddset(&broken_pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
  }

  void accept() {
    for (;;) {
      const int descriptor = ::accept(listening_, nullptr, nullptr);
      if (descriptor < 0) return;
      ++connections_;
      scripts_.emplace_back([this, descriptor] {
        loopback_socket socket{descriptor};
        script_(socket);
      });
    }
  }

  script script_;
  int listening_{-1};
  std::uint16_t port_{0};
  std::atomic<int> connections_{0};
  std::vector<std::thread> scripts_;  // The acceptor's, and the destructor's after joining it.
  std::thread acceptor_;
};

}  // namespace genstage::inline v0::http
