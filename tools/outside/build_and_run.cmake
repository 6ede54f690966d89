# Configures SOURCE in BINARY with OPTIONS, builds it, installs it to INSTALLS or runs RUNS, whose
# output must be the file EXPECTED. With REFUSED the configuring must fail, in words that match.
cmake_minimum_required(VERSION 3.25)

if(REFUSED)
  file(REMOVE_RECURSE ${BINARY})
  execute_process(COMMAND ${CMAKE_COMMAND} -G Ninja -S ${SOURCE} -B ${BINARY} ${OPTIONS}
                  RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
  string(REGEX REPLACE "[ \n]+" " " said "${said}")
  if(status EQUAL 0 OR NOT said MATCHES "${REFUSED}")
    message(FATAL_ERROR "${SOURCE}: must be refused with \"${REFUSED}\", but: ${said}")
  endif()
  return()
endif()

execute_process(COMMAND ${CMAKE_COMMAND} -G Ninja -S ${SOURCE} -B ${BINARY} ${OPTIONS}
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${BINARY} COMMAND_ERROR_IS_FATAL ANY)
if(INSTALLS)
  file(REMOVE_RECURSE ${INSTALLS})
  execute_process(COMMAND ${CMAKE_COMMAND} --install ${BINARY} --prefix ${INSTALLS}
                  COMMAND_ERROR_IS_FATAL ANY)
endif()
if(RUNS)
  execute_process(COMMAND ${BINARY}/${RUNS} OUTPUT_VARIABLE printed ECHO_OUTPUT_VARIABLE TIMEOUT 60
                  COMMAND_ERROR_IS_FATAL ANY)
  file(READ ${EXPECTED} expected)
  if(NOT printed STREQUAL expected)
    message(FATAL_ERROR "${RUNS}: printed\n${printed}but ${EXPECTED} has\n${expected}")
  endif()
endif()
