#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/path.h"
#include "runtime/space.h"

#include "base/banned.h"

typedef struct Copying {
    const char *from, *to; /* as the caller wrote them */
    Str root;              /* the project with all links resolved */
    dev_t target_device;   /* the copy, which may lie in the project */
    ino_t target_inode;
    SpaceCopy *counts;
    Fail *fail;
} Copying;

static bool copy_entries(Copying *copying, int from, int to, Buf *path, unsigned depth);

static bool fail_here(const Copying *copying, const Buf *path, const char *what)
{
    Str place = buf_str(path);
    return fail_at(copying->fail, copying->from, 0, "cannot be copied: %s at '%.*s' (%s)", what,
                   (int)place.len, place.len ? place.ptr : "", strerror(errno));
}

/* --- what a run does not need --- */

static bool is_left_out(const char *name)
{
    static const char *const names[] = {".git",
                                        ".hg",
                                        ".svn",
                                        "__pycache__",
                                        "node_modules",
                                        ".tox",
                                        ".nox",
                                        ".mypy_cache",
                                        ".ruff_cache",
                                        ".pytest_cache",
                                        ".hypothesis",
                                        ".pytype",
                                        ".ipynb_checkpoints",
                                        ".loopsafe_cache"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0) return true;
    return false;
}

/* An environment of packages, or the copy itself. */
static bool folder_is_left_out(const Copying *copying, int folder)
{
    struct stat status;
    if (fstat(folder, &status) == 0 && status.st_dev == copying->target_device &&
        status.st_ino == copying->target_inode)
        return true;
    return faccessat(folder, "pyvenv.cfg", F_OK, 0) == 0;
}

/* --- files --- */

static bool copy_in_kernel(int from, int to, size_t bytes)
{
    if (ioctl(to, FICLONE, from) == 0) return true;
    while (bytes) {
        ssize_t step = copy_file_range(from, NULL, to, NULL, bytes, 0);
        if (step <= 0) return false;
        bytes -= (size_t)step;
    }
    return true;
}

static bool copy_by_hand(int from, int to)
{
    char bytes[65536];
    ssize_t count;
    if (lseek(from, 0, SEEK_SET) != 0 || lseek(to, 0, SEEK_SET) != 0) return false;
    while ((count = read(from, bytes, sizeof bytes)) > 0)
        for (ssize_t done = 0; done < count;) {
            ssize_t step = write(to, bytes + done, (size_t)(count - done));
            if (step <= 0) return false;
            done += step;
        }
    return count == 0;
}

static bool keep_marks(int to, const struct stat *status)
{
    const struct timespec times[2] = {status->st_atim, status->st_mtim};
    return fchmod(to, status->st_mode & (S_IRWXU | S_IRWXG | S_IRWXO)) == 0 && futimens(to, times) == 0;
}

static bool count_file(Copying *copying, const Buf *path, size_t bytes)
{
    SpaceCopy *counts = copying->counts;
    counts->files++;
    counts->bytes += bytes;
    if (counts->files <= LIMIT_COPY_FILES && counts->bytes / (1024 * 1024) <= LIMIT_COPY_MEGABYTES)
        return true;
    errno = EFBIG;
    return fail_here(copying, path, "more than 200,000 files or 8 GB");
}

