/* Arguments of a call that is written with another library: kept, renamed, handed to the client, added, or in the way. */
#include "fixes/mentions.h"
#include "fixes/dotted.h"
#include "fixes/passage.h"
#include "fixes/swap.h"
#include "base/banned.h"

enum { ARGUMENTS_MOST = 40 };

typedef struct Argument {
    NodeId node;  /* as it stands in the call */
    Span span;    /* with the brackets around it */
    NodeId value; /* without its keyword */
    Str keyword;  /* empty: by position */
    int position; /* -1: by keyword */
    bool dropped;
} Argument;

typedef struct Arguments {
    Swap *swap;
    NodeId call;
    Str path;
    Argument items[ARGUMENTS_MOST];
    size_t count;
} Arguments;

/* --- what they are --- */

static ArgumentShape literal_shape(const Swap *swap, NodeId value)
{
    const Node *node = draft_node(swap->draft, value);
    switch (node->kind) {
    case EXPR_NUMBER:
        return ARGUMENT_NUMBER;
    case EXPR_STRING:
        return node->flags & FLAG_BYTES ? ARGUMENT_BYTES : ARGUMENT_TEXT;
    case EXPR_FORMAT:
        return ARGUMENT_TEXT;
    case EXPR_NOTHING:
        return ARGUMENT_NONE;
    case EXPR_TRUE:
        return ARGUMENT_TRUE;
    case EXPR_FALSE:
        return ARGUMENT_FALSE;
    case EXPR_DICT:
        return ARGUMENT_DICT;
    case EXPR_LIST:
        return ARGUMENT_LIST;
    case EXPR_TUPLE: {
        const Node *first = draft_node(swap->draft, node->first);
        bool pair = node->first && first->next && !draft_node(swap->draft, first->next)->next;
        return pair ? ARGUMENT_PAIR : ARGUMENT_OTHER;
    }
    default:
        return ARGUMENT_OTHER;
    }
}

/* What a name of the module holds that was bound once, to a literal. */
static ArgumentShape module_shape(const Swap *swap, Name name)
{
    const Unit *unit = swap->draft->unit;
    const FrameSlot *slot = frame_slot(unit->module, name);
    const Item *literal = slot && slot->bound ? value_literal(slot->value) : NULL;
    if (!literal) return ARGUMENT_OTHER;
    return literal->id == EXPR_NUMBER   ? ARGUMENT_NUMBER
           : literal->id == EXPR_STRING ? ARGUMENT_TEXT
                                        : ARGUMENT_OTHER;
}

/* A local name that is bound once: what it is bound to; else itself. */
static NodeId bound_value(const Swap *swap, NodeId value)
{
    const Node *node = draft_node(swap->draft, value);
    Mentions mentions;
    if (node->kind != EXPR_NAME || !node->name) return value;
    mentions_find(swap->draft, node->name, &mentions);
    const Mention *binding = NULL;
    for (size_t i = 0; i < mentions.count; i++) {
        if (!mentions.items[i].binds) continue;
        if (binding || mentions.trouble) return value;
        binding = &mentions.items[i];
    }
    if (!binding) return value;
    const Node *statement = draft_node(swap->draft, binding->statement);
    bool plain = statement->kind == STMT_ASSIGN && statement->first == binding->node;
    return plain ? statement->second : value;
}

static ArgumentShape shape_of(const Swap *swap, NodeId value)
{
    const Node *node = draft_node(swap->draft, value);
    NodeId bound = bound_value(swap, value);
    ArgumentShape shape = literal_shape(swap, bound);
    if (shape == ARGUMENT_OTHER && node->kind == EXPR_NAME && bound == value && node->name)
        shape = module_shape(swap, node->name);
    return shape;
}

/* --- which row is theirs --- */

static bool is_named(const Swap *swap, NodeId value, Str only)
{
    const Node *node = draft_node(swap->draft, bound_value(swap, value));
    if (node->kind == EXPR_CALL) return str_equal(dotted_path(swap->draft, node->first), only);
    return str_equal(dotted_path(swap->draft, value), only);
}

static char lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

/* A word in the text of an expression: of SQL, the `?` of an address. */
static bool has_word(const Swap *swap, NodeId expression, Str word)
{
    Str text = draft_text(swap->draft, expression);
    for (size_t at = 0; at + word.len <= text.len; at++) {
        size_t same = 0;
        while (same < word.len && lower(text.ptr[at + same]) == lower(word.ptr[same]))
            same++;
        if (same == word.len) return true;
    }
    return false;
}

