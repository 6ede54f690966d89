#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <genstage/core/error.hpp>
#include <genstage/process/name.hpp>
#include <genstage/process/process.hpp>
#include <genstage/process/request.hpp>
#include <genstage/process/runtime.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace genstage::inline v0 {

/// Whether a key belongs to one process at most, or to any number.
enum class registry_keys : std::uint8_t { unique, duplicate };

enum class registry_event : std::uint8_t { registered, unregistered };

/// What listeners of a registry are told, as a cast.
template <class Key>
struct registry_change {
  registry_event what;
  Key key;
  pid who;
};

/// A key is held by somebody else, or the caller is no process that could hold one.
struct refused_registration : error {
  pid holder{};  ///< None if nobody holds the key.
};

/// The value of entries that need none.
struct no_value {
  friend bool operator==(no_value, no_value) = default;
};

/// Processes of one runtime under keys, each entry with a value that its owner can change.
///
///     gs::registry<std::string, role> rooms{home, "rooms", gs::registry_keys::duplicate};
///     rooms.register_self("lobby", role::guest);   // in a callback of the process
///     rooms.dispatch("lobby", [](auto all) { for (const auto& each : all) ... });
///
/// Entries go when their process ends, before anybody is told of that: whoever got its down finds
/// the key free (A12).
///
/// Lifetime: must not outlive the runtime; processes may outlive it.
/// Threads: all operations from any; those that speak of "this process" from its callbacks.
/// Ordering: each listener is told of the changes of one key in the order they happened.
/// Cost: one lock for the whole registry; readers get copies, so no lock is held while they look.
/// Source: A23; Elixir's Registry, without partitions, meta data and match specifications.
template <class Key, class Value = no_value>
  requires std::copyable<Key> && std::copyable<Value>
class registry {
 public:
  struct entry {
    process_ref process;
    Value value;
  };

  registry(runtime& home, std::string name, registry_keys keys)
      : shared_{std::make_shared<shared>(home, std::move(name), keys)} {}
  registry(const registry&) = delete;
  registry& operator=(const registry&) = delete;

  /// Enters this process under `key`. Among duplicate keys it may be there several times.
  std::expected<void, refused_registration> register_self(const Key& key, Value value = {});
  /// Takes this process away from `key`, as often as it is there. False if it was not there.
  bool unregister_self(const Key& key);
  /// Calls `change` with a copy of this process's first value under `key` and keeps the outcome.
  /// Failure: not_found if this process is not under `key`.
  template <std::invocable<Value&> F>
  result<void> update_value(const Key& key, F change);

  /// The process under a key; any of them if it is not unique, and none if there is none.
  [[nodiscard]] process_ref whereis(const Key& key) const;
  [[nodiscard]] std::vector<entry> lookup(const Key& key) const;
  /// Calls `reach` with all entries under `key`, on this thread, unless there are none; returns
  /// how many there were. What it sends may reach a process that has ended meanwhile.
  template <std::invocable<std::span<const entry>> F>
  std::size_t dispatch(const Key& key, F reach) const;
  /// All entries that `chooses(key, entry)`, with their keys.
  template <std::predicate<const Key&, const entry&> F>
  [[nodiscard]] std::vector<std::pair<Key, entry>> select(F chooses) const;
  [[nodiscard]] std::size_t count() const;
  [[nodiscard]] std::size_t count(const Key& key) const;
  /// The keys of a process, in the order of its registrations; one for each entry.
  [[nodiscard]] std::vector<Key> keys(pid holder) const;

  /// Casts every change to `listener` from now on, until it ends.
  template <class S>
    requires handles_cast<S, registry_change<Key>>
  void listen(const ref<S>& listener) {
    const std::scoped_lock lock{shared_->mutex};
    shared_->listeners.push_back(
        [listener](const registry_change<Key>& change) { return cast(listener, change); });
  }

 private:
  struct shared {
    shared(runtime& where, std::string text, registry_keys how)
        : home{where}, name{std::move(text)}, kind{how} {}

