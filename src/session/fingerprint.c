#include "session/fingerprint.h"

#include "base/banned.h"

typedef struct Digest {
    uint64_t high, low;
} Digest;

static void digest_add(Digest *digest, Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        digest->high = (digest->high ^ (unsigned char)text.ptr[i]) * 0x100000001b3u;
        digest->low = (digest->low ^ (unsigned char)text.ptr[i]) * 0x9e3779b97f4a7c15u;
        digest->low ^= digest->low >> 29;
    }
    digest->high = (digest->high ^ 0xff) * 0x100000001b3u;
    digest->low = (digest->low ^ 0xff) * 0x9e3779b97f4a7c15u;
}

static const Digest digest_start = {0xcbf29ce484222325u, 0x84222325cbf29ce4u};

static Digest digest_of(const Finding *finding, Str path, size_t ordinal)
{
    Digest digest = digest_start;
    char number[20];
    size_t at = sizeof number;
    do
        number[--at] = (char)('0' + ordinal % 10);
    while (ordinal /= 10);
    digest_add(&digest, path);
    digest_add(&digest, finding->function);
    digest_add(&digest, finding->code);
    digest_add(&digest, finding->sink);
    digest_add(&digest, (Str){number + at, sizeof number - at});
    return digest;
}

static void write_hex(char *out, uint64_t bits)
{
    for (int i = 15; i >= 0; i--, bits >>= 4)
        out[i] = "0123456789abcdef"[bits & 15];
}

static void write_digest(char *out, Digest digest)
{
    write_hex(out, digest.high);
    write_hex(out + 16, digest.low);
}

static bool same_kind(const Finding *left, const Finding *right)
{
    return str_equal(left->code, right->code) && str_equal(left->function, right->function) &&
           str_equal(left->sink, right->sink);
}

/* Findings of one function and sink are few; looking back over them is cheap. */
static size_t ordinal_of(const Report *reports, size_t at)
{
    size_t ordinal = 0;
    for (size_t i = 0; i < at; i++)
        ordinal += same_kind(&reports[i].finding, &reports[at].finding);
    return ordinal;
}

void fingerprint_reports(Report *reports, size_t count, Str project_path)
{
    for (size_t i = 0; i < count; i++) {
        if (reports[i].finding.fingerprint[0]) continue;
        Digest digest = digest_of(&reports[i].finding, project_path, ordinal_of(reports, i));
        write_digest(reports[i].finding.fingerprint, digest);
    }
}

/* An installed module is the same sink wherever it is installed. */
static Str sink_file(const Report *report, const DiscoveredFile *files, Str project_path)
{
    const Module *module = report->sink_module;
    if (!module) return project_path;
    return module->file == UINT32_MAX ? module->name : files[module->file].project_path;
}

void fingerprint_groups(Report *reports, size_t count, const DiscoveredFile *files, Str project_path)
{
    for (size_t i = 0; i < count; i++) {
        Finding *finding = &reports[i].finding;
        if (!finding->sink.len) continue;
        Digest digest = digest_start;
        digest_add(&digest, sink_file(&reports[i], files, project_path));
        digest_add(&digest, finding->sink_function);
        digest_add(&digest, finding->sink);
        write_digest(finding->group, digest);
    }
}
