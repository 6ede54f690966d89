# genstage_compile_fail_test(NAME <name> SOURCE <file.cpp> EXPECT <regex>...
#                            [EXPECT_GNU <regex>...] [EXPECT_CLANG <regex>...]
#                            [LIBRARIES <target>...])
#
# Pins what the compiler says about a wrong program. Two tests, of the label unit:
#   <name>.refused  the file does not compile, and its diagnostics, notes included, match every
#                   regex
#   <name>.fixed    the same file compiles with GENSTAGE_FIXED defined, so that it fails for no
#                   other reason
# EXPECT_GNU and EXPECT_CLANG are matched by that compiler alone. Line ends count as spaces.
# Write a dot for a square bracket or a semicolon: CMake's lists would be broken by them.
# LIBRARIES, genstage::genstage by default, give the include folders.
set(genstage_compile_fail_check ${CMAKE_CURRENT_LIST_DIR}/compile_fail_check.cmake)

function(genstage_compile_fail_test)
  if(NOT GENSTAGE_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "NAME;SOURCE" "EXPECT;EXPECT_GNU;EXPECT_CLANG;LIBRARIES" ${ARGN})
  if(NOT ARG_EXPECT)
    message(FATAL_ERROR "${ARG_NAME}: no EXPECT, a compile-fail test must say what it expects")
  endif()
  if(NOT ARG_LIBRARIES)
    set(ARG_LIBRARIES genstage::genstage)
  endif()
  cmake_path(ABSOLUTE_PATH ARG_SOURCE BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})

  set(expected ${ARG_EXPECT})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    list(APPEND expected ${ARG_EXPECT_GNU})
  else()
    list(APPEND expected ${ARG_EXPECT_CLANG})
  endif()
  set(includes "")
  foreach(library IN LISTS ARG_LIBRARIES)
    list(APPEND includes $<TARGET_PROPERTY:${library},INTERFACE_INCLUDE_DIRECTORIES>)
  endforeach()
  list(TRANSFORM expected REPLACE "(.+)" "[==[\\1]==]")
  list(JOIN expected "\n  " expected)
  set(parameters ${CMAKE_CURRENT_BINARY_DIR}/${ARG_NAME}.cmake)
  file(GENERATE OUTPUT ${parameters} CONTENT "set(compiler ${CMAKE_CXX_COMPILER})
set(source ${ARG_SOURCE})
set(flags -std=c++23 -fsyntax-only \"-I$<JOIN:${includes},;-I>\")
set(expected
  ${expected})
")
  foreach(kind refused fixed)
    add_test(NAME ${ARG_NAME}.${kind} COMMAND ${CMAKE_COMMAND}
      -D PARAMETERS=${parameters} -D KIND=${kind} -P ${genstage_compile_fail_check})
    set_tests_properties(${ARG_NAME}.${kind} PROPERTIES LABELS unit TIMEOUT 120)
  endforeach()
endfunction()
