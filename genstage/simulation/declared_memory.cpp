#include <genstage/simulation/declared_memory.hpp>
#include <genstage/simulation/simulation.hpp>
#include <new>

namespace genstage::inline v0 {

void* declared_memory::do_allocate(std::size_t bytes, std::size_t alignment) {
  if (world_.refuses(name_)) throw std::bad_alloc{};
  return above_->allocate(bytes, alignment);
}

void declared_memory::do_deallocate(void* block, std::size_t bytes, std::size_t alignment) {
  above_->deallocate(block, bytes, alignment);
}

}  // namespace genstage::inline v0
