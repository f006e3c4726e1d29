# Every src/checks/check_NAME.c exports `const Check check_NAME`; the table of them is made here.
file(GLOB check_files CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/checks/check_*.c")
list(SORT check_files)
set(declarations "")
set(rows "")
foreach(file ${check_files})
  get_filename_component(name "${file}" NAME_WE)
  string(APPEND declarations "extern const Check ${name};\n")
  string(APPEND rows "    &${name},\n")
endforeach()
set(LOOPSAFE_CHECKS "${CMAKE_BINARY_DIR}/generated/checks.c")
file(GENERATE OUTPUT "${LOOPSAFE_CHECKS}" CONTENT
"#include \"checks/check.h\"

${declarations}
const Check *const checks[] = {
${rows}};
const size_t check_count = sizeof checks / sizeof *checks;
")
