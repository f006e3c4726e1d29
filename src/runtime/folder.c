#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "runtime/space.h"

#include "base/banned.h"

const char *space_folder_new(Arena *arena, Fail *fail)
{
    const char *temporary = getenv("TMPDIR");
    if (!temporary || temporary[0] != '/') temporary = "/tmp";
    char *pattern = (char *)(uintptr_t)str_format(arena, "%s/loopsafe-XXXXXX", temporary).ptr;
    if (mkdtemp(pattern)) {
        char *whole = realpath(pattern, NULL);
        const char *folder = whole ? arena_copy(arena, whole, strlen(whole)) : pattern;
        free(whole);
        return folder;
    }
    fail_at(fail, temporary, 0, "cannot make a folder for the run: %s", strerror(errno));
    return NULL;
}

/* --- removal: by descriptors, so that no link is followed --- */

typedef struct Removal {
    int top;      /* of the folder */
    size_t moved; /* folders too deep for a descriptor a level, moved to the top */
    bool more;    /* some were moved: look again */
} Removal;

static void remove_entries(Removal *removal, DIR *directory, unsigned depth);

/* A folder without rights is given them: it was made by a program that could do as much. */
static int open_folder(int parent, const char *name)
{
    int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder >= 0 || errno != EACCES) return folder;
    fchmodat(parent, name, S_IRWXU, 0);
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static void move_up(Removal *removal, int parent, const char *name)
{
    char new_name[32];
    snprintf(new_name, sizeof new_name, ".deep-%zu", removal->moved++);
    if (renameat(parent, name, removal->top, new_name) == 0) removal->more = true;
}

static void remove_folder(Removal *removal, int parent, const char *name, unsigned depth)
{
    if (depth == LIMIT_DIRECTORY_DEPTH) {
        move_up(removal, parent, name);
        return;
    }
    int folder = open_folder(parent, name);
    if (folder < 0) return;
    fchmod(folder, S_IRWXU);
    DIR *directory = fdopendir(folder);
    if (directory) {
        remove_entries(removal, directory, depth + 1);
        closedir(directory);
    } else {
        close(folder);
    }
    unlinkat(parent, name, AT_REMOVEDIR);
}

static void remove_entries(Removal *removal, DIR *directory, unsigned depth)
{
    for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory)) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (unlinkat(dirfd(directory), entry->d_name, 0) == 0) continue;
        remove_folder(removal, dirfd(directory), entry->d_name, depth);
    }
}

bool space_folder_free(const char *folder)
{
    Removal removal = {.more = true};
    int top = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *directory = top >= 0 ? fdopendir(top) : NULL;
    if (!directory) return false;
    removal.top = top;
    while (removal.more) {
        removal.more = false;
        rewinddir(directory);
        remove_entries(&removal, directory, 0);
    }
    closedir(directory);
    return rmdir(folder) == 0;
}
