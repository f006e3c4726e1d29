#define _POSIX_C_SOURCE 200809L
#include "source/overlay.h"

#include <string.h>
#include <sys/stat.h>

#include "base/banned.h"

void overlay_init(Overlay *overlay, Arena *arena)
{
    *overlay = (Overlay){.arena = arena};
}

static void identify(const char *path, uint64_t *device, uint64_t *inode)
{
    struct stat info;
    bool is_there = stat(path, &info) == 0;
    *device = is_there ? (uint64_t)info.st_dev : 0;
    *inode = is_there ? (uint64_t)info.st_ino : 0;
}

static OverlayText *find_by_path(const Overlay *overlay, Str path)
{
    uint32_t hash = str_hash(path);
    for (size_t i = 0; i < overlay->count; i++)
        if (overlay->texts[i].hash == hash && str_equal(overlay->texts[i].path, path))
            return &overlay->texts[i];
    return NULL;
}

static OverlayText *find_by_identity(const Overlay *overlay, const char *path)
{
    uint64_t device, inode;
    identify(path, &device, &inode);
    for (size_t i = 0; inode && i < overlay->count; i++)
        if (overlay->texts[i].inode == inode && overlay->texts[i].device == device) return &overlay->texts[i];
    return NULL;
}

static OverlayText *add(Overlay *overlay, Str path)
{
    if (overlay->count == overlay->capacity) {
        size_t capacity = overlay->capacity ? overlay->capacity * 2 : 8;
        OverlayText *texts = arena_array(overlay->arena, capacity, sizeof *texts);
        if (overlay->count) memcpy(texts, overlay->texts, overlay->count * sizeof *texts);
        overlay->texts = texts;
        overlay->capacity = capacity;
    }
    OverlayText *text = &overlay->texts[overlay->count++];
    *text = (OverlayText){.path = str_copy(overlay->arena, path), .hash = str_hash(path)};
    identify(text->path.ptr, &text->device, &text->inode);
    return text;
}

void overlay_put(Overlay *overlay, Str path, Str bytes)
{
    OverlayText *text = find_by_path(overlay, path);
    if (!text) text = add(overlay, path);
    text->bytes = str_copy(overlay->arena, bytes);
}

const OverlayText *overlay_find(const Overlay *overlay, const char *path)
{
    if (!overlay || !overlay->count) return NULL;
    const OverlayText *text = find_by_path(overlay, str_from(path));
    return text ? text : find_by_identity(overlay, path);
}

IoStatus overlay_read(const Overlay *overlay, Arena *arena, const char *path, size_t limit_bytes, Str *bytes)
{
    const OverlayText *text = overlay_find(overlay, path);
    if (!text) return io_read_file(arena, path, limit_bytes, bytes);
    bool fits = text->bytes.len <= limit_bytes;
    *bytes = fits ? str_copy(arena, text->bytes) : STR("");
    return fits ? IO_OK : IO_TOO_LARGE;
}
