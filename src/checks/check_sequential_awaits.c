/* LS201: awaits that stand one after the other and need nothing of each other. What is proven to gain is certain; what
 * may gain is for --strict, and says what is not known. */
#include "checks/check.h"

#include "base/buf.h"
#include "base/limits.h"
#include "checks/waiting.h"
#include "base/banned.h"

/* The awaits of one finding. */
typedef struct Group {
    const Waiter *waiter;
    const Member *members[LIMIT_SEQUENCE];
    Waiting waits[LIMIT_SEQUENCE];
    size_t count;
    bool certain;
} Group;

static Str kept(CheckRun *run, Buf *buf)
{
    Str text = str_copy(run->results, buf_str(buf));
    buf_free(buf);
    return text;
}

/* --- words --- */

enum { SHOWN = 4 };

/* `t1+t2+t3`, `t1, t2, t3`; of many the first and the last. */
static void add_times(Buf *buf, size_t count, const char *between)
{
    for (size_t i = 1; i <= count; i++) {
        if (count > SHOWN && i == SHOWN) {
            buf_add_text(buf, "…");
            buf_add_text(buf, between);
            i = count;
        }
        buf_format(buf, "t%zu", i);
        if (i < count) buf_add_text(buf, between);
    }
}

static void add_names(Buf *buf, const Group *group)
{
    for (size_t i = 0; i < group->count; i++) {
        if (group->count > SHOWN && i == SHOWN - 1) {
            buf_format(buf, " and %zu more", group->count - i);
            return;
        }
        if (i) buf_add_text(buf, i + 1 == group->count ? " and " : ", ");
        buf_format(buf, "`%.*s`", (int)group->waits[i].name.len, group->waits[i].name.ptr);
    }
}

static const char *doubt_of(const Waiting *waits, const Member *member)
{
    uint32_t any = (waits->awaited.waits | waits->awaited.sometimes) & TRAITS_OF_WAITING;
    if (!any) return "whether `%.*s` waits for the network";
    if (waits->effect) return "whether `%.*s` has to keep its place";
    if (!(waits->awaited.waits & TRAITS_OF_WAITING)) return "how often `%.*s` waits";
    if (!waits->proven && any & TRAIT_BIT(TRAIT_WAITS_DB))
        return "whether `%.*s` has a database connection of its own";
    if (!waits->proven || waits->brief) return "whether `%.*s` waits long enough";
    if (member->conditional) return "how often `%.*s` is called";
    return member->bound ? NULL : "whether others need what `%.*s` leaves behind";
}

static void add_doubt(Buf *buf, const Group *group)
{
    for (size_t i = 0; i < group->count; i++) {
        const char *doubt = doubt_of(&group->waits[i], group->members[i]);
        if (!doubt) continue;
        buf_add_text(buf, "; not known: ");
        size_t before = 0;
        while (doubt[before] != '%')
            before++;
        buf_add(buf, (Str){doubt, before});
        buf_add(buf, group->waits[i].name);
        buf_add_text(buf, doubt + before + sizeof "%.*s" - 1);
        return;
    }
}

static Str message_of(CheckRun *run, const Group *group)
{
    Buf buf;
    buf_init(&buf);
    buf_format(&buf, "%zu awaits in sequence %s ", group->count, group->certain ? "take" : "may take");
    add_times(&buf, group->count, "+");
    buf_add_text(&buf, ", together max(");
    add_times(&buf, group->count, ", ");
    buf_add_text(&buf, "): ");
    add_names(&buf, group);
    if (group->certain)
        buf_add_text(&buf, " need nothing of each other");
    else
        add_doubt(&buf, group);
    return kept(run, &buf);
}

static void add_way(Buf *buf, const Waiting *waits)
{
    const Awaited *awaited = &waits->awaited;
    buf_format(buf, "`%.*s` waits for %s", (int)waits->name.len, waits->name.ptr,
               waiting_kind(awaited->kind));
    if (!awaited->end || !awaited->end->path.len) return;
    buf_add_text(buf, " (");
    buf_add(buf, awaited->end->path);
    buf_add_text(buf, ")");
}

static Str why_of(CheckRun *run, const Group *group)
{
    Buf buf;
    buf_init(&buf);
    for (size_t i = 0; i < group->count && i < SHOWN; i++) {
        if (!group->waits[i].awaited.instance) continue;
        if (buf.len) buf_add_text(&buf, ", ");
        add_way(&buf, &group->waits[i]);
    }
    buf_add_text(&buf, buf.len ? "; each starts only when the one before it is done"
                               : "each starts only when the one before it is done");
    return kept(run, &buf);
}

static Str advice_of(CheckRun *run, const Group *group)
{
    Buf buf;
    buf_init(&buf);
    buf_add_text(&buf, "start them together: `await asyncio.gather(");
    for (size_t i = 0; i < group->count && i < SHOWN; i++)
        buf_format(&buf, "%s%.*s(...)", i ? ", " : "", (int)group->waits[i].name.len,
                   group->waits[i].name.ptr);
    buf_add_text(&buf, group->count > SHOWN ? ", ...)`" : ")`");
    buf_add_text(&buf, ", or tasks of an `asyncio.TaskGroup` (3.11+)");
    return kept(run, &buf);
}

/* --- reporting --- */

