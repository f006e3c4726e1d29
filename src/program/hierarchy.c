/* Classes above and below: the order in which Python looks through bases, and who derives from whom. */
#include "program/flow.h"

#include <string.h>

#include "base/limits.h"
#include "base/banned.h"

const Value *class_base(Program *program, uint32_t class_id, uint32_t index)
{
    const ClassInfo *info = program->classes.items[class_id];
    Flow flow = flow_in(info->unit, info->closure);
    return flow_settled(&flow, info->bases[index]);
}

bool class_is_abstract(Program *program, uint32_t class_id)
{
    const ClassInfo *info = program->classes.items[class_id];
    for (uint32_t i = 0; i < info->base_count; i++) {
        const Item *path = value_find(class_base(program, class_id, i), ITEM_PATH);
        if (path && (str_equal(path->path, STR("abc.ABC")) || str_equal(path->path, STR("typing.Protocol")) ||
                     str_equal(path->path, STR("typing_extensions.Protocol"))))
            return true;
    }
    return false;
}

/* --- method resolution order --- */

typedef struct Sequence {
    const uint32_t *items;
    uint32_t count, at;
} Sequence;

static bool stands_later(const Sequence *sequences, uint32_t count, uint32_t class_id)
{
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = sequences[i].at + 1; k < sequences[i].count; k++)
            if (sequences[i].items[k] == class_id) return true;
    return false;
}

/* The next class that no sequence has later; when bases contradict each other, the first one. */
static uint32_t next_class(const Sequence *sequences, uint32_t count)
{
    uint32_t fallback = ID_NONE;
    for (uint32_t i = 0; i < count; i++) {
        if (sequences[i].at >= sequences[i].count) continue;
        uint32_t head = sequences[i].items[sequences[i].at];
        if (!stands_later(sequences, count, head)) return head;
        if (fallback == ID_NONE) fallback = head;
    }
    return fallback;
}

static uint32_t merge(Sequence *sequences, uint32_t count, uint32_t *order, uint32_t most)
{
    uint32_t length = 1;
    for (uint32_t class_id; length < most && (class_id = next_class(sequences, count)) != ID_NONE;) {
        bool known = false;
        for (uint32_t i = 0; i < length; i++)
            known = known || order[i] == class_id;
        if (!known) order[length++] = class_id;
        for (uint32_t i = 0; i < count; i++)
            if (sequences[i].at < sequences[i].count && sequences[i].items[sequences[i].at] == class_id)
                sequences[i].at++;
    }
    return length;
}

static uint32_t known_bases(Program *program, uint32_t class_id, uint32_t *bases)
{
    ClassInfo *info = program->classes.items[class_id];
    uint32_t count = 0;
    for (uint32_t i = 0; i < info->base_count && count < LIMIT_BASES; i++) {
        const Value *base = class_base(program, class_id, i);
        const Item *item = value_find(base, ITEM_CLASS);
        if (item && item->id != class_id)
            bases[count++] = item->id;
        else if (!item && !value_find(base, ITEM_PATH))
            info->has_unknown_base = true;
    }
    return count;
}

const uint32_t *class_order(Program *program, uint32_t class_id, uint32_t *count)
{
    ClassInfo *info = program->classes.items[class_id];
    if (!info->order && !info->ordering) {
        info->ordering = true;
        uint32_t bases[LIMIT_BASES], order[LIMIT_BASES * 2] = {class_id};
        Sequence sequences[LIMIT_BASES + 1];
        uint32_t base_count = known_bases(program, class_id, bases);
        for (uint32_t i = 0; i < base_count; i++) {
            sequences[i] = (Sequence){0};
            sequences[i].items = class_order(program, bases[i], &sequences[i].count);
        }
        sequences[base_count] = (Sequence){bases, base_count, 0};
        info->order_count = merge(sequences, base_count + 1, order, LIMIT_BASES * 2);
        info->order = arena_array(&program->arena, info->order_count, sizeof *order);
        memcpy(info->order, order, info->order_count * sizeof *order);
        info->ordering = false;
    }
    *count = info->order ? info->order_count : 0;
    return info->order;
}

/* --- subclasses --- */

static bool derives(Program *program, uint32_t class_id, uint32_t base)
{
    uint32_t count;
    const uint32_t *order = class_order(program, class_id, &count);
    for (uint32_t i = 0; i < count; i++)
        if (order[i] == base) return true;
    return false;
}

static size_t first_of_base(const Program *program, Name base)
{
    size_t low = 0, high = program->class_name_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_compare(name_str(program->class_names[middle].base), name_str(base)) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static uint32_t class_named(Program *program, const ClassName *candidate)
{
    Unit *unit = program_unit(program, candidate->file);
    const FrameSlot *slot = unit && unit->defined ? frame_slot(unit->module, candidate->name) : NULL;
    const Item *item = slot ? value_find(slot->value, ITEM_CLASS) : NULL;
    return item ? item->id : ID_NONE;
}

static Name last_name(Program *program, Str qualified)
{
    return names_intern(program->names, str_after_last(qualified, '.'));
}

bool class_is_leaf(Program *program, uint32_t class_id)
{
    ClassInfo *info = program->classes.items[class_id];
    if (!info->leaf_known) {
        Name base = last_name(program, info->name);
        size_t first = first_of_base(program, base);
        info->is_leaf = first == program->class_name_count || program->class_names[first].base != base;
        info->leaf_known = true;
    }
    return info->is_leaf;
}

bool class_subclasses(Program *program, uint32_t class_id, uint32_t *classes, uint32_t most, uint32_t *count)
{
    *count = 0;
    uint32_t asked = class_id;
    for (uint32_t next = 0;; asked = classes[next++]) {
        Name base = last_name(program, ((ClassInfo *)program->classes.items[asked])->name);
        for (size_t i = first_of_base(program, base);
             i < program->class_name_count && program->class_names[i].base == base; i++) {
            uint32_t subclass = class_named(program, &program->class_names[i]);
            if (subclass == ID_NONE || subclass == asked || !derives(program, subclass, asked)) continue;
            bool known = false;
            for (uint32_t k = 0; k < *count; k++)
                known = known || classes[k] == subclass;
            if (known) continue;
            if (*count == most) return false;
            classes[(*count)++] = subclass;
        }
        if (next >= *count) return true;
    }
}
