#include <cxxabi.h>

#include <cstdlib>
#include <genstage/core/type_name.hpp>

namespace genstage::inline v0 {

std::string demangled(const char* name) {
  int status = 0;
  char* const text = abi::__cxa_demangle(name, nullptr, nullptr, &status);
  std::string readable = status == 0 ? text : name;
  std::free(text);
  return readable;
}

std::string type_name(const std::type_info& type) {
  return demangled(type.name());
}

}  // namespace genstage::inline v0
