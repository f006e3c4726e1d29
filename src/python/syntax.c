#include "python/syntax.h"

#include <string.h>

#include "base/banned.h"

typedef struct SyntaxRow {
    const char *type;
    Syntax syntax;
} SyntaxRow;

static const SyntaxRow TYPES[] = {
    {"ERROR", SYNTAX_ERROR},
    {"comment", SYNTAX_EXTRA},
    {"line_continuation", SYNTAX_EXTRA},
    {"identifier", SYNTAX_IDENTIFIER},
    {"attribute", SYNTAX_ATTRIBUTE},
    {"call", SYNTAX_CALL},
    {"subscript", SYNTAX_SUBSCRIPT},
    {"binary_operator", SYNTAX_BINARY},
    {"boolean_operator", SYNTAX_BOOLEAN},
    {"parenthesized_expression", SYNTAX_PARENTHESIZED},
    {"argument_list", SYNTAX_ARGUMENTS},
    {"keyword_argument", SYNTAX_KEYWORD_ARGUMENT},
    {"list_splat", SYNTAX_LIST_SPLAT},
    {"list_splat_pattern", SYNTAX_LIST_SPLAT},
    {"splat_type", SYNTAX_LIST_SPLAT},
    {"dictionary_splat", SYNTAX_DICTIONARY_SPLAT},
    {"dictionary_splat_pattern", SYNTAX_DICTIONARY_SPLAT},
    {"string", SYNTAX_STRING},
    {"concatenated_string", SYNTAX_CONCATENATED},
    {"interpolation", SYNTAX_INTERPOLATION},
    {"format_expression", SYNTAX_INTERPOLATION},
    {"format_specifier", SYNTAX_FORMAT_SPECIFIER},
    {"integer", SYNTAX_NUMBER},
    {"float", SYNTAX_NUMBER},
    {"true", SYNTAX_TRUE},
    {"false", SYNTAX_FALSE},
    {"none", SYNTAX_NONE},
    {"ellipsis", SYNTAX_ELLIPSIS},
    {"await", SYNTAX_AWAIT},
    {"yield", SYNTAX_YIELD},
    {"unary_operator", SYNTAX_UNARY},
    {"not_operator", SYNTAX_NOT},
    {"comparison_operator", SYNTAX_COMPARISON},
    {"conditional_expression", SYNTAX_CONDITIONAL},
    {"lambda", SYNTAX_LAMBDA},
    {"lambda_parameters", SYNTAX_LAMBDA_PARAMETERS},
    {"named_expression", SYNTAX_NAMED},
    {"as_pattern", SYNTAX_AS_PATTERN},
    {"as_pattern_target", SYNTAX_AS_TARGET},
    {"slice", SYNTAX_SLICE},
    {"tuple", SYNTAX_TUPLE},
    {"tuple_pattern", SYNTAX_TUPLE},
    {"pattern_list", SYNTAX_TUPLE},
    {"expression_list", SYNTAX_TUPLE},
    {"list", SYNTAX_LIST},
    {"list_pattern", SYNTAX_LIST},
    {"set", SYNTAX_SET},
    {"dictionary", SYNTAX_DICTIONARY},
    {"pair", SYNTAX_PAIR},
    {"list_comprehension", SYNTAX_LIST_COMPREHENSION},
    {"set_comprehension", SYNTAX_SET_COMPREHENSION},
    {"dictionary_comprehension", SYNTAX_DICTIONARY_COMPREHENSION},
    {"generator_expression", SYNTAX_GENERATOR},
    {"for_in_clause", SYNTAX_FOR_IN},
    {"if_clause", SYNTAX_IF_CLAUSE},
    {"type", SYNTAX_TYPE},
    {"generic_type", SYNTAX_GENERIC_TYPE},
    {"union_type", SYNTAX_UNION_TYPE},
    {"constrained_type", SYNTAX_CONSTRAINED_TYPE},
    {"member_type", SYNTAX_MEMBER_TYPE},
    {"type_parameter", SYNTAX_TYPE_PARAMETER},
    {"block", SYNTAX_BLOCK},
    {"expression_statement", SYNTAX_EXPRESSION_STATEMENT},
    {"assignment", SYNTAX_ASSIGNMENT},
    {"augmented_assignment", SYNTAX_AUGMENTED},
    {"return_statement", SYNTAX_RETURN},
    {"raise_statement", SYNTAX_RAISE},
    {"assert_statement", SYNTAX_ASSERT},
    {"delete_statement", SYNTAX_DELETE},
    {"print_statement", SYNTAX_PRINT},
    {"chevron", SYNTAX_CHEVRON},
    {"exec_statement", SYNTAX_EXEC},
    {"if_statement", SYNTAX_IF},
    {"elif_clause", SYNTAX_ELIF},
    {"else_clause", SYNTAX_ELSE},
    {"while_statement", SYNTAX_WHILE},
    {"for_statement", SYNTAX_FOR},
    {"try_statement", SYNTAX_TRY},
    {"except_clause", SYNTAX_EXCEPT},
    {"except_group_clause", SYNTAX_EXCEPT},
    {"finally_clause", SYNTAX_FINALLY},
    {"with_statement", SYNTAX_WITH},
    {"with_clause", SYNTAX_WITH_CLAUSE},
    {"with_item", SYNTAX_WITH_ITEM},
    {"match_statement", SYNTAX_MATCH},
    {"case_clause", SYNTAX_CASE},
    {"case_pattern", SYNTAX_CASE_PATTERN},
    {"class_pattern", SYNTAX_CLASS_PATTERN},
    {"union_pattern", SYNTAX_UNION_PATTERN},
    {"keyword_pattern", SYNTAX_KEYWORD_PATTERN},
    {"splat_pattern", SYNTAX_SPLAT_PATTERN},
    {"import_statement", SYNTAX_IMPORT},
    {"import_from_statement", SYNTAX_IMPORT_FROM},
    {"future_import_statement", SYNTAX_IMPORT_FUTURE},
    {"relative_import", SYNTAX_RELATIVE},
    {"import_prefix", SYNTAX_IMPORT_PREFIX},
    {"dotted_name", SYNTAX_DOTTED_NAME},
    {"aliased_import", SYNTAX_ALIASED_IMPORT},
    {"wildcard_import", SYNTAX_WILDCARD},
    {"global_statement", SYNTAX_GLOBAL},
    {"nonlocal_statement", SYNTAX_NONLOCAL},
    {"function_definition", SYNTAX_FUNCTION},
    {"class_definition", SYNTAX_CLASS},
    {"decorated_definition", SYNTAX_DECORATED},
    {"decorator", SYNTAX_DECORATOR},
    {"parameters", SYNTAX_PARAMETERS},
    {"typed_parameter", SYNTAX_TYPED_PARAMETER},
    {"default_parameter", SYNTAX_DEFAULT_PARAMETER},
    {"typed_default_parameter", SYNTAX_TYPED_DEFAULT_PARAMETER},
    {"keyword_separator", SYNTAX_KEYWORD_SEPARATOR},
    {"positional_separator", SYNTAX_POSITIONAL_SEPARATOR},
    {"type_alias_statement", SYNTAX_TYPE_ALIAS},
    {"pass_statement", SYNTAX_PASS},
    {"break_statement", SYNTAX_BREAK},
    {"continue_statement", SYNTAX_CONTINUE},
};

static const SyntaxRow TOKENS[] = {
    {".", SYNTAX_DOT},     {",", SYNTAX_COMMA},     {"*", SYNTAX_STAR},
    {"from", SYNTAX_FROM}, {"async", SYNTAX_ASYNC}, {"=", SYNTAX_EQUALS},
};

static Syntax find_row(const SyntaxRow *rows, size_t count, const char *type)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].type, type) == 0) return rows[i].syntax;
    return SYNTAX_OTHER;
}

Syntax syntax_find(const char *type, bool named)
{
    if (!type) return SYNTAX_OTHER;
    return named ? find_row(TYPES, sizeof TYPES / sizeof *TYPES, type)
                 : find_row(TOKENS, sizeof TOKENS / sizeof *TOKENS, type);
}

const TSLanguage *tree_sitter_python(void);

const TSLanguage *syntax_language(void)
{
    return tree_sitter_python();
}