static bool copy_file(Copying *copying, int from_folder, int to_folder, const char *name, const Buf *path)
{
    int from = openat(from_folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (from < 0) {
        copying->counts->skipped++;
        return true;
    }
    int to = openat(to_folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    struct stat status;
    bool copied = to >= 0 && fstat(from, &status) == 0 &&
                  (copy_in_kernel(from, to, (size_t)status.st_size) || copy_by_hand(from, to)) &&
                  keep_marks(to, &status);
    if (!copied) fail_here(copying, path, "writing");
    close(from);
    if (to >= 0) close(to);
    return copied && count_file(copying, path, (size_t)status.st_size);
}

/* --- links --- */

/* The text of a link that leads to the same place of the copy; false: it leads out of the project. */
static bool link_inside(const Copying *copying, const Buf *path, Str text, Buf *kept)
{
    if (text.ptr[0] == '/') {
        if (!path_is_below(text, copying->root)) return false;
        buf_add_text(kept, copying->to);
        buf_add(kept, str_drop(text, copying->root.len));
        return true;
    }
    Buf whole, folder;
    buf_init(&whole);
    buf_init(&folder);
    buf_add(&folder, copying->root);
    buf_add_byte(&folder, '/');
    buf_add(&folder, buf_str(path));
    Str parent = buf_str(&folder);
    path_add_absolute(&whole, str_part(parent, 0, str_find_last(parent, '/')), text);
    bool inside = path_is_below(buf_str(&whole), copying->root);
    buf_free(&whole);
    buf_free(&folder);
    if (inside) buf_add(kept, text);
    return inside;
}

static bool copy_link(Copying *copying, int from, int to, const char *name, const Buf *path)
{
    char text[LIMIT_PATH_BYTES];
    ssize_t length = readlinkat(from, name, text, sizeof text - 1);
    Buf kept;
    buf_init(&kept);
    if (length <= 0 || !link_inside(copying, path, (Str){text, (size_t)length}, &kept)) {
        copying->counts->skipped++;
        buf_free(&kept);
        return true;
    }
    buf_add_byte(&kept, 0);
    bool made = symlinkat(kept.data, to, name) == 0;
    buf_free(&kept);
    return made || fail_here(copying, path, "a link");
}

/* --- folders --- */

static bool fill_folder(Copying *copying, int from, int to, Buf *path, unsigned depth)
{
    struct stat status;
    bool filled = fstat(from, &status) == 0 && copy_entries(copying, from, to, path, depth);
    return filled && (keep_marks(to, &status) || fail_here(copying, path, "modes and times"));
}

static bool copy_folder(Copying *copying, int from_folder, int to_folder, const char *name, Buf *path,
                        unsigned depth)
{
    int from = openat(from_folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (from < 0 || depth == LIMIT_DIRECTORY_DEPTH || folder_is_left_out(copying, from)) {
        if (from < 0 || depth == LIMIT_DIRECTORY_DEPTH) copying->counts->skipped++;
        if (from >= 0) close(from);
        return true;
    }
    bool made = mkdirat(to_folder, name, S_IRWXU) == 0;
    int to = made ? openat(to_folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
    bool copied =
        to >= 0 ? fill_folder(copying, from, to, path, depth + 1) : fail_here(copying, path, "a folder");
    close(from);
    if (to >= 0) close(to);
    return copied;
}

static bool copy_entry(Copying *copying, int from, int to, const char *name, Buf *path, unsigned depth)
{
    struct stat status;
    if (fstatat(from, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return true; /* gone meanwhile */
    if (S_ISDIR(status.st_mode))
        return is_left_out(name) || copy_folder(copying, from, to, name, path, depth);
    if (S_ISLNK(status.st_mode)) return copy_link(copying, from, to, name, path);
    if (S_ISREG(status.st_mode)) return copy_file(copying, from, to, name, path);
    copying->counts->skipped++;
    return true;
}

static bool copy_named(Copying *copying, int from, int to, const char *name, Buf *path, unsigned depth)
{
    size_t length = path->len;
    if (length) buf_add_byte(path, '/');
    buf_add_text(path, name);
    bool copied = copy_entry(copying, from, to, name, path, depth);
    path->len = length;
    return copied;
}

static bool copy_entries(Copying *copying, int from, int to, Buf *path, unsigned depth)
{
    int again = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = again >= 0 ? fdopendir(again) : NULL;
    if (!directory) {
        if (again >= 0) close(again);
        return fail_here(copying, path, "reading");
    }
    bool copied = true;
    for (struct dirent *entry = readdir(directory); entry && copied; entry = readdir(directory))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            copied = copy_named(copying, from, to, entry->d_name, path, depth);
    closedir(directory);
    return copied;
}

static bool copy_root(Copying *copying, int from, int to)
{
    struct stat status;
    if (fstat(to, &status) == 0) {
        copying->target_device = status.st_dev;
        copying->target_inode = status.st_ino;
    }
    Buf path;
    buf_init(&path);
    bool copied = fill_folder(copying, from, to, &path, 0);
    buf_free(&path);
    return copied;
}

bool space_copy_tree(const char *from, const char *to, SpaceCopy *copy, Fail *fail)
{
    *copy = (SpaceCopy){0};
    char *root = realpath(from, NULL);
    int from_folder = root ? open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    int error = errno;
    if (from_folder < 0) {
        free(root);
        return fail_at(fail, from, 0, "cannot be copied: %s", strerror(error));
    }
    int to_folder = mkdir(to, S_IRWXU) == 0 ? open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    error = errno;
    Copying copying = {.from = from, .to = to, .root = str_from(root), .counts = copy, .fail = fail};
    bool copied = to_folder >= 0 && copy_root(&copying, from_folder, to_folder);
    if (to_folder < 0) fail_at(fail, to, 0, "cannot be made: %s", strerror(error));
    close(from_folder);
    if (to_folder >= 0) close(to_folder);
    free(root);
    return copied;
}
