#include <genstage/http/detail/curl_multi_driver.hpp>
#include <genstage/scheduler/gathered_wakes.hpp>

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <new>
#include <system_error>
#include <utility>

namespace genstage::inline v0::http::detail {

namespace asio = boost::asio;

namespace {

// Handled in one go, before other work of the reactor has its turn.
constexpr std::size_t most_events = 128;

int make_epoll_set() {
  const int made = ::epoll_create1(EPOLL_CLOEXEC);
  if (made < 0) throw std::system_error{errno, std::generic_category(), "http client: epoll"};
  return made;
}

}  // namespace

curl_multi_driver::curl_multi_driver(asio::io_context& io, limits bounds, finished on_finished)
    : io_{io},
      sockets_{io, make_epoll_set()},
      interests_{sockets_.native_handle()},
      timer_{io},
      on_finished_{std::move(on_finished)},
      multi_{curl_multi_init()} {
  if (multi_ == nullptr) throw std::bad_alloc{};
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &curl_multi_driver::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &curl_multi_driver::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  const auto total = static_cast<long>(bounds.max_connections);
  curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, total);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, total);
  curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS,
                    static_cast<long>(bounds.max_host_connections));
}

curl_multi_driver::~curl_multi_driver() {
  // Closes pooled connections, which may still call on_socket.
  curl_multi_cleanup(multi_);
}

CURLMcode curl_multi_driver::add(CURL* easy) {
  // Of the connections that it opens.
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &curl_multi_driver::on_close_socket);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this);
  return curl_multi_add_handle(multi_, easy);
}

void curl_multi_driver::remove(CURL* easy) noexcept {
  curl_multi_remove_handle(multi_, easy);
}

int curl_multi_driver::on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) {
  auto& driver = *static_cast<curl_multi_driver*>(self);
  if (what == CURL_POLL_REMOVE) what = 0;
  const std::uint32_t events =
      ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0U) | ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0U);
  const bool is_known = driver.interests_.want(socket, events);
  if (!is_known && events != 0) return -1;
  if (!driver.is_waiting_) driver.wait_for_sockets();
  return 0;
}

int curl_multi_driver::on_close_socket(void* self, curl_socket_t socket) {
  static_cast<curl_multi_driver*>(self)->interests_.closed(socket);
  return ::close(socket);
}

int curl_multi_driver::on_timer(CURLM*, long milliseconds, void* self) {
  static_cast<curl_multi_driver*>(self)->set_timer(milliseconds);
  return 0;
}

void curl_multi_driver::wait_for_sockets() {
  is_waiting_ = true;
  sockets_.async_wait(asio::posix::descriptor_base::wait_read,
                      [self = weak_from_this()](const boost::system::error_code& failed) {
                        const auto driver = self.lock();
                        if (!driver || failed) return;
                        driver->handle_sockets();
                        driver->wait_for_sockets();
                      });
}

void curl_multi_driver::handle_sockets() {
  std::array<epoll_event, most_events> ready;
  const gathered_wakes together;  // Answers that come together are handed over together.
  for (const epoll_event& each : interests_.ready(ready)) {
    // A socket that was given up by one before it, or whose number lives again, is only looked at
    // without need: libcurl never believes that there is something to read.
    const bool may_read = (each.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0;
    const bool may_write = (each.events & EPOLLOUT) != 0;
    act(each.data.fd, (may_read ? CURL_CSELECT_IN : 0) | (may_write ? CURL_CSELECT_OUT : 0));
  }
}

void curl_multi_driver::set_timer(long milliseconds) {
  if (milliseconds < 0) {
    due_.reset();  // The timer that is armed finds nothing to do.
  } else if (milliseconds == 0) {
    // Even now goes through the loop: libcurl forbids acting inside this callback.
    due_ = clock::now();
    act_soon();
  } else {
    due_ = clock::now() + std::chrono::milliseconds{milliseconds};
    // libcurl changes its mind several times for each request: one that fires too early and looks
    // again is cheaper than to arm a timer for each of them.
    if (!armed_ || *armed_ > *due_) wait_for_timer(*due_);
  }
}

void curl_multi_driver::wait_for_timer(clock::time_point when) {
  armed_ = when;
  timer_.expires_at(when);
  timer_.async_wait([self = weak_from_this()](const boost::system::error_code& failed) {
    const auto driver = self.lock();
    if (!driver || failed) return;
    driver->armed_.reset();
    if (!driver->due_) return;
    if (*driver->due_ > clock::now()) return driver->wait_for_timer(*driver->due_);
    driver->due_.reset();
    driver->act(CURL_SOCKET_TIMEOUT, 0);
  });
}

/// Several requests that begin together need one call.
void curl_multi_driver::act_soon() {
  if (std::exchange(is_posted_, true)) return;
  asio::post(io_, [self = weak_from_this()] {
    const auto driver = self.lock();
    if (!driver) return;
    driver->is_posted_ = false;
    driver->due_.reset();
    driver->act(CURL_SOCKET_TIMEOUT, 0);
  });
}

void curl_multi_driver::act(curl_socket_t socket, int ready) {
  int running = 0;
  curl_multi_socket_action(multi_, socket, ready, &running);
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    // The message dies with the handle's removal, so its content is copied out first.
    CURL* const easy = message->easy_handle;
    const CURLcode code = message->data.result;
    on_finished_(easy, code);
  }
}

}  // namespace genstage::inline v0::http::detail
