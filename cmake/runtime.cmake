# What `loopsafe verify` starts lies beside the program, in lib/loopsafe: the probe, the stand-in, the host's Python.
set(LOOPSAFE_COMPANIONS "${CMAKE_BINARY_DIR}/lib/loopsafe")

# Loaded into other people's processes: C alone, nothing exported but what it interposes and what its Python side calls,
# and never a sanitizer's run time.
file(GLOB probe_files CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/probe/*.c")
if(probe_files)
  add_library(loopsafe_probe MODULE ${probe_files})
  target_include_directories(loopsafe_probe PRIVATE src)
  target_compile_options(loopsafe_probe PRIVATE -fvisibility=hidden -fno-sanitize=all)
  target_link_options(loopsafe_probe PRIVATE -fno-sanitize=all)
  target_link_libraries(loopsafe_probe PRIVATE Threads::Threads ${CMAKE_DL_LIBS} loopsafe_flags)
  set_target_properties(loopsafe_probe PROPERTIES PREFIX "lib" LIBRARY_OUTPUT_DIRECTORY "${LOOPSAFE_COMPANIONS}")
  install(TARGETS loopsafe_probe LIBRARY DESTINATION lib/loopsafe)
endif()

# The stand-in's parts are a library of their own: tests and fuzz targets use them, the program links OpenSSL.
file(GLOB stand_in_files CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/standin/*.c")
list(FILTER stand_in_files EXCLUDE REGEX "/standin/main\\.c$")
pkg_check_modules(OPENSSL REQUIRED IMPORTED_TARGET openssl)
add_library(loopsafe_stand_in_parts STATIC ${stand_in_files})
target_link_libraries(loopsafe_stand_in_parts PUBLIC loopsafe_core PkgConfig::OPENSSL PRIVATE loopsafe_flags)
add_executable(loopsafe_stand_in src/standin/main.c)
target_link_libraries(loopsafe_stand_in PRIVATE loopsafe_stand_in_parts loopsafe_flags)
set_target_properties(loopsafe_stand_in PROPERTIES OUTPUT_NAME "loopsafe-stand-in" RUNTIME_OUTPUT_DIRECTORY "${LOOPSAFE_COMPANIONS}")
install(TARGETS loopsafe_stand_in RUNTIME DESTINATION lib/loopsafe)

file(GLOB host_files CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/runtime/python/*.py")
set(host_copies "")
foreach(file ${host_files})
  get_filename_component(name "${file}" NAME)
  set(copy "${LOOPSAFE_COMPANIONS}/python/${name}")
  add_custom_command(OUTPUT "${copy}" COMMAND "${CMAKE_COMMAND}" -E copy "${file}" "${copy}" DEPENDS "${file}")
  list(APPEND host_copies "${copy}")
endforeach()
add_custom_target(loopsafe_host ALL DEPENDS ${host_copies})
install(FILES ${host_files} DESTINATION lib/loopsafe/python)
