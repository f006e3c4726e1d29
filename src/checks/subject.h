/* subject.h - what a finding is about, for whoever writes its fix: the nodes, not their words.
 *
 * Shape   nodes belong to the unit of the run, but for those of the sink.
 * Owner   the results arena of the run; gone with the program. */
#ifndef LOOPSAFE_CHECKS_SUBJECT_H
#define LOOPSAFE_CHECKS_SUBJECT_H

#include "program/program.h"
#include "program/sequence.h"

typedef enum SubjectKind {
    SUBJECT_NONE,        /* nothing that a fix could be made of */
    SUBJECT_STALL,       /* a statement that blocks: reach, sink */
    SUBJECT_SEQUENCE,    /* awaits one after the other: members */
    SUBJECT_REPETITION,  /* a loop of awaits: repetition; node: the await that is told of */
    SUBJECT_OBSERVATION, /* something that a walk noted: observation */
    SUBJECT_FUNCTION     /* a whole function, which is the statement: sink, for what blocks in it */
} SubjectKind;

typedef struct Subject {
    SubjectKind kind;
    uint32_t function; /* of the program: the one that the finding stands in; ID_NONE: module level */
    NodeId node;       /* what is reported */
    NodeId statement;
    Str name;                      /* SUBJECT_REPETITION: what is awaited, as a reader would name it */
    const Instance *instance;      /* of the function, one that shows it; NULL: module level */
    const Reach *reach;            /* from the instance; reach->next NULL: the primitive itself stands here */
    const Instance *sink_instance; /* the function that calls the primitive */
    const Step *sink;              /* of sink_instance: node, rule */
    const Member *members;
    size_t member_count;
    const Repetition *repetition;
    const Observation *observation;
} Subject;

#endif
