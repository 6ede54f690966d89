# A page that npm builds in the build tree, never in the source tree, and that a program carries.

# require_node(<whose>)
# Finds node and npm, or stops with words that name who needs them.
function(require_node whose)
  find_program(GENSTAGE_NODE node DOC "node, which builds pages")
  find_program(GENSTAGE_NPM npm DOC "npm, which installs what builds pages")
  if(NOT GENSTAGE_NODE OR NOT GENSTAGE_NPM)
    message(FATAL_ERROR "${whose}: node and npm were not found, node 18.20 or newer is needed to "
      "build its page; nothing was configured. Install them, name them with -DGENSTAGE_NODE=... "
      "-DGENSTAGE_NPM=..., or leave the pages out with -DGENSTAGE_INSPECTOR=OFF "
      "-DGENSTAGE_LIVESEARCH=OFF.")
  endif()
  execute_process(COMMAND ${GENSTAGE_NODE} --version OUTPUT_VARIABLE node_version
    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "v" "" node_version "${node_version}")
  if(node_version VERSION_LESS 18.20)
    message(FATAL_ERROR "${whose}: ${GENSTAGE_NODE} is node ${node_version}, 18.20 or newer is "
      "needed to build its page; nothing was configured.")
  endif()
endfunction()

# npm_page(<whose> FOLDER <folder> CONTENT <file>...)
# Builds the page of a folder: package.json with its lock file, index.html, source/, public/ and
# acceptance/, beside which the tests find what tools/browser has. CONTENT are the files that vite
# makes; the names are stable (vite.config.ts sees to that), so they are known before the page is
# built. Sets for the caller:
#   page_folder    where they will be
#   page_workshop  the copy of the sources, with their packages
function(npm_page whose)
  cmake_parse_arguments(ARG "" "FOLDER" "CONTENT" ${ARGN})
  cmake_path(ABSOLUTE_PATH ARG_FOLDER BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
  require_node(${whose})
  set(workshop ${CMAKE_CURRENT_BINARY_DIR}/workshop)
  set(page ${CMAKE_CURRENT_BINARY_DIR}/page)

  # A copy of the sources, so that several build trees never disturb each other's packages.
  set(folders source public acceptance)
  set(files index.html svelte.config.js tsconfig.json vite.config.ts vitest.config.ts)
  set(manifest package.json package-lock.json .npmrc)
  list(TRANSFORM folders APPEND /* OUTPUT_VARIABLE patterns)
  list(TRANSFORM patterns PREPEND ${ARG_FOLDER}/)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${patterns})
  foreach(file IN LISTS files)
    list(APPEND sources ${ARG_FOLDER}/${file})
  endforeach()
  set(browser ${PROJECT_SOURCE_DIR}/tools/browser)
  foreach(tool accessible checks chromium)
    list(APPEND sources ${browser}/${tool}.mjs)
  endforeach()
  set(copy_commands "")
  foreach(folder IN LISTS folders)
    list(APPEND copy_commands
      COMMAND ${CMAKE_COMMAND} -E rm -rf ${workshop}/${folder}
      COMMAND ${CMAKE_COMMAND} -E copy_directory ${folder} ${workshop}/${folder})
  endforeach()
  # The list of files is part of the stamp's name: a file that is removed is a change, too.
  string(MD5 list_of_sources "${sources}")
  set(copied ${workshop}/.copied_${list_of_sources})
  add_custom_command(OUTPUT ${copied}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${workshop}
    ${copy_commands}
    COMMAND ${CMAKE_COMMAND} -E copy ${files} ${workshop}
    COMMAND ${CMAKE_COMMAND} -E copy_directory ${browser} ${workshop}/acceptance
    COMMAND ${CMAKE_COMMAND} -E touch ${copied}
    WORKING_DIRECTORY ${ARG_FOLDER}
    DEPENDS ${sources}
    COMMENT "Copying the sources of the page of ${whose}" VERBATIM)

  # What only the tests need is left out where there are none.
  if(GENSTAGE_TESTS)
    set(packages --include=dev)
    set(installed ${workshop}/.installed_with_tests)
  else()
    set(packages --omit=dev)
    set(installed ${workshop}/.installed)
  endif()
  list(TRANSFORM manifest PREPEND ${ARG_FOLDER}/ OUTPUT_VARIABLE manifest_sources)
  add_custom_command(OUTPUT ${installed}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${workshop}
    COMMAND ${CMAKE_COMMAND} -E copy ${manifest_sources} ${workshop}
    COMMAND ${CMAKE_COMMAND} -E chdir ${workshop}
      ${GENSTAGE_NPM} ci --prefer-offline --loglevel=error ${packages}
    COMMAND ${CMAKE_COMMAND} -E touch ${installed}
    DEPENDS ${manifest_sources}
    COMMENT "Installing what builds the page of ${whose}" VERBATIM)

  list(TRANSFORM ARG_CONTENT PREPEND ${page}/ OUTPUT_VARIABLE outputs)
  add_custom_command(OUTPUT ${outputs}
    COMMAND ${CMAKE_COMMAND} -E chdir ${workshop}
      ${GENSTAGE_NODE} node_modules/vite/bin/vite.js build
      --outDir ${page} --emptyOutDir --logLevel warn
    DEPENDS ${copied} ${installed}
    COMMENT "Building the page of ${whose}" VERBATIM)

  set(page_folder ${page} PARENT_SCOPE)
  set(page_workshop ${workshop} PARENT_SCOPE)
endfunction()
