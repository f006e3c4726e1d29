/* limits_run.h - bounds of what runs other people's code: verify, its load, probe, stand-ins, hosts and reports, and the model. */
#ifndef LOOPSAFE_BASE_LIMITS_RUN_H
#define LOOPSAFE_BASE_LIMITS_RUN_H

enum {
    /* The report of a run as a page. Columns of a timeline, about one a pixel: ticks within one are added up. */
    LIMIT_HTML_COLUMNS = 1000,
    /* Places of a timeline that say what stalled there: closer ones could not be hit with a pointer. */
    LIMIT_HTML_MARKS = 64,
    /* Of these, those that the keyboard stops at: the longest ones. */
    LIMIT_HTML_STOPS = 8,
    /* Timelines with their distributions; those that stalled most are drawn. About 150 KB each at worst. */
    LIMIT_HTML_CHARTS = 30,
    /* Rows of one table: more is read by nobody, and by programs from the JSON. */
    LIMIT_HTML_ROWS = 400,
    /* Frames of the project, and as many others, of a stack that is shown. */
    LIMIT_HTML_FRAMES = 30,
    /* The same beside a place of a timeline, which repeats its stall's stack. */
    LIMIT_HTML_TIP_FRAMES = 4,
    /* Bytes of one text that is shown: messages, paths, parts of answers. */
    LIMIT_HTML_TEXT_BYTES = 2000,
    /* Bytes of the head of an HTTP answer: twice what servers commonly allow for a request. */
    LIMIT_RESPONSE_HEAD_BYTES = 128 * 1024,
    /* Bytes of an answer that is kept to be compared with another one. */
    LIMIT_RESPONSE_BODY_BYTES = 64 * 1024 * 1024,
    /* Connections of a load: each takes a descriptor, and this machine has 28,000 ports for the other end. */
    LIMIT_LOAD_USERS = 20000,
    /* Steps of a program of the model, and blocks within blocks: a handler does a handful of things. */
    LIMIT_MODEL_STEPS = 1000,
    LIMIT_MODEL_NESTING = 16,
    /* Time of one step in milliseconds: an hour, so that a sum of them stays far from the end of 64 bits. */
    LIMIT_MODEL_STEP_MS = 3600 * 1000,
    /* Server processes, processors, and threads or processes of one pool. */
    LIMIT_MODEL_WORKERS = 256,
    LIMIT_MODEL_POOL = 1000 * 1000,
    LIMIT_MODEL_POOLS = 64,
    /* Users of the model, and seconds that are simulated. */
    LIMIT_MODEL_USERS = 10 * 1000 * 1000,
    LIMIT_MODEL_SECONDS = 100 * 1000,
    /* Events of one simulation: some seconds. */
    LIMIT_MODEL_EVENTS = 100 * 1000 * 1000,
    /* Requests of the model, and parts of them, that are under way at once: 48 bytes each. */
    LIMIT_MODEL_TASKS = 4 * 1000 * 1000,
    /* Differences between the answers to one request, and between what it did to the outside, that are listed: the first
     * ones tell what is wrong. */
    LIMIT_RUN_DIFFERENCES = 8,
    /* Masks of a run that are listed; all hold. */
    LIMIT_RUN_MASKS = 200,
    /* Bytes of a value of the application that is shown. */
    LIMIT_RUN_VALUE = 80,
    /* Frames of a stack that are looked at, the innermost first: frameworks call through some dozens. */
    LIMIT_RUN_FRAMES = 512,
    /* Places at which a run tells stalls apart; what comes beyond is counted at the last place of its kind. */
    LIMIT_RUN_STALLS = 4000,
    /* Long ticks of one round that are kept for the timeline: the longest ones, more than a screen has columns. */
    LIMIT_RUN_TICKS = 2000,
    /* Words of a body that are compared one by one; a longer one is compared by lines. */
    LIMIT_RUN_WORDS = 4 * 1024 * 1024,
    /* Bytes of the file that `loopsafe verify --json` has written and `check --confirmed-by` reads. */
    LIMIT_RUN_BYTES = 512 * 1024 * 1024,
    /* Bytes kept of what a program prints that verify runs: its last words; one run printed a million lines. */
    LIMIT_PROCESS_LOG = 64 * 1024,
    /* Bytes of one line that such a program tells: the schema of a large service is a few megabytes. */
    LIMIT_TOLD_BYTES = 64 * 1024 * 1024,
    /* Processes below one that verify started: they are counted and ended with it. */
    LIMIT_DESCENDANTS = 4096,
    /* Entries of the memory that the probe writes; it is only touched as far as it is used. */
    LIMIT_PROBE_RECORDS = 1 << 20,
    LIMIT_PROBE_FRAMES = 1 << 16,
    LIMIT_PROBE_STACKS = 1 << 22,
    LIMIT_PROBE_TEXTS = 1 << 23,
    /* Users of a load: each holds a connection. */
    LIMIT_VERIFY_USERS = 10000,
    /* Routes of an application: the largest public services have some thousand; each request is looked up among them. */
    LIMIT_HOST_ROUTES = 5000,
    /* Notices of one application: a report with more is read by nobody. */
    LIMIT_HOST_NOTICES = 200,
    /* Requests of a file or a recording, and of a schema. */
    LIMIT_REQUESTS = 50000,
    /* Bytes of a recording: they hold the answers, too. */
    LIMIT_RECORDING_BYTES = 256 * 1024 * 1024,
    /* Schemas in schemas, and items of an array that is made by one: a schema may name itself. */
    LIMIT_SCHEMA_DEPTH = 12,
    LIMIT_SCHEMA_ITEMS = 16,
    /* Values made for one request: each level of a schema may hold many. */
    LIMIT_SCHEMA_VALUES = 4000,
    /* Characters of a text that is made by its pattern or its least length. */
    LIMIT_SCHEMA_TEXT = 4096,
    /* Places of the network that one run opens: more is no isolation. */
    LIMIT_OPENINGS = 16,
    /* Files and bytes of a project that is copied for a run: beyond it the folder is hardly a project's. */
    LIMIT_COPY_FILES = 200000,
    LIMIT_COPY_MEGABYTES = 8192,
    /* Bytes of a request's method, head, and of a line between its chunks, that the stand-in takes: servers refuse more. */
    LIMIT_HTTP_METHOD = 32,
    LIMIT_HTTP_HEAD = 64 * 1024,
    LIMIT_HTTP_LINE = 1024,
    /* Requests of one connection that wait for their answers in the stand-in; the rest is read later. */
    LIMIT_HTTP_PIPELINE = 64,
    /* Bytes of a command to the stand-in for mail (RFC 4954 wants so many for passwords), of a line of a mail, which programs make
     * of whole pages, and of a mail: twice what providers take. */
    LIMIT_MAIL_LINE = 12 * 1024,
    LIMIT_MAIL_TEXT_LINE = 1024 * 1024,
    LIMIT_MAIL_BYTES = 64 * 1024 * 1024,
    /* Recipients of a mail: ten times what RFC 5321 wants. */
    LIMIT_MAIL_RECIPIENTS = 1000,
    /* Commands between two mails that cannot be followed; behind them the connection ends. */
    LIMIT_MAIL_MISTAKES = 50,
    /* Boundaries between the parts of a mail that are looked for; parts seldom hold parts. */
    LIMIT_MAIL_BOUNDARIES = 64,
    /* Bytes of a JSON body that is compared by its values. */
    LIMIT_JSON_BODY = 1024 * 1024,
    /* Hosts that the stand-in makes a certificate for; later ones share one that does not name them. */
    LIMIT_CERTIFICATES = 2048,
    /* Hosts that the report of a run counts requests of. */
    LIMIT_STAND_IN_HOSTS = 1000,
    /* Frames of a stack that are kept, innermost first: a recursion that is deeper loses its outer end. */
    LIMIT_PROBE_DEPTH = 256,
    /* Bytes of a file's or function's name inside the interpreter. */
    LIMIT_PROBE_NAME_BYTES = 4096
};

#endif
