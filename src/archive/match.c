/* match.c: a user's words as an FTS5 expression */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "match.h"

#include "errors.h"
#include "tokenizer.h"

#include <string.h>

/* Wildcards go through the tokenizer as private characters, which it keeps inside words. */
#define STAR 0xe000
#define QUESTION 0xe001

/* An expression in the making. */
typedef struct {
  MunDatabase *reader;
  GString *out; /* the operands, joined by AND */
  gboolean is_empty;
  gboolean has_nothing;      /* a word that no message can have */
  gboolean has_unsearchable; /* a word of signs alone, which are in no index */
} Builder;

char *
mun_match_columns (guint scopes)
{
  GString *columns = g_string_new (NULL);

  if ((scopes & MUN_SCOPE_ALL) == 0)
    scopes = MUN_SCOPE_ALL;
  if (scopes & MUN_SCOPE_ADDRESSES)
    g_string_append (columns, "sender recipients ");
  if (scopes & MUN_SCOPE_SUBJECT)
    g_string_append (columns, "subject ");
  if (scopes & MUN_SCOPE_BODY)
    g_string_append (columns, "body ");
  if (scopes & MUN_SCOPE_ATTACHMENT_NAMES)
    g_string_append (columns, "names ");
  if (scopes & MUN_SCOPE_ATTACHMENT_TEXTS)
    g_string_append (columns, "texts ");
  return g_string_free (columns, FALSE);
}

static void
add_operand (Builder *self, const char *operand)
{
  if (!self->is_empty)
    g_string_append (self->out, " AND ");
  g_string_append (self->out, operand);
  self->is_empty = FALSE;
}

/* A string of FTS5: the only special character in it is the quotation mark. */
static char *
quote (const char *text, gboolean is_prefix)
{
  GString *quoted = g_string_new ("\"");

  for (const char *p = text; *p != '\0'; p++)
    g_string_append_c (quoted, *p == '"' ? ' ' : *p);
  g_string_append (quoted, is_prefix ? "\" *" : "\"");
  return g_string_free (quoted, FALSE);
}

static gboolean
is_wildcard (gunichar c)
{
  return c == STAR || c == QUESTION;
}

static gboolean
has_wildcard (const char *token)
{
  for (; *token != '\0'; token = g_utf8_next_char (token))
    if (is_wildcard (g_utf8_get_char (token)))
      return TRUE;
  return FALSE;
}

/* Length of the token without the stars at its end, and whether anything else in it is a wildcard.
 */
static gsize
literal_length (const char *token, gboolean *is_plain_prefix)
{
  const char *p = token;

  while (*p != '\0' && !is_wildcard (g_utf8_get_char (p)))
    p = g_utf8_next_char (p);
  *is_plain_prefix = p > token && *p != '\0';
  for (const char *rest = p; *rest != '\0'; rest = g_utf8_next_char (rest))
    if (g_utf8_get_char (rest) != STAR)
      *is_plain_prefix = FALSE;
  return p - token;
}

static gboolean
has_literal (const char *token)
{
  for (; *token != '\0'; token = g_utf8_next_char (token))
    if (!is_wildcard (g_utf8_get_char (token)))
      return TRUE;
  return FALSE;
}

/* The usual backtracking to the last star; linear for what matters here. */
static gboolean
matches (const char *pattern, const char *word)
{
  const char *star = NULL, *retry = NULL;

  while (*word != '\0') {
    gunichar want = *pattern != '\0' ? g_utf8_get_char (pattern) : 0;

    if (want == STAR) {
      star = pattern = g_utf8_next_char (pattern);
      retry = word;
    } else if (want == QUESTION || (want != 0 && want == g_utf8_get_char (word))) {
      pattern = g_utf8_next_char (pattern);
      word = g_utf8_next_char (word);
    } else if (star != NULL) {
      pattern = star;
      word = retry = g_utf8_next_char (retry);
    } else {
      return FALSE;
    }
  }
  while (*pattern != '\0' && g_utf8_get_char (pattern) == STAR)
    pattern = g_utf8_next_char (pattern);
  return *pattern == '\0';
}