    void tell(registry_event what, const Key& key, pid who) {
      std::erase_if(listeners,
                    [&](const auto& told) { return !told(registry_change<Key>{what, key, who}); });
    }
    /// Takes away every entry of `who` under `key`.
    std::size_t drop(const Key& key, pid who) {
      const auto found = entries.find(key);
      if (found == entries.end()) return 0;
      const std::size_t gone =
          std::erase_if(found->second, [&](const entry& each) { return each.process.id() == who; });
      if (found->second.empty()) entries.erase(found);
      for (std::size_t each = 0; each < gone; ++each) tell(registry_event::unregistered, key, who);
      return gone;
    }
    void process_ended(pid who) {
      const std::scoped_lock lock{mutex};
      const auto found = by_process.find(who);
      if (found == by_process.end()) return;
      for (const Key& key : found->second) drop(key, who);
      by_process.erase(found);
    }

    runtime& home;
    const std::string name;
    const registry_keys kind;
    std::mutex mutex;  ///< Guards what follows.
    std::unordered_map<Key, std::vector<entry>> entries;
    /// Who has ever registered and lives; its end is known to be told.
    std::map<pid, std::vector<Key>> by_process;
    std::vector<std::function<bool(const registry_change<Key>&)>> listeners;
  };

  [[nodiscard]] std::unexpected<refused_registration> refuse(errc code, const Key& key,
                                                             const std::string& why,
                                                             pid holder = {}) const;

  std::shared_ptr<shared> shared_;
};

namespace detail {

/// A key as people read it, as far as it can be written.
template <class Key>
[[nodiscard]] std::string key_text(const Key& key) {
  if constexpr (std::convertible_to<const Key&, std::string_view>) {
    return "key " + std::string{std::string_view{key}};
  } else if constexpr (std::integral<Key>) {
    return "key " + std::to_string(key);
  } else {
    return "the key";
  }
}

}  // namespace detail

template <class Key, class Value>
  requires std::copyable<Key> && std::copyable<Value>
std::unexpected<refused_registration> registry<Key, Value>::refuse(errc code, const Key& key,
                                                                   const std::string& why,
                                                                   pid holder) const {
  refused_registration refusal;
  refusal.code = code;
  refusal.message =
      "registry " + shared_->name + ": " + detail::key_text(key) + " " + why + "; not registered";
  refusal.holder = holder;
  return std::unexpected{std::move(refusal)};
}

template <class Key, class Value>
  requires std::copyable<Key> && std::copyable<Value>
std::expected<void, refused_registration> registry<Key, Value>::register_self(const Key& key,
                                                                              Value value) {
  process* const here = process::current();
  if (here == nullptr || &here->owner() != &shared_->home) {
    return refuse(errc::invalid_argument, key, "can be held by a process of its runtime only");
  }
  const pid self = here->id();
  if (!shared_->home.find(self)) {
    return refuse(errc::process_ended, key, "cannot be held by " + here->label() + ", which ends");
  }
  const std::scoped_lock lock{shared_->mutex};
  std::vector<entry>& under = shared_->entries[key];
  if (shared_->kind == registry_keys::unique && !under.empty()) {
    const pid holder = under.front().process.id();
    return refuse(errc::already_exists, key, "is held by " + to_string(holder), holder);
  }
  const auto [mine, is_first] = shared_->by_process.try_emplace(self);
  if (is_first) {
    here->on_release([weak = std::weak_ptr<shared>{shared_}, self]() noexcept {
      if (const std::shared_ptr<shared> still = weak.lock()) still->process_ended(self);
    });
  }
  under.push_back({here->self(), std::move(value)});
  mine->second.push_back(key);
  shared_->tell(registry_event::registered, key, self);
  return {};
}

template <class Key, class Value>
  requires std::copyable<Key> && std::copyable<Value>
bool registry<Key, Value>::unregister_self(const Key& key) {
  const process* const here = process::current();
  if (here == nullptr) return false;
  const std::scoped_lock lock{shared_->mutex};
  const auto mine = shared_->by_process.find(here->id());
  if (mine == shared_->by_process.end()) return false;
  std::erase(mine->second, key);
  return shared_->drop(key, here->id()) > 0;
}

