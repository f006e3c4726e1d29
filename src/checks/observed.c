#include "checks/observed.h"

#include <stdlib.h>

#include "base/banned.h"

static void collect_from(Sightings *sightings, const Observation *observations, size_t count,
                         const Instance *instance, ObservationKind kind, unsigned uses)
{
    for (size_t i = 0; i < count; i++)
        if (observations[i].kind == kind && uses & (1u << observations[i].use))
            vec_add(&sightings->list, ((Sighting){&observations[i], instance}));
}

static int compare(const void *left, const void *right)
{
    const Observation *one = ((const Sighting *)left)->observation;
    const Observation *other = ((const Sighting *)right)->observation;
    if (one->function != other->function) return one->function < other->function ? -1 : 1;
    return one->node < other->node ? -1 : one->node > other->node;
}

static void drop_doubles(Sightings *sightings)
{
    size_t kept = 0;
    for (size_t i = 0; i < sightings->list.count; i++)
        if (!kept || compare(&sightings->list.items[kept - 1], &sightings->list.items[i]))
            sightings->list.items[kept++] = sightings->list.items[i];
    sightings->list.count = kept;
}

void sightings_collect(const CheckRun *run, ObservationKind kind, unsigned uses, Sightings *sightings)
{
    const Unit *unit = run->unit;
    for (size_t i = 0; i < unit->observed.count; i++) {
        const Instance *instance = unit->observed.items[i];
        collect_from(sightings, instance->observations.items, instance->observations.count, instance, kind,
                     uses);
    }
    collect_from(sightings, unit->observations.items, unit->observations.count, NULL, kind, uses);
    if (!sightings->list.count) return;
    qsort(sightings->list.items, sightings->list.count, sizeof(Sighting), compare);
    drop_doubles(sightings);
}

void sightings_free(Sightings *sightings)
{
    vec_free(&sightings->list);
}

const FunctionInfo *sighting_function(const CheckRun *run, const Sighting *sighting)
{
    uint32_t function = sighting->observation->function;
    return function == ID_NONE ? NULL : program_function(run->program, function);
}

Report *observed_add(CheckRun *run, Finding finding, NodeId node, const FunctionInfo *function, Str name)
{
    const Unit *unit = run->unit;
    Span span = unit_node(unit, node)->span;
    finding.function = function ? str_copy(run->results, function->name) : STR("<module>");
    finding.sink = str_copy(run->results, name);
    finding.sink_place = check_place(run, unit, span);
    finding.sink_function = finding.function;
    finding.sink_source = check_line(run, unit, span);
    return check_add(run, finding, span, lines_row1(&unit->lines, span.start),
                     lines_row1(&unit->lines, span.end), false);
}

void observed_subject(Report *report, const Sighting *sighting)
{
    const Observation *observation = sighting->observation;
    report->subject = (Subject){.kind = SUBJECT_OBSERVATION,
                                .function = observation->function,
                                .node = observation->node,
                                .statement = observation->statement,
                                .instance = sighting->instance,
                                .observation = observation};
}
