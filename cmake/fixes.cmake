# Every src/fixes/fix_NAME.c exports `const FixShape fix_NAME`; the table of them is made here.
file(GLOB fix_files CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/fixes/fix_*.c")
list(SORT fix_files)
set(declarations "")
set(rows "")
foreach(file ${fix_files})
  get_filename_component(name "${file}" NAME_WE)
  string(APPEND declarations "extern const FixShape ${name};\n")
  string(APPEND rows "    &${name},\n")
endforeach()
set(LOOPSAFE_FIXES "${CMAKE_BINARY_DIR}/generated/fixes.c")
file(GENERATE OUTPUT "${LOOPSAFE_FIXES}" CONTENT
"#include \"fixes/shape.h\"

${declarations}
const FixShape *const fix_shapes[] = {
${rows}};
const size_t fix_shape_count = sizeof fix_shapes / sizeof *fix_shapes;
")
