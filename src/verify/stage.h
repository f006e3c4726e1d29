/* stage.h - where a run plays: its folder, the pristine trees, the outside, and one application at a time.
 *
 *   FOLDER/before, FOLDER/after       the trees
 *   FOLDER/app/NAME                   the copy that is being served; laid anew for each start, so that every application
 *                                     begins alike and both trees have the same path
 *   FOLDER/state-N/{home,tmp}         of the N-th application
 *
 * Owner   stage_close ends and removes everything.
 * Errors  a Fail of one line, and in `end` what kind of trouble it is. */
#ifndef LOOPSAFE_VERIFY_STAGE_H
#define LOOPSAFE_VERIFY_STAGE_H

#include "verify/plan.h"

typedef struct Stage {
    Arena *arena;
    const VerifyPlan *plan;
    const char *folder, *served; /* served: the path of the copy */
    const char *trees[TREES];    /* pristine; NULL: there is no tree B */
    Outside *outside;
    const char *python;
    unsigned states; /* applications started so far */
    Space space;
    Str guard;           /* for the report */
    size_t left_out;     /* files that were not copied */
    const char *remains; /* the folder, if it could not be removed */
    VerifyEnd end;
} Stage;

bool stage_open(Stage *stage, Arena *arena, const VerifyPlan *plan, Fail *fail)
    __attribute__((warn_unused_result));
void stage_close(Stage *stage);

typedef struct StageStart {
    Tree tree;
    const HostLine *watch; /* files are paths below `served` */
    size_t watch_count;
    bool probe;
} StageStart;

/* Serves a fresh copy of the tree. */
bool stage_serve(Stage *stage, const StageStart *start, Host *host, Fail *fail)
    __attribute__((warn_unused_result));
/* Ends it at once: its copy and its databases go with it, so that nothing needs to be closed well. */
void stage_stop(Host *host);
/* The path of a file of the tree in the served copy. */
Str stage_path(const Stage *stage, Str relative);
void stage_progress(const Stage *stage, const char *words);

#endif
