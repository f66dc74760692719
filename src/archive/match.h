/* match.h: a user's words as an FTS5 expression */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "database.h"
#include "query.h"

G_BEGIN_DECLS

/* Wildcards within a word: so many words of the index are looked at, so many may match. */
#define MUN_MATCH_MAX_VISITED 300000
#define MUN_MATCH_MAX_EXPANDED 400

typedef enum {
  MUN_MATCH_ERROR,   /* MUN_ERROR_INVALID, with a sentence for the user */
  MUN_MATCH_ALL,     /* the text restricts nothing */
  MUN_MATCH_NOTHING, /* nothing in this store can match */
  MUN_MATCH_SOME     /* see the expression */
} MunMatchResult;

/* mun_match_words: what @text asks (query-parser.h) of the given columns ("sender recipients"), where
 * it names no field itself. @text may be anything: what comes out is always a sound expression, which
 * stands beside AND, OR and NOT without more parentheses. A word that no message has leaves an AND
 * empty, takes its branch from an OR, and to exclude it excludes nothing. @reader: needs the table
 * temp.vocabulary. */
MunMatchResult
mun_match_words (MunDatabase *reader, const char *text, const char *columns, char **expression,
                 GError **error);

/* mun_match_columns: the columns of a set of MunScope. Returns: (transfer full). */
char *
mun_match_columns (guint scopes);

/* mun_match_words_to_mark: what of @text is marked where it is found: all words and phrases. A text
 * that cannot be searched for gives none.
 * Returns: (transfer full): of GStrv: patterns for tokens that stand one behind the other. */
GPtrArray *
mun_match_words_to_mark (MunDatabase *reader, const char *text);
/* mun_match_token: does a token of the index fit a pattern? */
gboolean
mun_match_token (const char *pattern, const char *token);
/* mun_match_count_literal: the characters of a pattern before its first wildcard. */
guint
mun_match_count_literal (const char *pattern);

G_END_DECLS
