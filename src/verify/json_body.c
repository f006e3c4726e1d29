#include "verify/json_body.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "verify/words.h"
#include "base/banned.h"

/* What was seen of a value in A and A again. */
typedef struct PathSeen {
    Str path; /* list positions are [*] */
    size_t seen, differ;
    bool is_loose; /* its type differs, or it is not always there */
} PathSeen;

typedef struct JsonWalk {
    Differences *differences; /* NULL while paths are collected */
    Arena arena;              /* of this comparison */
    Buf path, stars;          /* of the value at hand: with positions, and with [*] for them */
    VEC(PathSeen) paths;      /* sorted and each once when collected */
} JsonWalk;

/* The same value in the three trees; NULL: it is missing there. */
typedef struct Triple {
    const cJSON *before, *again, *after;
} Triple;

/* --- values --- */

enum {
    TYPE_BITS = cJSON_NULL | cJSON_Number | cJSON_String | cJSON_Array | cJSON_Object,
    TYPE_BOOL = cJSON_True
};

static int type_of(const cJSON *value)
{
    if (!value) return cJSON_Invalid;
    return cJSON_IsBool(value) ? TYPE_BOOL : value->type & TYPE_BITS;
}

/* Integers exactly, others to 12 digits. */
static bool same_number(double left, double right)
{
    if (left == right) return true;
    if (floor(left) == left && floor(right) == right) return false;
    double larger = fmax(fabs(left), fabs(right));
    return fabs(left - right) <= larger * 1e-12;
}

static bool same_scalar(const cJSON *left, const cJSON *right)
{
    if (type_of(left) != type_of(right)) return false;
    if (cJSON_IsNumber(left)) return same_number(left->valuedouble, right->valuedouble);
    if (cJSON_IsString(left)) return strcmp(left->valuestring, right->valuestring) == 0;
    return cJSON_IsTrue(left) == cJSON_IsTrue(right);
}

static size_t child_count(const cJSON *value)
{
    size_t count = 0;
    for (const cJSON *child = value ? value->child : NULL; child; child = child->next)
        count++;
    return count;
}

static Str shown(Arena *arena, const cJSON *value)
{
    if (!value) return STR("missing");
    if (cJSON_IsArray(value)) return str_format(arena, "a list of %zu", child_count(value));
    if (cJSON_IsObject(value)) return str_format(arena, "an object of %zu", child_count(value));
    char *text = cJSON_PrintUnformatted(value);
    Str copy = text ? str_copy(arena, str_from(text)) : STR("?");
    cJSON_free(text);
    return copy;
}

/* --- paths --- */

static Str path_of(JsonWalk *walk, const Buf *path)
{
    return str_join(&walk->arena, STR("$"), buf_str(path), STR(""));
}

static bool is_plain_key(Str key)
{
    return key.len && str_word(key, 0).len == key.len;
}

static void enter_key(JsonWalk *walk, const char *key)
{
    Str step = is_plain_key(str_from(key)) ? str_join(&walk->arena, STR("."), str_from(key), STR(""))
                                           : str_join(&walk->arena, STR("[\""), str_from(key), STR("\"]"));
    buf_add(&walk->path, step);
    buf_add(&walk->stars, step);
}

static void enter_item(JsonWalk *walk, size_t index)
{
    buf_format(&walk->path, "[%zu]", index);
    buf_add_text(&walk->stars, "[*]");
}

static void leave(JsonWalk *walk, size_t path, size_t stars)
{
    walk->path.len = path;
    walk->stars.len = stars;
}

static int compare_paths(const void *left, const void *right)
{
    return str_compare(((const PathSeen *)left)->path, ((const PathSeen *)right)->path);
}

static void note_path(JsonWalk *walk, bool differs, bool is_loose)
{
    PathSeen seen = {str_copy(&walk->arena, buf_str(&walk->stars)), 1, differs, is_loose};
    vec_add(&walk->paths, seen);
}

/* Sorts, and adds up those of one path. */
static void settle_paths(JsonWalk *walk)
{
    size_t kept = 0;
    PathSeen *items = walk->paths.items;
    if (walk->paths.count) qsort(items, walk->paths.count, sizeof *items, compare_paths);
    for (size_t i = 0; i < walk->paths.count; i++) {
        if (kept && str_equal(items[kept - 1].path, items[i].path)) {
            items[kept - 1].seen++;
            items[kept - 1].differ += items[i].differ;
            items[kept - 1].is_loose |= items[i].is_loose;
        } else {
            items[kept++] = items[i];
        }
    }
    walk->paths.count = kept;
}

static const PathSeen *path_find(const JsonWalk *walk)
{
    PathSeen wanted = {.path = buf_str(&walk->stars)};
    if (!walk->paths.count) return NULL;
    return bsearch(&wanted, walk->paths.items, walk->paths.count, sizeof wanted, compare_paths);
}

/* It differs in more than half of the places of this path. */
static bool path_differs(const JsonWalk *walk)
{
    const PathSeen *seen = path_find(walk);
    return seen && seen->differ * 2 > seen->seen;
}

static bool path_is_loose(const JsonWalk *walk)
{
    const PathSeen *seen = path_find(walk);
    return seen && seen->is_loose;
}

/* --- differences --- */

