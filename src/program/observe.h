/* observe.h - what a walk notes that is neither a stall nor a call; part of flow.h.
 *
 * Shape   Observations of the instance that is walked (step.h). Of awaits waits.h makes ways.
 * Owner   the instance. */
#ifndef LOOPSAFE_PROGRAM_OBSERVE_H
#define LOOPSAFE_PROGRAM_OBSERVE_H

#include "program/step.h"

typedef struct Flow Flow;
typedef struct Arguments Arguments;

/* --- observe.c --- */
/* Records something that checks ask for; place and circumstances are filled in here. */
void flow_observe(Flow *flow, Observation observation);
/* A written call of a path with some of TRAITS_OBSERVED. */
void flow_observe_traits(Flow *flow, NodeId call, const PathEntry *entry, Confidence confidence,
                         bool awaited);
/* The call hands the function to the loop as a task, or to run after the response. */
void flow_observe_job(Flow *flow, NodeId call, Str path, const Value *function);

/* --- requests.c --- */
/* What the call, decorator or method of a framework tells of the function that it takes: it serves requests. */
void flow_note_server(Flow *flow, const Value *function, Str path);

/* --- awaiting.c --- */
/* What the call gives is awaited here, or handed to somebody who awaits it. */
bool flow_hands_on(const Flow *flow, bool awaited);
/* Records that a call of a library is awaited: callee is its path, handed the function it runs elsewhere, or NULL. */
void flow_note_wait(Flow *flow, NodeId call, const Item *callee, bool awaited, const Value *handed);
/* Records that `async with` enters a lock, a semaphore, a limiter: what can be acquired. */
void flow_note_held(Flow *flow, NodeId context, const Value *value);
/* Records what awaited calls may share: receiver and arguments; and that nothing is known of the callee. */
void flow_note_awaited_call(Flow *flow, NodeId call, const Value *callee, const Arguments *arguments);

#endif