template <class Key, class Value>
  requires std::copyable<Key> && std::copyable<Value>
template <std::invocable<Value&> F>
result<void> registry<Key, Value>::update_value(const Key& key, F change) {
  const process* const here = process::current();
  // Its address would not survive the lock, which `change` must not be called under.
  const auto mine = [&]() -> entry* {
    const auto found = shared_->entries.find(key);
    if (here == nullptr || found == shared_->entries.end()) return nullptr;
    const auto own = std::ranges::find(found->second, here->id(),
                                       [](const entry& each) { return each.process.id(); });
    return own != found->second.end() ? &*own : nullptr;
  };
  std::unique_lock lock{shared_->mutex};
  const entry* const before = mine();
  if (before == nullptr) {
    return fail(errc::not_found, "registry " + shared_->name + ": " + detail::key_text(key) +
                                     " is not held by this process; not updated");
  }
  Value value = before->value;
  lock.unlock();
  std::invoke(change, value);
  lock.lock();
  if (entry* const still = mine()) still->value = std::move(value);
  return {};
}

template <class Key, class Value>
  requires std::copyable<Key> && std::copyable<Value>
process_ref registry<Key, Value>::whereis(const Key& key) const {
  const std::scoped_lock lock{shared_->mutex};
  const auto found = shared_->entries.find(key);
  return found != shared_->entries.end() ? found->second.front().process : process_ref{};
}

template <class Key, class Value>
  requires std::copyable<Key> && std::copyable<Value>
auto registry<Key, Value>::lookup(const Key& key) const -> std::vector<entry> {
  const std::scoped_lock lock{shared_->mutex};
  const auto found = shared_->entries.find(key);
  return found != shared_->entries.end() ? found->second : std::vector<entry>{};
}

template <class Key, class Value>
  requires std::copyable<Key> && std::copyable<Value>
template <std::invocable<std::span<const typename registry<Key, Value>::entry>> F>
std::size_t registry<Key, Value>::dispatch(const Key& key, F reach) const {
  const std::vector<entry> all = lookup(key);
  if (!all.empty()) std::invoke(reach, std::span<const entry>{all});
  return all.size();
}

template <class Key, class Value>
  requires std::copyable<Key> && std::copyable<Value>
template <std::predicate<const Key&, const typename registry<Key, Value>::entry&> F>
auto registry<Key, Value>::select(F chooses) const -> std::vector<std::pair<Key, entry>> {
  std::vector<std::pair<Key, entry>> chosen;
  {
    const std::scoped_lock lock{shared_->mutex};
    for (const auto& [key, all] : shared_->entries) {
      for (const entry& each : all) chosen.emplace_back(key, each);
    }
  }
  std::erase_if(chosen,
                [&](const auto& each) { return !std::invoke(chooses, each.first, each.second); });
  return chosen;
}

template <class Key, class Value>
  requires std::copyable<Key> && std::copyable<Value>
std::size_t registry<Key, Value>::count() const {
  const std::scoped_lock lock{shared_->mutex};
  std::size_t all = 0;
  for (const auto& each : shared_->entries) all += each.second.size();
  return all;
}

template <class Key, class Value>
  requires std::copyable<Key> && std::copyable<Value>
std::size_t registry<Key, Value>::count(const Key& key) const {
  const std::scoped_lock lock{shared_->mutex};
  const auto found = shared_->entries.find(key);
  return found != shared_->entries.end() ? found->second.size() : 0;
}

template <class Key, class Value>
  requires std::copyable<Key> && std::copyable<Value>
std::vector<Key> registry<Key, Value>::keys(pid holder) const {
  const std::scoped_lock lock{shared_->mutex};
  const auto found = shared_->by_process.find(holder);
  return found != shared_->by_process.end() ? found->second : std::vector<Key>{};
}

}  // namespace genstage::inline v0
