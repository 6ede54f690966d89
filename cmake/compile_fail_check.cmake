# Run by the tests of genstage_compile_fail_test: PARAMETERS is a test's file, KIND is refused or
# fixed.
include(${PARAMETERS})

if(KIND STREQUAL "fixed")
  list(APPEND flags -DGENSTAGE_FIXED)
endif()
execute_process(COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C ${compiler} ${flags} ${source}
                RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
message("${said}")

if(KIND STREQUAL "fixed")
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${source}: does not compile with GENSTAGE_FIXED, it must")
  endif()
  return()
endif()

if(status EQUAL 0)
  message(FATAL_ERROR "${source}: compiles, the compiler must refuse it")
endif()
string(REGEX REPLACE "[ \n]+" " " said "${said}")
foreach(regex IN LISTS expected)
  if(NOT said MATCHES "${regex}")
    message(SEND_ERROR "${source}: refused, but \"${regex}\" is not in what the compiler says")
  endif()
endforeach()