static void mask(JsonWalk *walk, const char *rest)
{
    const Buf *path = path_differs(walk) || path_is_loose(walk) ? &walk->stars : &walk->path;
    differences_mask(walk->differences,
                     str_join(&walk->arena, STR("body "), path_of(walk, path), str_from(rest)));
}

static void add_difference(JsonWalk *walk, const cJSON *before, const cJSON *after)
{
    Str what = str_join(&walk->arena, STR("body "), path_of(walk, &walk->path), STR(""));
    differences_add(walk->differences, what, shown(&walk->arena, before), shown(&walk->arena, after));
}

static void walk_scalar(JsonWalk *walk, Triple at)
{
    bool differs = !same_scalar(at.before, at.again);
    if (!walk->differences) {
        note_path(walk, differs, false);
    } else if (differs || path_differs(walk)) {
        mask(walk, "");
        if (type_of(at.before) != type_of(at.after)) add_difference(walk, at.before, at.after);
    } else if (!same_scalar(at.before, at.after)) {
        add_difference(walk, at.before, at.after);
    }
}

/* --- lists and objects --- */

static void walk_value(JsonWalk *walk, Triple at);

static void walk_list(JsonWalk *walk, Triple at)
{
    if (child_count(at.before) != child_count(at.again)) {
        if (walk->differences) mask(walk, " (length)");
        return;
    }
    if (walk->differences && child_count(at.before) != child_count(at.after)) {
        add_difference(walk, at.before, at.after);
        return;
    }
    size_t path = walk->path.len, stars = walk->stars.len, index = 0;
    Triple item = {at.before->child, at.again->child, at.after ? at.after->child : NULL};
    for (; item.before; index++) {
        enter_item(walk, index);
        walk_value(walk, item);
        leave(walk, path, stars);
        item = (Triple){item.before->next, item.again->next, item.after ? item.after->next : NULL};
    }
}

static int compare_keys(const void *left, const void *right)
{
    const cJSON *const *one = left, *const *other = right;
    return strcmp((*one)->string, (*other)->string);
}

typedef struct Members {
    const cJSON **items;
    size_t count, at;
} Members;

static Members members_of(JsonWalk *walk, const cJSON *object)
{
    Members members = {.count = child_count(object)};
    members.items = arena_array(&walk->arena, members.count, sizeof *members.items);
    size_t i = 0;
    for (const cJSON *child = object ? object->child : NULL; child; child = child->next)
        members.items[i++] = child;
    if (members.count) qsort(members.items, members.count, sizeof *members.items, compare_keys);
    return members;
}

static const char *next_key(const Members *members, const char *least)
{
    if (members->at == members->count) return least;
    const char *key = members->items[members->at]->string;
    return !least || strcmp(key, least) < 0 ? key : least;
}

static const cJSON *take_key(Members *members, const char *key)
{
    if (members->at == members->count || strcmp(members->items[members->at]->string, key) != 0) return NULL;
    return members->items[members->at++];
}

static void walk_object(JsonWalk *walk, Triple at)
{
    Members before = members_of(walk, at.before), again = members_of(walk, at.again),
            after = members_of(walk, at.after);
    size_t path = walk->path.len, stars = walk->stars.len;
    for (;;) {
        const char *key = next_key(&after, next_key(&again, next_key(&before, NULL)));
        if (!key) return;
        Triple member = {take_key(&before, key), take_key(&again, key), take_key(&after, key)};
        enter_key(walk, key);
        walk_value(walk, member);
        leave(walk, path, stars);
    }
}

static void walk_inside(JsonWalk *walk, Triple at)
{
    if (cJSON_IsArray(at.before))
        walk_list(walk, at);
    else if (cJSON_IsObject(at.before))
        walk_object(walk, at);
    else if (at.before)
        walk_scalar(walk, at);
}

static void walk_value(JsonWalk *walk, Triple at)
{
    bool is_firm = type_of(at.before) == type_of(at.again);
    if (!walk->differences && !is_firm)
        note_path(walk, true, true);
    else if (walk->differences && path_is_loose(walk))
        mask(walk, " (type)");
    else if (walk->differences && type_of(at.before) != type_of(at.after))
        add_difference(walk, at.before, at.after);
    else
        walk_inside(walk, at);
}

/* --- the three bodies --- */

static cJSON *parse(Str body)
{
    Fail ignored = {0};
    return json_parse(body, NULL, &ignored);
}

static void walk_free(JsonWalk *walk)
{
    buf_free(&walk->path);
    buf_free(&walk->stars);
    vec_free(&walk->paths);
    arena_free(&walk->arena);
}

static void compare(Differences *differences, Triple roots)
{
    JsonWalk walk = {0};
    arena_init(&walk.arena);
    buf_init(&walk.path);
    buf_init(&walk.stars);
    walk_value(&walk, (Triple){roots.before, roots.again, NULL});
    settle_paths(&walk);
    walk.differences = differences;
    walk_value(&walk, roots);
    walk_free(&walk);
}

bool json_body_compare(Differences *differences, Str before, Str again, Str after)
{
    cJSON *trees[] = {parse(before), parse(again), parse(after)};
    bool are_json = trees[0] && trees[1] && trees[2];
    if (are_json) compare(differences, (Triple){trees[0], trees[1], trees[2]});
    for (size_t i = 0; i < 3; i++)
        cJSON_Delete(trees[i]);
    return are_json;
}
