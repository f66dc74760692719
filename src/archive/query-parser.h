/* query-parser.h: the query language: from a user's text to a tree */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The language, from loose to tight:
 *
 *   either    = both { OR both }
 *   both      = one { [ AND ] one }
 *   one       = { NOT | - } part
 *   part      = [ field: ] ( word | "phrase" | ( either ) )
 *   field     = from | to | subject | body | attachment
 *
 * OR, AND and NOT count in capitals only, a minus only right before what it excludes and not before
 * another minus, a field in any case. * and ? in a word stand for any letters and for one. A phrase
 * that is not closed ends with the text; all usual quotation marks are alike. */
#define MUN_QUERY_MAX_TEXT 4096
#define MUN_QUERY_MAX_WORDS 64
/* The parser of FTS5 has room for a hundred things, and a level may take nine of them. */
#define MUN_QUERY_MAX_DEPTH 8

typedef enum {
  MUN_QUERY_WORD,
  MUN_QUERY_PHRASE,
  MUN_QUERY_AND, /* two or more children, none of them an AND */
  MUN_QUERY_OR,  /* two or more children, none of them an OR */
  MUN_QUERY_NOT  /* one child, not a NOT */
} MunQueryKind;

typedef enum {
  MUN_FIELD_ANY,
  MUN_FIELD_FROM,
  MUN_FIELD_TO,
  MUN_FIELD_SUBJECT,
  MUN_FIELD_BODY,
  MUN_FIELD_ATTACHMENT
} MunQueryField;

typedef struct {
  MunQueryKind kind;
  MunQueryField field; /* of words and phrases; groups hand theirs down */
  guint position;      /* of its first character, from 1 */
  char *text;          /* of words and phrases */
  GPtrArray *children; /* MunQueryNode, of the others */
} MunQueryNode;

void
mun_query_node_free (MunQueryNode *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunQueryNode, mun_query_node_free)

/* mun_query_parse: NULL with MUN_ERROR_INVALID, a sentence that says where; NULL without an error:
 * the text is empty. */
MunQueryNode *
mun_query_parse (const char *text, GError **error);
/* mun_query_node_to_text: in the same language with every AND written out; it parses to the same
 * tree. */
char *
mun_query_node_to_text (const MunQueryNode *self);

/* mun_query_fail: MUN_ERROR_INVALID: "Search text, at character 12: @reason". The reasons are in the
 * translations, for whoever shows them. Returns: FALSE. */
gboolean
mun_query_fail (guint position, const char *reason, GError **error);

G_END_DECLS