/* The words of the index that fit, as an OR. NULL without error: there are none. */
static char *
expand (Builder *self, const char *pattern, GError **error)
{
  gboolean ignored;
  gsize length = literal_length (pattern, &ignored);
  g_autofree char *prefix = g_strndup (pattern, length);
  g_autoptr (GString) out = g_string_new ("(");
  g_autoptr (GError) local_error = NULL;
  guint visited = 0, found = 0;
  sqlite3_stmt *row
      = mun_database_prepare (self->reader, error, "SELECT term FROM vocabulary WHERE term >= ?1",
                              "s", prefix);

  if (row == NULL)
    return NULL;
  while (mun_database_step (self->reader, row, &local_error)) {
    const char *term = mun_database_text (row, 0);
    g_autofree char *quoted = NULL;

    if (strncmp (term, prefix, length) != 0 || ++visited > MUN_MATCH_MAX_VISITED
        || found > MUN_MATCH_MAX_EXPANDED)
      break;
    if (!g_utf8_validate (term, -1, NULL) || !matches (pattern, term))
      continue;
    quoted = quote (term, FALSE);
    g_string_append_printf (out, "%s%s", found++ > 0 ? " OR " : "", quoted);
  }
  sqlite3_reset (row);
  if (local_error != NULL) {
    g_propagate_error (error, g_steal_pointer (&local_error));
    return NULL;
  }
  if (visited > MUN_MATCH_MAX_VISITED || found > MUN_MATCH_MAX_EXPANDED) {
    g_set_error_literal (
        error, MUN_ERROR, MUN_ERROR_INVALID,
        "too many words match a word with wildcards: more of its beginning is needed");
    return NULL;
  }
  g_string_append_c (out, ')');
  return found > 0 ? g_string_free (g_steal_pointer (&out), FALSE) : NULL;
}

static gboolean
add_pattern (Builder *self, const char *token, GError **error)
{
  gboolean is_plain_prefix;
  gsize length = literal_length (token, &is_plain_prefix);
  g_autoptr (GError) local_error = NULL;
  g_autofree char *operand = NULL;

  if (is_plain_prefix) {
    g_autofree char *literal = g_strndup (token, length);

    operand = quote (literal, TRUE);
  } else {
    operand = expand (self, token, &local_error);
  }
  if (local_error != NULL) {
    g_propagate_error (error, g_steal_pointer (&local_error));
    return FALSE;
  }
  if (operand != NULL)
    add_operand (self, operand);
  else
    self->has_nothing = TRUE;
  return TRUE;
}

static gboolean
is_single_dense (const char *token)
{
  return mun_tokenizer_is_dense (g_utf8_get_char (token)) && *g_utf8_next_char (token) == '\0';
}

/* A word or phrase without wildcards. A lone character of a dense script is the beginning of a
 * pair. */
static void
add_literal (Builder *self, const char *text, GPtrArray *tokens)
{
  const char *last = g_ptr_array_index (tokens, tokens->len - 1);
  g_autofree char *operand = quote (text, is_single_dense (last));

  add_operand (self, operand);
}

/* Token by token: between wildcards there is no phrase. A prefix at the end keeps the phrase before
 * it. */