/* Words are parted by "|". */
static bool has_words(const Swap *swap, NodeId call, Str words)
{
    while (words.len) {
        size_t bar = str_find_byte(words, '|');
        size_t end = bar == SIZE_MAX ? words.len : bar;
        if (has_word(swap, call, str_part(words, 0, end))) return true;
        words = str_drop(words, end == words.len ? end : end + 1);
    }
    return false;
}

static bool fits(const Arguments *arguments, const Argument *argument, const SwapRow *row)
{
    const Swap *swap = arguments->swap;
    bool any = argument->keyword.len && str_equal(row->argument, STR("*"));
    bool named = argument->keyword.len ? str_equal(argument->keyword, row->argument)
                                       : argument->position == row->position && argument->position >= 0;
    if (!named && !any) return false;
    if (row->of && !(row->of & 1u << shape_of(swap, argument->value))) return false;
    if (row->only.len && !is_named(swap, argument->value, row->only)) return false;
    return !has_words(swap, bound_value(swap, argument->value), row->without) &&
           !has_words(swap, arguments->call, row->call_without);
}

static bool row_of(const Arguments *arguments, const Argument *argument, SwapRow *row)
{
    size_t from = 0;
    while (swap_row(arguments->swap, arguments->path, SWAP_ARGUMENT, &from, row))
        if (fits(arguments, argument, row)) return true;
    return false;
}

/* The name of what is handed over by position, as far as the rows tell. */
static Str name_of(const Arguments *arguments, const Argument *argument)
{
    SwapRow row;
    size_t from = 0;
    if (argument->keyword.len) return argument->keyword;
    while (swap_row(arguments->swap, arguments->path, SWAP_ARGUMENT, &from, &row))
        if (row.position == argument->position) return row.argument;
    return draft_text(arguments->swap->draft, argument->value);
}

/* --- writing them --- */

static Str item_text(const Swap *swap, NodeId tuple, unsigned index)
{
    NodeId item = draft_node(swap->draft, bound_value(swap, tuple))->first;
    for (; item && index; index--)
        item = draft_node(swap->draft, item)->next;
    return draft_text(swap->draft, item);
}

static Str written(Swap *swap, const SwapRow *row, NodeId value)
{
    Str text = swap_spelled(swap, row->text);
    if (str_find(text, STR("@0")) != SIZE_MAX) {
        text = swap_filled(swap, text, "@0", item_text(swap, value, 0));
        text = swap_filled(swap, text, "@1", item_text(swap, value, 1));
    }
    return swap_filled(swap, text, "@", draft_text(swap->draft, value));
}

static void place(Arguments *arguments, Argument *argument, const SwapRow *row)
{
    Swap *swap = arguments->swap;
    swap_note(swap, row->note);
    argument->dropped = row->place != PLACE_CALL;
    if (row->place == PLACE_CLIENT) vec_add(&swap->client_texts, written(swap, row, argument->value));
    if (row->place != PLACE_CALL || !row->text.len) return;
    swap_replace(swap, argument->span.start, argument->span.end, written(swap, row, argument->value));
}

static void map_argument(Arguments *arguments, Argument *argument)
{
    SwapRow row;
    Swap *swap = arguments->swap;
    if (row_of(arguments, argument, &row)) {
        place(arguments, argument, &row);
        return;
    }
    Str name = name_of(arguments, argument);
    swap_advise(swap, "`%.*s` of `%.*s` has no equivalent in `%.*s` that is sure here", DRAFT_STR(name),
                DRAFT_STR(arguments->path), DRAFT_STR(swap->row.library));
}

/* The run of arguments that go, up to the next one that stays; at the end from the last one that stays. */
static void drop_run(Arguments *arguments, size_t first, size_t last)
{
    const Argument *items = arguments->items;
    bool at_end = last + 1 == arguments->count;
    uint32_t start = at_end && first ? items[first - 1].span.end : items[first].span.start;
    uint32_t end = at_end ? items[last].span.end : items[last + 1].span.start;
    swap_replace(arguments->swap, start, end, STR(""));
}

static void drop_arguments(Arguments *arguments)
{
    for (size_t i = 0; i < arguments->count; i++) {
        if (!arguments->items[i].dropped) continue;
        size_t last = i;
        while (last + 1 < arguments->count && arguments->items[last + 1].dropped)
            last++;
        drop_run(arguments, i, last);
        i = last;
    }
}

/* --- those that are not there --- */

static bool is_given(const Arguments *arguments, const SwapRow *row)
{
    for (size_t i = 0; i < arguments->count; i++) {
        const Argument *argument = &arguments->items[i];
        if (argument->keyword.len ? str_equal(argument->keyword, row->argument)
                                  : argument->position >= 0 && argument->position == row->position)
            return true;
    }
    return false;
}

