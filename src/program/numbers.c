#include "program/numbers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "program/arguments.h"
#include "base/banned.h"

enum { NUMBER_BYTES = 64, NUMBER_DEPTH = 12 };

static const double largest_folded = 1e15; /* every integer below it is exact */

bool number_of_text(Str text, double *number)
{
    char digits[NUMBER_BYTES];
    size_t count = 0;
    for (size_t i = 0; i < text.len && count < sizeof digits - 1; i++)
        if (text.ptr[i] != '_') digits[count++] = text.ptr[i];
    digits[count] = '\0';
    char *end;
    *number = strtod(digits, &end);
    return count && *end == '\0';
}

static bool number_of_value(const Value *value, double *number)
{
    const Item *literal = value_literal(value);
    return literal && literal->id == EXPR_NUMBER && number_of_text(literal->path, number);
}

static bool calculate(Str sign, double left, double right, double *number)
{
    if (str_equal(sign, STR("+")))
        *number = left + right;
    else if (str_equal(sign, STR("-")))
        *number = left - right;
    else if (str_equal(sign, STR("*")))
        *number = left * right;
    else if (str_equal(sign, STR("**")))
        *number = pow(left, right);
    else if (str_equal(sign, STR("<<")) && left >= 0 && right >= 0 && right < 64)
        *number = ldexp(left, (int)right);
    else if (str_equal(sign, STR("//")) && right != 0)
        *number = floor(left / right);
    else if (str_equal(sign, STR("/")) && right != 0)
        *number = left / right;
    else
        return false;
    return isfinite(*number) != 0;
}

static bool number_at(Flow *flow, NodeId id, unsigned depth, double *number)
{
    const Node *node = flow_node(flow, id);
    double left, right;
    if (!id || depth > NUMBER_DEPTH) return false;
    if (node->kind == EXPR_BINARY && node->name) {
        Str sign = name_str(node->name);
        NodeId right_id = node->second;
        return number_at(flow, node->first, depth + 1, &left) &&
               number_at(flow, right_id, depth + 1, &right) && calculate(sign, left, right, number);
    }
    if (node->kind != EXPR_NUMBER && node->kind != EXPR_NAME && node->kind != EXPR_ATTRIBUTE) return false;
    return number_of_value(flow_settled(flow, argument_value(flow, id)), number);
}

bool number_of_node(Flow *flow, NodeId node, double *number)
{
    return number_at(flow, node, 0, number);
}

static bool is_constant(const Flow *flow, NodeId id)
{
    NodeKind kind = flow_node(flow, id)->kind;
    return kind == EXPR_NUMBER || kind == EXPR_BINARY;
}

const Value *number_folded(Flow *flow, NodeId binary, const Value *left, const Value *right)
{
    const Node *node = flow_node(flow, binary);
    if (!node->name || !is_constant(flow, node->first) || !is_constant(flow, node->second)) return NULL;
    double one, other, result;
    char text[NUMBER_BYTES];
    if (!number_of_value(left, &one) || !number_of_value(right, &other)) return NULL;
    if (!calculate(name_str(node->name), one, other, &result)) return NULL;
    if (result != floor(result) || fabs(result) > largest_folded) return NULL;
    int length = snprintf(text, sizeof text, "%.0f", result);
    Name digits = names_intern(flow->unit->names, (Str){text, (size_t)length});
    return value_of(flow->arena, (Item){.kind = ITEM_LITERAL,
                                        .id = EXPR_NUMBER,
                                        .path = name_str(digits),
                                        .confidence = CONFIDENCE_CERTAIN});
}
