#include <genstage/dispatch/subscription_options.hpp>

namespace genstage::inline v0 {

std::string to_string(const partition_key& key) {
  return key.name() != nullptr ? *key.name() : std::to_string(*key.number());
}

}  // namespace genstage::inline v0
