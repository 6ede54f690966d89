#include <genstage/http/detail/socket_interests.hpp>

#include <algorithm>
#include <cstddef>

namespace genstage::inline v0::http::detail {

void socket_interests::opened(int socket) {
  const auto number = static_cast<std::size_t>(socket);
  if (number >= by_number_.size()) by_number_.resize(number + 1);
  by_number_[number] = {.tells_its_end = true};
}

void socket_interests::closed(int socket) noexcept {
  const auto number = static_cast<std::size_t>(socket);
  if (number < by_number_.size()) by_number_[number] = {};  // The system forgets it by itself.
}

bool socket_interests::want(int socket, std::uint32_t events) {
  const auto number = static_cast<std::size_t>(socket);
  if (number >= by_number_.size()) by_number_.resize(number + 1);
  interest& changed = by_number_[number];
  changed.wanted = static_cast<std::uint8_t>(events);
  const bool may_stay = changed.wanted == 0 && changed.tells_its_end;
  return may_stay || tell(socket, changed, changed.wanted);
}

bool socket_interests::tell(int socket, interest& changed, std::uint8_t events) const noexcept {
  if (changed.known == events) return true;
  const int operation = events == 0          ? EPOLL_CTL_DEL
                        : changed.known == 0 ? EPOLL_CTL_ADD
                                             : EPOLL_CTL_MOD;
  epoll_event told{};
  told.events = events;
  told.data.fd = socket;
  const bool is_done = ::epoll_ctl(set_, operation, socket, &told) == 0;
  changed.known = is_done ? events : 0;
  return is_done;
}

std::span<const epoll_event> socket_interests::ready(std::span<epoll_event> room) {
  const int count = ::epoll_wait(set_, room.data(), static_cast<int>(room.size()), 0);
  const auto found = room.first(static_cast<std::size_t>(std::max(count, 0)));
  const auto unwanted = std::ranges::remove_if(found, [this](const epoll_event& each) {
    const int socket = each.data.fd;
    interest& known = by_number_[static_cast<std::size_t>(socket)];
    if (known.wanted != 0) return false;
    (void)tell(socket, known, 0);  // Left in, it would be told of again and again.
    return true;
  });
  return found.first(found.size() - unwanted.size());
}

}  // namespace genstage::inline v0::http::detail
