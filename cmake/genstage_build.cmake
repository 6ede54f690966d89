# How every target of this project is compiled, and how a folder declares its tests.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()

find_program(CCACHE ccache)
if(PROJECT_IS_TOP_LEVEL AND CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

# Warnings are errors, but only for whoever develops the project, never for a program that adds it.
add_library(genstage_warnings INTERFACE)
if(PROJECT_IS_TOP_LEVEL)
  target_compile_options(genstage_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
    $<$<CXX_COMPILER_ID:GNU>:-fdiagnostics-color=never>)
endif()

if(GENSTAGE_SANITIZE STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
  # What the sanitizer adds hides from g++ that a member of a variant or optional is set before it
  # is moved; its manual says of -Wmaybe-uninitialized that a sanitizer makes it report falsely.
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
elseif(GENSTAGE_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
elseif(NOT GENSTAGE_SANITIZE STREQUAL "")
  message(FATAL_ERROR "GENSTAGE_SANITIZE: \"${GENSTAGE_SANITIZE}\", allowed are address "
                      "and thread; stopped")
endif()

# What is fuzzed must count its branches, so everything is instrumented.
if(GENSTAGE_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "GENSTAGE_FUZZ: the compiler is ${CMAKE_CXX_COMPILER_ID}, only Clang has "
                        "libFuzzer; stopped")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
  # All fuzz targets, which tools/fuzz.sh builds and runs.
  add_custom_target(fuzz_targets)
endif()

# genstage_fuzz_target(<target> SOURCES ... [LIBRARIES ...])
# One fuzz target; its seeds, if it has some, are in corpus/<target> beside its CMakeLists.txt.
function(genstage_fuzz_target target)
  if(NOT GENSTAGE_FUZZ)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${target} ${ARG_SOURCES})
  target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  target_link_libraries(${target} PRIVATE ${ARG_LIBRARIES} genstage_warnings)
  add_dependencies(fuzz_targets ${target})
endfunction()

# genstage_tests(<target> LABEL unit|simulation|acceptance SOURCES ... [LIBRARIES ...])
# One test program of a folder; each of its tests is a ctest of its own with that label.
function(genstage_tests target)
  if(NOT GENSTAGE_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "LABEL" "SOURCES;LIBRARIES;DEFINITIONS" ${ARGN})
  add_executable(${target} ${ARG_SOURCES})
  # What runs in a simulation can be replayed from the command line.
  set(main GTest::gtest_main)
  if(ARG_LABEL STREQUAL "simulation")
    set(main genstage_simulation_main)
  endif()
  target_link_libraries(${target} PRIVATE ${ARG_LIBRARIES} genstage_warnings GTest::gtest ${main})
  target_compile_definitions(${target} PRIVATE ${ARG_DEFINITIONS})
  gtest_discover_tests(${target} DISCOVERY_MODE PRE_TEST
    PROPERTIES LABELS ${ARG_LABEL} TIMEOUT 120)
endfunction()
