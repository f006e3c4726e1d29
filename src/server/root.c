#define _POSIX_C_SOURCE 200809L
#include "server/root.h"

#include <time.h>

#include "base/clock.h"
#include "base/path.h"

#include "base/banned.h"

static void free_root(Root *root)
{
    run_free(root->latest);
    buf_free(&root->directory);
    buf_free(&root->file);
    buf_free(&root->told);
    free(root);
}

void roots_free(Roots *roots)
{
    for (size_t i = 0; i < roots->items.count; i++)
        free_root(roots->items.items[i]);
    vec_free(&roots->items);
}

static Root *new_root(Roots *roots, Str directory, Str file)
{
    Root *root = memory_alloc(sizeof *root);
    *root = (Root){0};
    buf_init(&root->directory);
    buf_init(&root->file);
    buf_init(&root->told);
    buf_add(&root->directory, directory);
    buf_add(&root->file, file);
    vec_add(&roots->items, root);
    return root;
}

static Root *find_folder(const Roots *roots, Str directory)
{
    for (size_t i = 0; i < roots->items.count; i++) {
        Root *root = roots->items.items[i];
        if (!root->is_gone && !root->file.len && str_equal(buf_str(&root->directory), directory)) return root;
    }
    return NULL;
}

void roots_add_folder(Roots *roots, Str directory)
{
    if (!find_folder(roots, directory)) new_root(roots, directory, STR(""));
}

void roots_remove_folder(Roots *roots, Str directory)
{
    Root *root = find_folder(roots, directory);
    if (root) root->is_gone = true;
}

/* Bytes of the root's path that the file's begins with; 0: the file is not its. */
static size_t closeness(const Root *root, Str path)
{
    if (root->is_gone) return 0;
    if (root->file.len) return str_equal(buf_str(&root->file), path) ? 1 : 0;
    return path_is_below(path, buf_str(&root->directory)) ? root->directory.len + 1 : 0;
}

Root *root_find(const Roots *roots, Str path)
{
    Root *best = NULL;
    for (size_t i = 0; i < roots->items.count; i++) {
        Root *root = roots->items.items[i];
        if (closeness(root, path) > (best ? closeness(best, path) : 0)) best = root;
    }
    return best;
}

Root *root_get(Roots *roots, Str path)
{
    Root *root = root_find(roots, path);
    if (root) return root;
    size_t slash = str_find_last(path, '/');
    return new_root(roots, slash ? str_part(path, 0, slash) : STR("/"), path);
}

void roots_sweep(Roots *roots, const Root *running)
{
    size_t kept = 0;
    for (size_t i = 0; i < roots->items.count; i++) {
        Root *root = roots->items.items[i];
        if (root->is_gone && root != running)
            free_root(root);
        else
            roots->items.items[kept++] = root;
    }
    roots->items.count = kept;
}

int64_t roots_now_ms(void)
{
    return (int64_t)(clock_now_ns() / 1000000);
}

void root_want(Root *root, int64_t delay_ms)
{
    root->is_due = true;
    root->due_ms = roots_now_ms() + delay_ms;
}

Root *roots_next(const Roots *roots)
{
    Root *next = NULL;
    for (size_t i = 0; i < roots->items.count; i++) {
        Root *root = roots->items.items[i];
        if (root->is_due && !root->is_gone && (!next || root->due_ms < next->due_ms)) next = root;
    }
    return next;
}