static gboolean
add_wild_word (Builder *self, GPtrArray *tokens, GError **error)
{
  guint wild = 0;
  gboolean ends_as_prefix;
  const char *last = g_ptr_array_index (tokens, tokens->len - 1);
  gsize length = literal_length (last, &ends_as_prefix);

  for (guint i = 0; i < tokens->len; i++)
    wild += has_wildcard (g_ptr_array_index (tokens, i));
  if (wild == 1 && ends_as_prefix) {
    g_autoptr (GString) phrase = g_string_new (NULL);
    g_autofree char *operand = NULL;

    for (guint i = 0; i + 1 < tokens->len; i++)
      g_string_append_printf (phrase, "%s ", (char *)g_ptr_array_index (tokens, i));
    g_string_append_len (phrase, last, length);
    operand = quote (phrase->str, TRUE);
    add_operand (self, operand);
    return TRUE;
  }
  for (guint i = 0; i < tokens->len; i++) {
    const char *token = g_ptr_array_index (tokens, i);

    if (!has_wildcard (token)) {
      g_autofree char *operand = quote (token, is_single_dense (token));

      add_operand (self, operand);
    } else if (has_literal (token) && !add_pattern (self, token, error)) {
      return FALSE;
    }
  }
  return TRUE;
}

/* Wildcards outside of phrases become private characters; such characters of the user's go. */
static char *
mark_wildcards (const char *word, gboolean is_phrase)
{
  GString *marked = g_string_new (NULL);

  for (; *word != '\0'; word = g_utf8_next_char (word)) {
    gunichar c = g_utf8_get_char (word);

    if (is_wildcard (c))
      c = ' ';
    if (c == '*' || c == '?')
      c = is_phrase ? ' ' : c == '*' ? STAR : QUESTION;
    g_string_append_unichar (marked, c);
  }
  return g_string_free (marked, FALSE);
}

static gboolean
add_word (Builder *self, const char *word, gboolean is_phrase, GError **error)
{
  g_autofree char *marked = mark_wildcards (word, is_phrase);
  g_autoptr (GPtrArray) tokens = mun_tokenizer_split (self->reader, marked, error);

  if (tokens == NULL)
    return FALSE;
  if (tokens->len == 0) {
    self->has_unsearchable = TRUE;
    return TRUE;
  }
  if (!has_wildcard (marked)) {
    add_literal (self, marked, tokens);
    return TRUE;
  }
  return add_wild_word (self, tokens, error);
}

static gboolean
is_quote (gunichar c)
{
  return c == '"' || c == 0x201c || c == 0x201d || c == 0x201e || c == 0xab || c == 0xbb;
}

static gboolean
add_text (Builder *self, const char *text, GError **error)
{
  g_autoptr (GString) word = g_string_new (NULL);
  gboolean in_phrase = FALSE;
  guint n_words = 0;

  for (const char *p = text;; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);
    gboolean ends = c == 0 || is_quote (c) || (!in_phrase && g_unichar_isspace (c));

    if (!ends) {
      g_string_append_unichar (word, c);
      continue;
    }
    if (word->len > 0) {
      if (++n_words > MUN_MATCH_MAX_WORDS) {
        g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "a search takes at most %d words",
                     MUN_MATCH_MAX_WORDS);
        return FALSE;
      }
      if (!add_word (self, word->str, in_phrase, error))
        return FALSE;
    }
    g_string_truncate (word, 0);
    if (is_quote (c))
      in_phrase = !in_phrase;
    if (c == 0)
      return TRUE;
  }
}

MunMatchResult
mun_match_words (MunDatabase *reader, const char *text, const char *columns, char **expression,
                 GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  Builder self = { reader, out, TRUE, FALSE, FALSE };

  *expression = NULL;
  if (text == NULL || *text == '\0')
    return MUN_MATCH_ALL;
  if (strlen (text) > MUN_MATCH_MAX_TEXT || !g_utf8_validate (text, -1, NULL)) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "a search text has at most %d bytes of UTF-8",
                 MUN_MATCH_MAX_TEXT);
    return MUN_MATCH_ERROR;
  }
  if (!add_text (&self, text, error))
    return MUN_MATCH_ERROR;
  if (self.has_nothing || (self.is_empty && self.has_unsearchable))
    return MUN_MATCH_NOTHING;
  if (self.is_empty)
    return MUN_MATCH_ALL;
  *expression = g_strdup_printf ("{%s} : (%s)", columns, out->str);
  return MUN_MATCH_SOME;
}
