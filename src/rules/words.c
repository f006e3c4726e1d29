#include "rules/words.h"

#include "rules/rule.h"
#include "rules/swap.h"

#include "base/banned.h"

enum { WORDS_MOST = TRAIT_COUNT }; /* the longest list */

typedef struct WordList {
    const char *name;
    const char *words[WORDS_MOST + 1]; /* ends in NULL */
} WordList;

static const WordList lists[WORDS_SET_COUNT] = {
    [WORDS_EFFECT] = {"effect",
                      {[EFFECT_NONE] = "none",
                       [EFFECT_SLEEP] = "sleep",
                       [EFFECT_HTTP] = "http",
                       [EFFECT_DB] = "db",
                       [EFFECT_CACHE] = "cache",
                       [EFFECT_QUEUE] = "queue",
                       [EFFECT_FILE] = "file",
                       [EFFECT_FS_METADATA] = "fs-metadata",
                       [EFFECT_PROCESS] = "process",
                       [EFFECT_SOCKET] = "socket",
                       [EFFECT_DNS] = "dns",
                       [EFFECT_IPC] = "ipc",
                       [EFFECT_LOCK] = "lock",
                       [EFFECT_THREAD_WAIT] = "thread-wait",
                       [EFFECT_CLOUD] = "cloud",
                       [EFFECT_MAIL] = "mail",
                       [EFFECT_SSH] = "ssh",
                       [EFFECT_INPUT] = "input",
                       [EFFECT_IMPORT] = "import",
                       [EFFECT_CPU] = "cpu",
                       [EFFECT_LONG_LOOP] = "long-loop",
                       [EFFECT_BUSY_WAIT] = "busy-wait",
                       [EFFECT_LOOP_MISUSE] = "loop-misuse"}},
    [WORDS_WEIGHT] = {"weight",
                      {[WEIGHT_NONE] = "none",
                       [WEIGHT_CHEAP] = "cheap",
                       [WEIGHT_OFTEN] = "often",
                       [WEIGHT_ALWAYS] = "always"}},
    [WORDS_GIL] = {"gil",
                   {[GIL_UNKNOWN] = "unknown",
                    [GIL_RELEASED] = "released",
                    [GIL_HELD] = "held",
                    [GIL_MIXED] = "mixed"}},
    [WORDS_SEVERITY] = {"severity",
                        {[SEVERITY_INFO] = "info",
                         [SEVERITY_LOW] = "low",
                         [SEVERITY_MEDIUM] = "medium",
                         [SEVERITY_HIGH] = "high"}},
    [WORDS_KIND] = {"kind",
                    {[CALL_FUNCTION] = "function",
                     [CALL_METHOD] = "method",
                     [CALL_CONSTRUCTOR] = "constructor",
                     [CALL_ITERATION] = "iteration",
                     [CALL_CONTEXT] = "context",
                     [CALL_PROPERTY] = "property"}},
    [WORDS_FORM] = {"form",
                    {[FORM_NONE] = "none",
                     [FORM_AWAIT_CALL] = "await-call",
                     [FORM_ASYNC_WITH] = "async-with",
                     [FORM_ASYNC_FOR] = "async-for",
                     [FORM_OFFLOAD_THREAD] = "offload-thread",
                     [FORM_OFFLOAD_PROCESS] = "offload-process",
                     [FORM_REMOVE] = "remove"}},
    [WORDS_PLACEMENT] = {"placement",
                         {[PLACE_UNKNOWN] = "unknown",
                          [PLACE_LOOP] = "loop",
                          [PLACE_THREAD] = "thread",
                          [PLACE_PROCESS] = "process",
                          [PLACE_INLINE] = "inline",
                          [PLACE_LATER] = "later",
                          [PLACE_COMMAND_LINE] = "command-line",
                          [PLACE_START_UP] = "start-up"}},
    [WORDS_TRAIT] = {"trait",
                     {[TRAIT_WAITS_NETWORK] = "waits-network",
                      [TRAIT_WAITS_DB] = "waits-db",
                      [TRAIT_WAITS_EXECUTOR] = "waits-executor",
                      [TRAIT_WAITS_PROCESS] = "waits-process",
                      [TRAIT_WAITS_FILE] = "waits-file",
                      [TRAIT_WAITS_OTHER] = "waits-other",
                      [TRAIT_ONE_THREAD] = "one-thread",
                      [TRAIT_SESSION] = "session",
                      [TRAIT_LONG_LIVED] = "long-lived",
                      [TRAIT_MAKES_TASK] = "makes-task",
                      [TRAIT_LOOP_BOUND] = "loop-bound",
                      [TRAIT_MAKES_LOOP] = "makes-loop",
                      [TRAIT_AFTER_RESPONSE] = "after-response",
                      [TRAIT_PROPERTY] = "property",
                      [TRAIT_MEMO] = "memo",
                      [TRAIT_CONSTRUCTOR] = "constructor",
                      [TRAIT_BULK] = "bulk",
                      [TRAIT_KEEPS_SIZE] = "keeps-size",
                      [TRAIT_POLLS] = "polls",
                      [TRAIT_PAUSES] = "pauses",
                      [TRAIT_COMPUTES] = "computes",
                      [TRAIT_COROUTINE] = "coroutine",
                      [TRAIT_ASKS_LOOP] = "asks-loop",
                      [TRAIT_NESTS_LOOPS] = "nests-loops",
                      [TRAIT_SERVES_REQUESTS] = "serves-requests",
                      [TRAIT_FORTY_THREADS] = "forty-threads",
                      [TRAIT_SLEEPS] = "sleeps",
                      [TRAIT_KEEPS_CONNECTIONS] = "keeps-connections",
                      [TRAIT_LONG_JOB] = "long-job",
                      [TRAIT_THREAD_BOUND] = "thread-bound",
                      [TRAIT_WRITES_FIRST] = "writes-first",
                      [TRAIT_WRITES_SECOND] = "writes-second"}},
    [WORDS_SWAP] = {"form of a swap",
                    {[SWAP_KEEP] = "keep",
                     [SWAP_AWAIT] = "await",
                     [SWAP_EXPRESSION] = "expression",
                     [SWAP_CLIENT] = "client",
                     [SWAP_CLIENT_HELD] = "client-held",
                     [SWAP_OPEN] = "open",
                     [SWAP_MAKE] = "make",
                     [SWAP_OPEN_AWAITED] = "open-awaited",
                     [SWAP_RECEIVER] = "receiver",
                     [SWAP_ENTER] = "enter",
                     [SWAP_ITERATE] = "iterate",
                     [SWAP_SET] = "set",
                     [SWAP_HANDED] = "handed",
                     [SWAP_CATCH] = "catch",
                     [SWAP_ARGUMENT] = "argument"}},
    [WORDS_ARGUMENT] = {"kind of argument",
                        {[ARGUMENT_OTHER] = "other",
                         [ARGUMENT_NUMBER] = "number",
                         [ARGUMENT_TEXT] = "text",
                         [ARGUMENT_BYTES] = "bytes",
                         [ARGUMENT_NONE] = "none",
                         [ARGUMENT_TRUE] = "true",
                         [ARGUMENT_FALSE] = "false",
                         [ARGUMENT_PAIR] = "pair",
                         [ARGUMENT_DICT] = "dict",
                         [ARGUMENT_LIST] = "list"}},
    [WORDS_PLACE] = {"place of an argument",
                     {[PLACE_CALL] = "call", [PLACE_CLIENT] = "client", [PLACE_DROPPED] = "dropped"}},
};

int word_find(WordSet set, Str word)
{
    for (int i = 0; lists[set].words[i]; i++)
        if (str_equal(word, str_from(lists[set].words[i]))) return i;
    return -1;
}

const char *word_text(WordSet set, size_t value)
{
    return lists[set].words[value];
}

const char *word_set_name(WordSet set)
{
    return lists[set].name;
}

void words_add_list(WordSet set, Buf *buf)
{
    for (size_t i = 0; lists[set].words[i]; i++) {
        if (i) buf_add_text(buf, ", ");
        buf_add_text(buf, lists[set].words[i]);
    }
}

const char *effect_text(Effect effect)
{
    return word_text(WORDS_EFFECT, effect);
}

const char *severity_text(Severity severity)
{
    return word_text(WORDS_SEVERITY, severity);
}

const char *trait_text(Trait trait)
{
    return word_text(WORDS_TRAIT, trait);
}

const char *form_text(Form form)
{
    return word_text(WORDS_FORM, form);
}
