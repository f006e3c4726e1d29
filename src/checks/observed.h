/* observed.h - findings on single places that the walk has noted.
 *
 * Shape   a Sighting is a noted place of the unit; one that several instances share is there once.
 * Order   by function, then by place.   Owner   sightings: whoever collected them, until sightings_free. */
#ifndef LOOPSAFE_CHECKS_OBSERVED_H
#define LOOPSAFE_CHECKS_OBSERVED_H

#include "checks/check.h"

typedef struct Sighting {
    const Observation *observation;
    const Instance *instance; /* NULL: at module level */
} Sighting;

typedef struct Sightings {
    VEC(Sighting) list;
} Sightings;

/* What the unit's functions and its module level have of the kind, used in one of the ways (a set of bits). */
void sightings_collect(const CheckRun *run, ObservationKind kind, unsigned uses, Sightings *sightings);
void sightings_free(Sightings *sightings);
/* The function that the place stands in; NULL: module level. */
const FunctionInfo *sighting_function(const CheckRun *run, const Sighting *sighting);
/* Adds a finding at the node, which is its own sink under the name. Fills place, function, sink. */
Report *observed_add(CheckRun *run, Finding finding, NodeId node, const FunctionInfo *function, Str name);
/* Says what the report is about. */
void observed_subject(Report *report, const Sighting *sighting);

#endif
