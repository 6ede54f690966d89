#pragma once

#include <string>
#include <typeinfo>

namespace genstage::inline v0 {

/// The name of a type as people write it.
[[nodiscard]] std::string type_name(const std::type_info& type);

/// The same without its scope and arguments.
[[nodiscard]] std::string short_type_name(const std::type_info& type);

/// The same for what `type.name()` returned.
[[nodiscard]] std::string demangled(const char* name);

template <class T>
[[nodiscard]] std::string type_name() {
  return type_name(typeid(T));
}

}  // namespace genstage::inline v0
