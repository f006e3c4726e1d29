/* stage.h - where a run plays: its folder, the pristine trees, the outside, and the applications.
 *
 *   FOLDER/before, FOLDER/after       the trees
 *   FOLDER/seat/app/NAME              the copy that is served; every application begins alike, and both trees have one path
 *   FOLDER/seat/state/{home,tmp}      of the application
 *   FOLDER/seat-N/{app,state}         of the N-th application, which alone sees it as FOLDER/seat (runtime/cover.h)
 *
 * Where the kernel does not allow that, FOLDER/seat/app/NAME is laid anew for each start, and FOLDER/state-N is its state.
 *
 * Shape   one application starts while another one answers, and several wait for their turn (stage_ahead, stage_leave), when
 *         nothing is shared that would tell them apart: each has its seat; no service holds a state; the first one listens
 *         nowhere but where it was told to; there are two processors and memory for all. Else one lives at a time. None starts
 *         during a measurement, and what waits during one costs next to nothing (stage_hush).
 * Owner   stage_close ends and removes everything.
 * Errors  a Fail of one line, and in `end` what kind of trouble it is. */
#ifndef LOOPSAFE_VERIFY_STAGE_H
#define LOOPSAFE_VERIFY_STAGE_H

#include "verify/plan.h"

typedef struct StageStart {
    Tree tree;
    const HostLine *watch; /* files are paths below `served` */
    size_t watch_count;
    bool probe;
} StageStart;

enum { STAGE_SPARES = 4 };

/* One that starts, or that waits for its turn. */
typedef struct StageSpare {
    Host host;
    StageStart start;
    bool serves, asked;       /* asked: somebody has left it, after it answered him */
    uint64_t left_ns, cpu_ns; /* since when it waits, and what it had used then */
} StageSpare;

typedef struct Stage {
    Arena *arena;
    const VerifyPlan *plan;
    const char *folder, *served; /* served: the path of the copy */
    const char *seat;
    const char *trees[TREES]; /* pristine; NULL: there is no tree B */
    Outside *outside;
    const char *python;
    unsigned states;   /* applications started so far */
    uint64_t start_ns; /* that the last one took that started while somebody waited for it */
    bool covers;       /* each has a seat of its own */
    bool together;     /* several may live at once */
    size_t listening;  /* as neighbours_listening, before the first application */
    bool fresh;        /* what stage_serve gave out last has not been asked anything */
    StageSpare spares[STAGE_SPARES];
    size_t spare_count;
    Space space;
    Str guard;           /* for the report */
    size_t left_out;     /* files that were not copied */
    const char *remains; /* the folder, if it could not be removed */
    VerifyEnd end;
} Stage;

bool stage_open(Stage *stage, Arena *arena, const VerifyPlan *plan, Fail *fail)
    __attribute__((warn_unused_result));
void stage_close(Stage *stage);

/* Serves a fresh copy of the tree, or gives out one that was begun or left. */
bool stage_serve(Stage *stage, const StageStart *start, Host *host, Fail *fail)
    __attribute__((warn_unused_result));
/* Ends it at once: its copy and its databases go with it, so that nothing needs to be closed well. */
void stage_stop(Host *host);
/* One like that starts or waits. */
bool stage_has(const Stage *stage, const StageStart *start);
/* Begins one that stage_serve will give out. */
void stage_ahead(Stage *stage, const StageStart *start);
/* It has answered all that it was asked, and may be asked again: by the next stage_serve. */
void stage_leave(Stage *stage, const StageStart *start, Host *host);
/* Decides, by the first application, whether more of them may live beside it. */
void stage_meet(Stage *stage, Host *host);
/* Before a measurement: nothing starts any more, and nobody who waits computes. */
void stage_hush(Stage *stage);
/* The path of a file of the tree in the served copy. */
Str stage_path(const Stage *stage, Str relative);
void stage_progress(const Stage *stage, const char *words);

#endif