static const Argument *last_kept(const Arguments *arguments)
{
    for (size_t i = arguments->count; i-- > 0;)
        if (!arguments->items[i].dropped) return &arguments->items[i];
    return NULL;
}

/* The only ones of the call. */
static void append_first(Arguments *arguments, Str text, bool first)
{
    Swap *swap = arguments->swap;
    Str source = swap->draft->unit->source.text;
    uint32_t open = draft_node(swap->draft, draft_node(swap->draft, arguments->call)->first)->span.end;
    while (open < source.len && source.ptr[open] != '(')
        open++;
    Str before = first ? STR("") : STR(", ");
    swap_replace(swap, open + 1, open + 1, str_join(swap->draft->arena, before, text, STR("")));
}

/* Behind the last one; on a line of its own where that has one. */
static void append(Arguments *arguments, Str text, bool first)
{
    Swap *swap = arguments->swap;
    const Draft *draft = swap->draft;
    const Argument *last = last_kept(arguments);
    if (!last) {
        append_first(arguments, text, first);
        return;
    }
    Str indent = draft_indent(draft, draft->unit, last->span.start), deeper = STR("");
    if (swap->client.len && !swap->open.end) deeper = passage_step(draft, draft_function(draft));
    bool own_line = last->span.start == passage_line_start(draft->unit, last->span.start) + indent.len;
    Str before = own_line ? str_join(draft->arena, STR(",\n"), indent, deeper) : STR(", ");
    swap_replace(swap, last->span.end, last->span.end, str_join(draft->arena, before, text, STR("")));
}

static bool has_text(const Swap *swap, Str text)
{
    for (size_t i = 0; i < swap->client_texts.count; i++)
        if (str_equal(swap->client_texts.items[i], text)) return true;
    return false;
}

static void add_absent(Arguments *arguments)
{
    SwapRow row;
    Swap *swap = arguments->swap;
    bool first = true;
    for (size_t from = 0; swap_row(swap, arguments->path, SWAP_ARGUMENT, &from, &row);) {
        if (!row.absent.len || is_given(arguments, &row)) continue;
        Str text = swap_spelled(swap, row.absent);
        if (row.place == PLACE_CLIENT) {
            if (!has_text(swap, text)) vec_add(&swap->client_texts, text);
            continue;
        }
        append(arguments, text, first);
        first = false;
    }
}

/* --- reading the call --- */

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* A node has no brackets of its own: `get((url))`. */
static Span with_brackets(const Draft *draft, NodeId call, Span span)
{
    Str text = draft->unit->source.text;
    uint32_t last = draft_node(draft, call)->span.end - 1, pairs = 0;
    for (uint32_t at = span.end; at < last && (is_blank(text.ptr[at]) || text.ptr[at] == ')'); at++) {
        if (text.ptr[at] != ')') continue;
        span.end = at + 1;
        pairs++;
    }
    for (uint32_t at = span.start; pairs && at > draft_node(draft, call)->span.start; at--) {
        if (text.ptr[at - 1] != '(') continue;
        span.start = at - 1;
        pairs--;
    }
    return span;
}

static bool read_arguments(Arguments *arguments)
{
    const Draft *draft = arguments->swap->draft;
    int position = 0;
    for (NodeId at = draft_node(draft, arguments->call)->second; at; at = draft_node(draft, at)->next) {
        const Node *node = draft_node(draft, at);
        bool keyword = node->kind == ARG_KEYWORD;
        bool open = node->kind == EXPR_STARRED || (keyword && !node->name);
        if (open || arguments->count == ARGUMENTS_MOST) return false;
        arguments->items[arguments->count++] =
            (Argument){.node = at,
                       .span = with_brackets(draft, arguments->call, node->span),
                       .value = keyword ? node->first : at,
                       .keyword = keyword ? name_str(node->name) : STR(""),
                       .position = keyword ? -1 : position++};
    }
    return true;
}

void swap_arguments(Swap *swap, NodeId call, Str path)
{
    Arguments arguments = {.swap = swap, .call = call, .path = path};
    SwapRow row;
    size_t from = 0;
    if (!swap_row(swap, path, SWAP_ARGUMENT, &from, &row)) return;
    if (!read_arguments(&arguments)) {
        swap_advise(swap, "arguments are handed over by `*` or `**`: check them one by one");
        return;
    }
    for (size_t i = 0; i < arguments.count && !swap_stopped(swap); i++)
        map_argument(&arguments, &arguments.items[i]);
    if (swap_stopped(swap)) return;
    drop_arguments(&arguments);
    add_absent(&arguments);
}
