# Compiles rules/**/*.json into one C source.
#
# LOOPSAFE_RULE_DATA is the generated file; it belongs to the library that holds src/rules/catalogue.c.
# src/rules/compile_main.c is the tool's main and belongs to no library.

file(GLOB_RECURSE LOOPSAFE_RULE_TABLES CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/rules/*.json)
list(FILTER LOOPSAFE_RULE_TABLES EXCLUDE REGEX "/schema\\.json$")
list(SORT LOOPSAFE_RULE_TABLES)

file(GLOB LOOPSAFE_RULE_TOOL_SOURCES CONFIGURE_DEPENDS
     ${CMAKE_SOURCE_DIR}/src/base/*.c ${CMAKE_SOURCE_DIR}/src/rules/*.c)
# The look-ups need the generated data, the tool makes it.
list(FILTER LOOPSAFE_RULE_TOOL_SOURCES EXCLUDE REGEX "/rules/(catalogue|lookup|swap)\\.c$")

find_package(Threads REQUIRED)
add_executable(loopsafe-rules-compile ${LOOPSAFE_RULE_TOOL_SOURCES})
target_include_directories(loopsafe-rules-compile PRIVATE ${CMAKE_SOURCE_DIR}/src)
target_link_libraries(loopsafe-rules-compile PRIVATE cjson Threads::Threads)
set_target_properties(loopsafe-rules-compile PROPERTIES C_STANDARD 11 C_EXTENSIONS OFF)

set(LOOPSAFE_RULE_DATA ${CMAKE_BINARY_DIR}/generated/catalogue_data.c)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/generated)
add_custom_command(
  OUTPUT ${LOOPSAFE_RULE_DATA}
  COMMAND loopsafe-rules-compile ${LOOPSAFE_RULE_DATA} ${LOOPSAFE_RULE_TABLES}
  DEPENDS loopsafe-rules-compile ${LOOPSAFE_RULE_TABLES}
  COMMENT "Compiling the rule tables"
  VERBATIM)
