#include "fixes/offload_name.h"

#include "fixes/fixed_path.h"
#include "fixes/names.h"
#include "fixes/nodes.h"
#include "base/banned.h"

/* What the block opens, or iterates. */
static NodeId opened_by(const Block *block)
{
    const Node *statement = unit_node(block->unit, block->statement);
    if (statement->kind == STMT_WITH) return unit_node(block->unit, statement->first)->first;
    return statement->second;
}

static Str called_name(const Block *block, NodeId expression)
{
    const Node *node = unit_node(block->unit, expression);
    if (node->kind == EXPR_CALL) node = unit_node(block->unit, node->first);
    return name_str(node->name);
}

/* The one name that the statement binds; empty: none, or several. */
static Str target_name(const Block *block)
{
    const Node *statement = unit_node(block->unit, block->statement);
    NodeId target =
        statement->kind == STMT_WITH ? unit_node(block->unit, statement->first)->second : statement->first;
    const Node *node = unit_node(block->unit, target);
    return target && node->kind == EXPR_NAME ? name_str(node->name) : STR("");
}

static char lowered(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

/* "ZipFile" as zip_file. */
static Str in_words(const Draft *draft, Str name)
{
    char *text = arena_array(draft->arena, name.len * 2 + 1, 1);
    size_t length = 0;
    for (size_t i = 0; i < name.len; i++) {
        bool starts =
            name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' && i && name.ptr[i - 1] >= 'a' && name.ptr[i - 1] <= 'z';
        if (starts) text[length++] = '_';
        text[length++] = lowered(name.ptr[i]);
    }
    return (Str){text, length};
}

Str offload_function_name(const Draft *draft, const Block *block)
{
    NodeId opened = opened_by(block);
    Str name = called_name(block, opened);
    bool is_open = str_equal(name, STR("open")),
         loops = unit_node(block->unit, block->statement)->kind == STMT_FOR;
    Str verb = opens_to_write(block->unit, opened) ? STR("write") : STR("read");
    Str wanted = STR("run_in_thread"), target = target_name(block);
    if (is_open && block->results.count == 1 && str_equal(verb, STR("read")))
        wanted =
            str_join(draft->arena, STR("read_"), in_words(draft, name_str(block->results.items[0])), STR(""));
    else if (is_open)
        wanted = str_join(draft->arena, verb, STR("_"), STR("file"));
    else if (target.len)
        wanted =
            str_join(draft->arena, loops ? STR("process_") : STR("use_"), in_words(draft, target), STR(""));
    return name_fresh(draft, draft->unit, draft_function(draft), wanted);
}
