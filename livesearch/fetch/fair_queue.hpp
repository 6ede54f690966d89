#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace livesearch {

/// Which waiting item of a searcher is served first.
enum class serving_order : std::uint8_t { oldest_first, newest_first };

/// A bounded queue that serves searchers in turn, however much each of them asks for.
///
/// Each searcher has a line of items. After one item of a line, every other line has its turn
/// before it. Under newest_first the line that came last is served first, and one that was served
/// goes to the end that is served last, so the rule is the same. When the queue is full the longest
/// line gives way to a shorter one: its newest item leaves.
///
/// A pure value.
/// Source: round robin as in Nagle, "On Packet Switches with Infinite Storage", RFC 970; dropping
/// from the longest line as in McKenney, "Stochastic Fairness Queueing", INFOCOM 1990.
template <class Item>
class fair_queue {
 public:
  explicit fair_queue(std::size_t capacity) noexcept : capacity_{capacity} {}

  /// Puts an item in and returns the one for which there is no room any more, which may be the
  /// same.
  [[nodiscard]] std::optional<Item> push(const std::string& searcher, Item item) {
    std::optional<Item> turned_away;
    if (size_ >= capacity_) {
      const auto longest =
          std::ranges::max_element(lines_, {}, [](const line& each) { return each.items.size(); });
      const auto own = by_searcher_.find(searcher);
      const std::size_t own_length = own == by_searcher_.end() ? 0 : own->second->items.size();
      if (longest == lines_.end() || own_length + 1 >= longest->items.size()) {
        return std::optional<Item>{std::move(item)};
      }
      turned_away = std::move(longest->items.back());
      longest->items.pop_back();
      --size_;
    }
    line& joined = line_of(searcher);
    joined.items.push_back(std::move(item));
    ++size_;
    return turned_away;
  }

  /// The next item to be served; nothing if none waits.
  [[nodiscard]] std::optional<Item> pop(serving_order order) {
    if (lines_.empty()) return std::nullopt;
    const bool is_newest = order == serving_order::newest_first;
    const auto served = is_newest ? std::prev(lines_.end()) : lines_.begin();
    std::deque<Item>& items = served->items;
    std::optional<Item> taken{std::move(is_newest ? items.back() : items.front())};
    is_newest ? items.pop_back() : items.pop_front();
    --size_;
    if (items.empty()) {
      by_searcher_.erase(served->searcher);
      lines_.erase(served);
    } else {
      lines_.splice(is_newest ? lines_.begin() : lines_.end(), lines_, served);
    }
    return taken;
  }

  /// Takes out all items for which `pick` is true and gives each to `give`.
  template <class Pick, class Give>
  void take_out(Pick pick, Give give) {
    for (auto at = lines_.begin(); at != lines_.end();) {
      std::deque<Item>& items = at->items;
      for (auto item = items.begin(); item != items.end();) {
        if (!pick(std::as_const(*item))) {
          ++item;
          continue;
        }
        Item taken = std::move(*item);
        item = items.erase(item);
        --size_;
        give(std::move(taken));
      }
      if (items.empty()) by_searcher_.erase(at->searcher);
      at = items.empty() ? lines_.erase(at) : std::next(at);
    }
  }

  template <class Look>
  void for_each(Look look) const {
    for (const line& each : lines_) {
      for (const Item& item : each.items) look(item);
    }
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] bool is_full() const noexcept { return size_ >= capacity_; }
  [[nodiscard]] std::size_t searchers() const noexcept { return lines_.size(); }

 private:
  struct line {
    std::string searcher;
    std::deque<Item> items{};  ///< in the order of arrival; never empty between two calls
  };

  line& line_of(const std::string& searcher) {
    const auto known = by_searcher_.find(searcher);
    if (known != by_searcher_.end()) return *known->second;
    lines_.push_back({searcher});
    by_searcher_.emplace(searcher, std::prev(lines_.end()));
    return lines_.back();
  }

  std::size_t capacity_;
  std::size_t size_ = 0;
  std::list<line> lines_;
  std::unordered_map<std::string, typename std::list<line>::iterator> by_searcher_;
};

}  // namespace livesearch
