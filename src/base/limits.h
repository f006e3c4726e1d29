/* limits.h - every bound of the program, with its reason. Reaching one is reported, never silent. */
#ifndef LOOPSAFE_BASE_LIMITS_H
#define LOOPSAFE_BASE_LIMITS_H

#include "base/limits_run.h"

enum {
    /* Bytes of one file that is read at all; the largest generated module seen was 31 MB. */
    LIMIT_FILE_BYTES = 256 * 1024 * 1024,
    /* Bytes of one slice handed to the parser: it needs about 40 bytes of memory for each. */
    LIMIT_SLICE_BYTES = 8 * 1024 * 1024,
    /* Depth of brackets, blocks and operators that is turned into facts; CPython refuses beyond ~200. */
    LIMIT_NESTING = 400,
    /* Directories below a root; a loop of links is caught by identity, this bounds the rest. */
    LIMIT_DIRECTORY_DEPTH = 128,
    /* Bytes of a path. */
    LIMIT_PATH_BYTES = 4096,
    /* Worker threads. */
    LIMIT_THREADS = 256,
    /* Values one name may hold after branches join; beyond it the name is unknown. */
    LIMIT_VALUES = 8,
    /* Local functions entered while one coroutine is followed (nested functions, lambdas). */
    LIMIT_INLINE_DEPTH = 8,
    /* Local functions entered in all while one coroutine is followed. */
    LIMIT_INLINE_CALLS = 400,
    /* Questions inside questions (what does a call give, what is an attribute) before the answer is "unknown". */
    LIMIT_QUERY_DEPTH = 60,
    /* Questions asked for the sake of one. */
    LIMIT_QUERIES = 4000,
    /* Calls in what a function is called with: f(Service(Client(...))). */
    LIMIT_CALLS_IN_ARGUMENTS = 4,
    /* Ways of calling one function that are told apart. */
    LIMIT_INSTANCES = 64,
    /* Methods of subclasses that one call may mean; beyond it the call is unknown. */
    LIMIT_OVERRIDES = 12,
    /* Modules that a name is handed on through. */
    LIMIT_REEXPORTS = 24,
    /* Loops around each other whose bodies are walked a second time: each doubles the work of the inner ones. */
    LIMIT_LOOP_PASSES = 6,
    /* Nodes around the place of a fix. */
    LIMIT_FIX_NESTING = 100,
    /* Rounds in which fixes are applied: those that are in each other's way, and those that only others make possible. */
    LIMIT_FIX_ROUNDS = 10,
    /* Analyses of a run that fixes: one a round, and one more for each time that something had to be taken back. */
    LIMIT_FIX_ANALYSES = 40,
    /* Lines of a file, from the first on, in which a comment says that the file is generated. */
    LIMIT_GENERATED_LINES = 20,
    /* Changed lines of a file whose shortest diff is looked for: memory is four bytes times its square. */
    LIMIT_DIFF_CHANGES = 3000,
    /* Statements of a module among which its imports are looked for: they stand first. */
    LIMIT_FIX_IMPORTS = 300,
    /* Functions looked at for whether a call of one may run in a thread. */
    LIMIT_FIX_SCENES = 300,
    /* Files of a project that are looked through for uses of a name: more would take too long for one fix. */
    LIMIT_FIX_FILES = 20000,
    /* Functions that one fix makes coroutines, and calls that it awaits: more is no fix but a project of its own. */
    LIMIT_COLOUR_FUNCTIONS = 20,
    LIMIT_COLOUR_CALLS = 50,
    /* Bytes of all files in which the uses of a function are looked for: beyond it not all are known. */
    LIMIT_MENTION_BYTES = 64 * 1024 * 1024,
    /* Awaits that are compared with each other for whether one needs the other. */
    LIMIT_SEQUENCE = 64,
    /* Names that the body of a loop reads, writes and awaits: they are compared with each other. */
    LIMIT_REPETITION = 600,
    /* Rounds in which functions are walked again that read a table before something was put into it. */
    LIMIT_READ_AGAIN = 2,
    /* Import statements of a module that are looked at for what importing does: each is searched for in the text. */
    LIMIT_EFFECT_IMPORTS = 128,
    /* Bytes of a function in which a name is looked for to see whether anybody reads it. */
    LIMIT_WORD_SEARCH = 64 * 1024,
    /* Bytes of a file in which a function's name is looked for: a longer one is taken to name it again. */
    LIMIT_NAME_SEARCH = 512 * 1024,
    /* Calls followed from a function that runs in a thread: what it does there is of interest near it. */
    LIMIT_THREAD_CALLS = 4,
    /* Calls from the handler of a request to what is made anew for each request. */
    LIMIT_REQUEST_CALLS = 5,
    /* Base classes walked when a method is looked up in the catalogue. */
    LIMIT_BASES = 32,
    /* Bytes of a configuration file or rule table. */
    LIMIT_TABLE_BYTES = 16 * 1024 * 1024,
    /* Bytes of one file of the cache, which is read whole: far above what a project's facts take, far below the
     * memory of a machine that analyses such a project. */
    LIMIT_BLOB_BYTES = 512 * 1024 * 1024,
    /* Callables that one brace pattern of a table may name. */
    LIMIT_PATTERN_NAMES = 512,
    /* Parts of a dotted module name that is looked for; a longer one is no module. */
    LIMIT_NAME_PARTS = 64,
    /* Bytes of a file that says where packages are installed (`.pth`, `.egg-link`, `pyvenv.cfg`, an editable finder). */
    LIMIT_INSTALL_BYTES = 1024 * 1024,
    /* Directories that one `.pth` file adds, and modules that editable installs map; each is looked for on the disk. */
    LIMIT_INSTALL_ENTRIES = 4096,
    /* Bytes of one message of an editor: a file as text, each byte of which may take six. */
    LIMIT_MESSAGE_BYTES = 512 * 1024 * 1024,
    /* Bytes of a line in the head of a message. */
    LIMIT_HEAD_BYTES = 4096,
    /* Bytes that wait for an editor that does not read: it is gone then. */
    LIMIT_PENDING_BYTES = 512 * 1024 * 1024,
    /* Requests of an editor that wait for the analysis of the text they are about. */
    LIMIT_PENDING_REQUESTS = 64
};

#endif
