#include <genstage/http/detail/curl_multi_driver.hpp>

#include <boost/asio/error.hpp>
#include <chrono>
#include <new>
#include <utility>

namespace genstage::inline v0::http::detail {

namespace asio = boost::asio;

curl_multi_driver::curl_multi_driver(asio::io_context& io, limits bounds, finished on_finished)
    : io_{io}, timer_{io}, on_finished_{std::move(on_finished)}, multi_{curl_multi_init()} {
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
  for (const auto& [socket, watched] : sockets_) watched->descriptor.release();
}

CURLMcode curl_multi_driver::add(CURL* easy) {
  return curl_multi_add_handle(multi_, easy);
}

void curl_multi_driver::remove(CURL* easy) noexcept {
  curl_multi_remove_handle(multi_, easy);
}

int curl_multi_driver::on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) {
  auto& driver = *static_cast<curl_multi_driver*>(self);
  if (what == CURL_POLL_REMOVE) {
    driver.forget(socket);
    return 0;
  }
  return driver.watch(socket, what) ? 0 : -1;
}

int curl_multi_driver::on_timer(CURLM*, long milliseconds, void* self) {
  static_cast<curl_multi_driver*>(self)->set_timer(milliseconds);
  return 0;
}

bool curl_multi_driver::watch(curl_socket_t socket, int what) {
  auto& watched = sockets_[socket];
  if (!watched) {
    watched = std::make_shared<watched_socket>(io_);
    boost::system::error_code failed;
    watched->descriptor.assign(socket, failed);
    if (failed) {
      sockets_.erase(socket);
      return false;
    }
  }
  watched->wanted = what;
  arm(watched, socket);
  return true;
}

void curl_multi_driver::forget(curl_socket_t socket) noexcept {
  const auto found = sockets_.find(socket);
  if (found == sockets_.end()) return;
  found->second->wanted = 0;
  found->second->descriptor.release();
  sockets_.erase(found);
}

void curl_multi_driver::arm(const std::shared_ptr<watched_socket>& watched, curl_socket_t socket) {
  const auto wait = [&](asio::posix::descriptor_base::wait_type type, int direction) {
    watched->descriptor.async_wait(
        type, [self = weak_from_this(), waited = std::weak_ptr{watched}, socket,
               direction](const boost::system::error_code& failed) {
          const auto driver = self.lock();
          if (driver && failed != asio::error::operation_aborted) {
            driver->on_ready(waited, socket, direction);
          }
        });
  };
  if ((watched->wanted & CURL_POLL_IN) != 0 && !watched->read_pending) {
    watched->read_pending = true;
    wait(asio::posix::descriptor_base::wait_read, CURL_CSELECT_IN);
  }
  if ((watched->wanted & CURL_POLL_OUT) != 0 && !watched->write_pending) {
    watched->write_pending = true;
    wait(asio::posix::descriptor_base::wait_write, CURL_CSELECT_OUT);
  }
}

void curl_multi_driver::on_ready(const std::weak_ptr<watched_socket>& waited, curl_socket_t socket,
                                 int direction) {
  const auto watched = waited.lock();
  if (!watched) return;
  const bool is_read = direction == CURL_CSELECT_IN;
  (is_read ? watched->read_pending : watched->write_pending) = false;
  const int wanted = is_read ? CURL_POLL_IN : CURL_POLL_OUT;
  if ((watched->wanted & wanted) == 0) return;  // Asked for no longer; a later ask arms again.
  act(socket, direction);
  // A socket that libcurl gave up during act() has wanted 0, even if its number lives again.
  if (watched->wanted != 0) arm(watched, socket);
}

void curl_multi_driver::set_timer(long milliseconds) {
  if (milliseconds < 0) {
    timer_.cancel();
    return;
  }
  // Even 0 goes through the loop: libcurl forbids acting inside this callback.
  timer_.expires_after(std::chrono::milliseconds{milliseconds});
  timer_.async_wait([self = weak_from_this()](const boost::system::error_code& failed) {
    const auto driver = self.lock();
    if (driver && !failed) driver->act(CURL_SOCKET_TIMEOUT, 0);
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
