/* limits.h - every bound of the program, with its reason. Reaching one is reported, never silent. */
#ifndef LOOPSAFE_BASE_LIMITS_H
#define LOOPSAFE_BASE_LIMITS_H

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
    LIMIT_INSTALL_ENTRIES = 4096
};

#endif
