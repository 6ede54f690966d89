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

std::string short_type_name(const std::type_info& type) {
  std::string name = type_name(type);
  if (const auto arguments = name.find('<'); arguments != name.npos) name.resize(arguments);
  const auto scope = name.rfind("::");
  return scope == name.npos ? name : name.substr(scope + 2);
}

}  // namespace genstage::inline v0
