# What `cmake --install` puts where: headers in their folders, static libraries, and a package that
# find_package(genstage CONFIG) finds. Every component has its own file of targets, so that the core
# is found where Boost and curl are not.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(genstage_components core)
set(genstage_core_target genstage)
set(genstage_unbuilt_layers "")
if(GENSTAGE_HTTP)
  list(APPEND genstage_components io http otlp)
  set(genstage_io_target genstage_io)
  set(genstage_http_target genstage_http)
  set(genstage_otlp_target genstage_otlp)
else()
  set(genstage_unbuilt_layers PATTERN io EXCLUDE PATTERN http EXCLUDE PATTERN exporters EXCLUDE)
endif()
if(GENSTAGE_PROMETHEUS)
  list(APPEND genstage_components prometheus)
  set(genstage_prometheus_target genstage_prometheus)
else()
  list(APPEND genstage_unbuilt_layers PATTERN prometheus_collectable.hpp EXCLUDE)
endif()
if(GENSTAGE_INSPECTOR)
  list(APPEND genstage_components inspector)
  set(genstage_inspector_target genstage_inspector)
else()
  list(APPEND genstage_unbuilt_layers PATTERN inspector EXCLUDE)
endif()
if(GENSTAGE_PROGRAMS)
  install(TARGETS gs-trace RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  if(GENSTAGE_INSPECTOR)
    install(TARGETS gs-top gs-inspect RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endif()
list(JOIN genstage_components ", " genstage_components_text)

set(genstage_package ${CMAKE_INSTALL_LIBDIR}/cmake/genstage)
foreach(component IN LISTS genstage_components)
  install(TARGETS ${genstage_${component}_target} EXPORT genstage-${component}-targets
          ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(EXPORT genstage-${component}-targets NAMESPACE genstage:: DESTINATION ${genstage_package})
endforeach()

install(DIRECTORY ${PROJECT_SOURCE_DIR}/genstage DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.hpp" ${genstage_unbuilt_layers} PATTERN "*_test.hpp" EXCLUDE
        PATTERN conformance EXCLUDE PATTERN inspector/top EXCLUDE
        PATTERN inspector/recorded EXCLUDE)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/genstageConfig.cmake.in ${PROJECT_BINARY_DIR}/genstageConfig.cmake
  INSTALL_DESTINATION ${genstage_package})
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/genstageConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/genstageConfig.cmake
              ${PROJECT_BINARY_DIR}/genstageConfigVersion.cmake
        DESTINATION ${genstage_package})
