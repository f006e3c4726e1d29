/* model_settings.h - the command line of `loopsafe model`, and the loads that it asks for. */
#ifndef LOOPSAFE_CLI_MODEL_SETTINGS_H
#define LOOPSAFE_CLI_MODEL_SETTINGS_H

#include "cli/args.h"
#include "model/model_file.h"

typedef struct ModelSettings {
    /* As typed. */
    StrList users;
    const char *think, *rate, *simulate;
    size_t workers, processors; /* 0: as the file says */
    bool json;
    /* Settled. */
    const ModelPoint *loads;
    size_t load_count;
} ModelSettings;

extern const ArgTable model_table;

ModelSettings model_settings_new(void);
bool model_settings_finish(ModelSettings *settings, Arena *arena, Fail *fail)
    __attribute__((warn_unused_result));

#endif
