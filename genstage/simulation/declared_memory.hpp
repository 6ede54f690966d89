#pragma once

#include <memory_resource>
#include <string>
#include <utility>

namespace genstage::inline v0 {

class simulation;

/// Memory that may be exhausted: what a simulation refuses throws std::bad_alloc, everything else
/// comes from the memory above.
///
///     gs::declared_memory cache{world, "cache"};
///     std::pmr::vector<entry> entries{&cache};
///
/// Lifetime: the simulation and `above` outlive it. Threads: one.
class declared_memory final : public std::pmr::memory_resource {
 public:
  declared_memory(simulation& world, std::string name,
                  std::pmr::memory_resource* above = std::pmr::get_default_resource())
      : world_{world}, name_{std::move(name)}, above_{above} {}

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override;
  void do_deallocate(void* block, std::size_t bytes, std::size_t alignment) override;
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override {
    return this == &other;
  }

  simulation& world_;
  std::string name_;
  std::pmr::memory_resource* above_;
};

}  // namespace genstage::inline v0
