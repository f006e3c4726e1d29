/* config_verify.h - the table [tool.loopsafe.verify]: options of `loopsafe verify` that a project always wants.
 *
 *   [tool.loopsafe.verify]
 *   requests = "verify/requests.txt"       service = ["postgres", "redis"]     prepare = "alembic upgrade head"
 *   answers = "verify/answers.json"        env = ["SHOP_KEY=test"]             writes = true
 *
 * Shape   keys are the long names of the options; each value becomes an argument, "--requests=/project/verify/…", as if it
 *         were typed before what the user types. Paths are below the file's directory.
 * Errors  a key that is none, a value of the wrong type: a Fail with path and line. */
#ifndef LOOPSAFE_SESSION_CONFIG_VERIFY_H
#define LOOPSAFE_SESSION_CONFIG_VERIFY_H

#include "session/options.h"
#include "session/toml.h"

bool config_verify_read(Arena *arena, const TomlValue *table, const char *path, Str directory,
                        StrList *arguments, Fail *fail) __attribute__((warn_unused_result));

#endif
