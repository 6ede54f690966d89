# embed_files(<target> NAMESPACE <ns> NAME <name> BASE <dir> FILES <path relative to dir>...)
#
# Carries files inside the binary. Generates <name>.hpp with
#   struct <name>_file { std::string_view path; std::string_view content; };
#   std::span<const <name>_file> ns::<name>();
# whose paths are relative to BASE and which are sorted as given. The header's folder is added to
# the target's public include folders. A file that changes is embedded again at the next build.
function(embed_files target)
  cmake_parse_arguments(ARG "" "NAMESPACE;NAME;BASE" "FILES" ${ARGN})
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/embedded)
  set(blobs "")
  set(rows "")
  set(paths "")
  set(index 0)
  foreach(file IN LISTS ARG_FILES)
    set(symbol "embedded_${ARG_NAME}_${index}")
    string(APPEND blobs
      "asm(R\"(.pushsection .rodata\n${symbol}_begin:\n.incbin \"${ARG_BASE}/${file}\"\n"
      "${symbol}_end:\n.byte 0\n.popsection)\");\n"
      "extern const char ${symbol}_begin[] asm(\"${symbol}_begin\");\n"
      "extern const char ${symbol}_end[] asm(\"${symbol}_end\");\n")
    string(APPEND rows
      "      {\"${file}\",\n       {${symbol}_begin, "
      "static_cast<std::size_t>(${symbol}_end - ${symbol}_begin)}},\n")
    list(APPEND paths ${ARG_BASE}/${file})
    math(EXPR index "${index} + 1")
  endforeach()
  string(CONCAT header
    "#pragma once\n\n#include <span>\n#include <string_view>\n\nnamespace ${ARG_NAMESPACE} {\n\n"
    "struct ${ARG_NAME}_file {\n  std::string_view path;\n  std::string_view content;\n};\n\n"
    "std::span<const ${ARG_NAME}_file> ${ARG_NAME}();\n\n}  // namespace ${ARG_NAMESPACE}\n")
  string(CONCAT source
    "#include \"${ARG_NAME}.hpp\"\n\n#include <cstddef>\n\n${blobs}\n"
    "namespace ${ARG_NAMESPACE} {\n\nstd::span<const ${ARG_NAME}_file> ${ARG_NAME}() {\n"
    "  static const ${ARG_NAME}_file files[] = {\n${rows}  };\n  return files;\n}\n\n"
    "}  // namespace ${ARG_NAMESPACE}\n")
  file(CONFIGURE OUTPUT ${folder}/${ARG_NAME}.hpp CONTENT "${header}" @ONLY)
  file(CONFIGURE OUTPUT ${folder}/${ARG_NAME}.cpp CONTENT "${source}" @ONLY)
  set_source_files_properties(${folder}/${ARG_NAME}.cpp PROPERTIES OBJECT_DEPENDS "${paths}")
  target_sources(${target} PRIVATE ${folder}/${ARG_NAME}.cpp)
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${folder}>)
endfunction()