static Hop hop_of(CheckRun *run, const Group *group, size_t index)
{
    Span span = unit_node(run->unit, group->waits[index].await)->span;
    return (Hop){.place = check_place(run, run->unit, span),
                 .function = str_copy(run->results, group->waiter->info->name),
                 .callee = group->waits[index].name,
                 .source = check_line(run, run->unit, span)};
}

static Confidence confidence_of(const Group *group)
{
    Confidence least = CONFIDENCE_CERTAIN;
    for (size_t i = 0; i < group->count; i++)
        if (group->waits[i].awaited.confidence < least) least = group->waits[i].awaited.confidence;
    return group->certain ? least : CONFIDENCE_POSSIBLE;
}

static Subject subject_of(CheckRun *run, const Group *group)
{
    Member *members = arena_array(run->results, group->count, sizeof *members);
    for (size_t i = 0; i < group->count; i++)
        members[i] = *group->members[i];
    return (Subject){.kind = SUBJECT_SEQUENCE,
                     .function = group->waiter->function,
                     .node = group->waits[0].await,
                     .statement = members[0].statement,
                     .members = members,
                     .member_count = group->count};
}

static void report(CheckRun *run, const Group *group)
{
    const Lines *lines = &run->unit->lines;
    Span span = unit_node(run->unit, group->waits[0].await)->span;
    Span statement = unit_node(run->unit, group->members[0]->statement)->span;
    Severity severity = group->certain && group->count > 2 ? SEVERITY_MEDIUM : SEVERITY_LOW;
    Finding finding = {.code = check_code(run, "LS201")->code,
                       .message = message_of(run, group),
                       .advice = advice_of(run, group),
                       .why = why_of(run, group),
                       .severity = waiting_severity(run, group->waiter, severity),
                       .confidence = confidence_of(group),
                       .function = str_copy(run->results, group->waiter->info->name),
                       .chain = arena_array(run->results, group->count, sizeof(Hop)),
                       .chain_count = group->count};
    for (size_t i = 0; i < group->count; i++)
        finding.chain[i] = hop_of(run, group, i);
    uint32_t last = lines_row1(lines, span.end), first = lines_row1(lines, statement.start);
    Report *added = check_add(run, finding, span, first, last, !group->certain);
    added->subject = subject_of(run, group);
}

/* --- what belongs together --- */

static bool meets(const Group *group, const Waiting *waits)
{
    for (size_t i = 0; i < group->count; i++)
        if (waiting_conflicts(&group->waits[i], waits)) return true;
    return false;
}

static void put(Group *group, const Member *member, const Waiting *waits)
{
    group->members[group->count] = member;
    group->waits[group->count++] = *waits;
}

static bool is_certain(const Member *member, const Waiting *waits)
{
    return waits->proven && !waits->brief && !waits->effect && !waits->recurses && member->bound &&
           !member->stored && !member->conditional;
}

static bool flush(CheckRun *run, Group *group)
{
    bool enough = group->count > 1;
    if (enough) report(run, group);
    group->count = 0;
    return enough;
}

/* Neighbours each of which is proven. */
static bool report_certain(CheckRun *run, Group *group, const Member *members, const Waiting *waits,
                           size_t count)
{
    bool any = false;
    group->certain = true;
    for (size_t i = 0; i < count; i++) {
        if (waits[i].idle) continue;
        bool fits = is_certain(&members[i], &waits[i]);
        if (!fits || meets(group, &waits[i])) any = flush(run, group) || any;
        if (fits) put(group, &members[i], &waits[i]);
    }
    return flush(run, group) || any;
}

/* What gives no result is done for its effect: only several of one kind are likely to be independent. */
static bool may_join(const Group *group, const Member *member, const Waiting *waits)
{
    if (waits->ordered || meets(group, waits)) return false;
    if (!group->count) return true;
    bool both = (member->bound || member->stored) && (group->members[0]->bound || group->members[0]->stored);
    return both || str_equal(group->waits[0].name, waits->name);
}

static void report_possible(CheckRun *run, Group *group, const Member *members, const Waiting *waits,
                            size_t count)
{
    group->certain = false;
    for (size_t i = 0; i < count; i++) {
        if (waits[i].idle) continue;
        if (!may_join(group, &members[i], &waits[i])) flush(run, group);
        if (!waits[i].ordered) put(group, &members[i], &waits[i]);
    }
    flush(run, group);
}

static void look_at(CheckRun *run, const Waiter *waiter, const Sequence *sequence)
{
    const Member *members = &waiter->found.members.items[sequence->first];
    size_t count = sequence->count < LIMIT_SEQUENCE ? sequence->count : LIMIT_SEQUENCE;
    Waiting waits[LIMIT_SEQUENCE];
    for (size_t i = 0; i < count; i++)
        waits[i] = waiting_of(run, waiter, members[i].await);
    Group group = {.waiter = waiter};
    if (!report_certain(run, &group, members, waits, count))
        report_possible(run, &group, members, waits, count);
}

static void look(CheckRun *run, const Waiter *waiter)
{
    for (size_t i = 0; i < waiter->found.sequences.count; i++)
        look_at(run, waiter, &waiter->found.sequences.items[i]);
}

static void run_sequential_awaits(CheckRun *run)
{
    waiting_each(run, look);
}

const Check check_sequential_awaits = {.name = "sequential-awaits", .run = run_sequential_awaits};
