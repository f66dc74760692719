/* match.c: a user's words as an FTS5 expression */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "match.h"

#include "errors.h"
#include "query-parser.h"
#include "tokenizer.h"

#include <glib/gi18n.h>
#include <string.h>

/* Wildcards go through the tokenizer as private characters, which it keeps inside words. */
#define STAR 0xe000
#define QUESTION 0xe001

/* What a part of the query comes to. */
typedef struct {
  MunMatchResult result;
  gboolean is_unsearchable; /* NOTHING, but only because it has no letters */
  char *expression;         /* of SOME; sound beside AND, OR and NOT */
} Value;

/* The expression of one word or phrase in the making. */
typedef struct {
  MunDatabase *reader;
  guint position; /* of the word in the text, for errors */
  GString *out;   /* the operands, joined by AND */
  gboolean is_empty;
  gboolean has_nothing;      /* a word that no message can have */
  gboolean has_unsearchable; /* a word of signs alone, which are in no index */
  GPtrArray *to_mark;        /* instead of an expression: what mun_match_words_to_mark() gives */
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
gboolean
mun_match_token (const char *pattern, const char *word)
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
    if (!g_utf8_validate (term, -1, NULL) || !mun_match_token (pattern, term))
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
    mun_query_fail (
        self->position,
        N_ ("too many words match this word with wildcards: more of its beginning is needed"),
        error);
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

/* Is it found as a phrase? See add_literal() and add_wild_word(). */
static gboolean
is_phrase_to_mark (GPtrArray *tokens)
{
  guint wild = 0;
  gboolean ends_as_prefix;

  for (guint i = 0; i < tokens->len; i++)
    wild += has_wildcard (g_ptr_array_index (tokens, i));
  literal_length (g_ptr_array_index (tokens, tokens->len - 1), &ends_as_prefix);
  return wild == 0 || (wild == 1 && ends_as_prefix);
}

static void
take_to_mark (GPtrArray *to_mark, GStrvBuilder *patterns)
{
  g_ptr_array_add (to_mark, g_strv_builder_end (patterns));
}

static void
add_to_mark (GPtrArray *to_mark, GPtrArray *tokens)
{
  gboolean is_phrase = is_phrase_to_mark (tokens);
  g_autoptr (GStrvBuilder) phrase = g_strv_builder_new ();

  for (guint i = 0; i < tokens->len; i++) {
    const char *token = g_ptr_array_index (tokens, i);
    g_autoptr (GString) pattern = g_string_new (token);

    /* What stands for a whole pair is found by its beginning. */
    if (is_single_dense (token) && (!is_phrase || i + 1 == tokens->len))
      g_string_append_unichar (pattern, STAR);
    if (!has_literal (token))
      continue;
    g_strv_builder_add (phrase, pattern->str);
    if (!is_phrase)
      take_to_mark (to_mark, phrase);
  }
  if (is_phrase)
    take_to_mark (to_mark, phrase);
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
  if (self->to_mark != NULL)
    add_to_mark (self->to_mark, tokens);
  else if (!has_wildcard (marked))
    add_literal (self, marked, tokens);
  else
    return add_wild_word (self, tokens, error);
  return TRUE;
}

static char *
dup_columns (MunQueryField field, const char *columns)
{
  switch (field) {
  case MUN_FIELD_FROM:
    return g_strdup ("sender");
  case MUN_FIELD_TO:
    return g_strdup ("recipients");
  case MUN_FIELD_SUBJECT:
    return g_strdup ("subject");
  case MUN_FIELD_BODY:
    return g_strdup ("body");
  case MUN_FIELD_ATTACHMENT:
    return g_strdup ("names texts");
  case MUN_FIELD_ANY:
  default:
    return g_strdup (columns);
  }
}

static gboolean
build_word (MunDatabase *reader, const MunQueryNode *node, const char *columns, Value *value,
            GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *wanted = dup_columns (node->field, columns);
  Builder builder = { reader, node->position, out, TRUE, FALSE, FALSE, NULL };

  if (!add_word (&builder, node->text, node->kind == MUN_QUERY_PHRASE, error))
    return FALSE;
  value->is_unsearchable = builder.is_empty && builder.has_unsearchable;
  if (builder.has_nothing || value->is_unsearchable) {
    value->result = MUN_MATCH_NOTHING;
  } else if (builder.is_empty) {
    value->result = MUN_MATCH_ALL;
  } else {
    value->result = MUN_MATCH_SOME;
    value->expression = g_strdup_printf ("{%s} : (%s)", wanted, out->str);
  }
  return TRUE;
}

static gboolean
build (MunDatabase *reader, const MunQueryNode *node, const char *columns, Value *value,
       GError **error);

static void
join (GString *group, const char *joint, const char *expression)
{
  g_string_append_printf (group, "%s%s", group->len > 0 ? joint : "", expression);
}

/* FTS5 only knows "this but not that": where nothing else is asked, "this" is every message. */
static char *
subtract (const char *wanted, const char *unwanted)
{
  if (*unwanted == '\0')
    return g_strdup_printf ("(%s)", wanted);
  if (*wanted == '\0')
    return g_strdup_printf ("(tokens : \"all\" NOT (%s))", unwanted);
  return g_strdup_printf ("((%s) NOT (%s))", wanted, unwanted);
}

/* All of them; a NOT is what it excludes. */
static gboolean
build_all (MunDatabase *reader, MunQueryNode *const *nodes, guint n_nodes, const char *columns,
           Value *value, GError **error)
{
  g_autoptr (GString) wanted = g_string_new (NULL), unwanted = g_string_new (NULL);
  gboolean has_nothing = FALSE;
  guint n_unsearchable = 0;

  for (guint i = 0; i < n_nodes; i++) {
    gboolean is_negative = nodes[i]->kind == MUN_QUERY_NOT;
    Value part = { 0 };

    if (!build (reader, is_negative ? nodes[i]->children->pdata[0] : nodes[i], columns, &part,
                error))
      return FALSE;
    if (part.result == MUN_MATCH_SOME)
      join (is_negative ? unwanted : wanted, is_negative ? " OR " : " AND ", part.expression);
    else if (part.is_unsearchable && !is_negative)
      n_unsearchable++;
    else
      has_nothing |= part.result == (is_negative ? MUN_MATCH_ALL : MUN_MATCH_NOTHING);
    g_free (part.expression);
  }
  value->is_unsearchable = n_unsearchable == n_nodes;
  if (has_nothing || value->is_unsearchable) {
    value->result = MUN_MATCH_NOTHING;
  } else if (wanted->len == 0 && unwanted->len == 0) {
    value->result = MUN_MATCH_ALL;
  } else {
    value->result = MUN_MATCH_SOME;
    value->expression = subtract (wanted->str, unwanted->str);
  }
  return TRUE;
}

static gboolean
build_any (MunDatabase *reader, const MunQueryNode *node, const char *columns, Value *value,
           GError **error)
{
  g_autoptr (GString) branches = g_string_new (NULL);
  gboolean has_all = FALSE;

  value->is_unsearchable = TRUE;
  for (guint i = 0; i < node->children->len; i++) {
    Value part = { 0 };

    if (!build (reader, node->children->pdata[i], columns, &part, error))
      return FALSE;
    if (part.result == MUN_MATCH_SOME)
      join (branches, " OR ", part.expression);
    has_all |= part.result == MUN_MATCH_ALL;
    value->is_unsearchable &= part.is_unsearchable;
    g_free (part.expression);
  }
  value->result = has_all ? MUN_MATCH_ALL : branches->len > 0 ? MUN_MATCH_SOME : MUN_MATCH_NOTHING;
  if (value->result == MUN_MATCH_SOME)
    value->expression = g_strdup_printf ("(%s)", branches->str);
  return TRUE;
}

static gboolean
build (MunDatabase *reader, const MunQueryNode *node, const char *columns, Value *value,
       GError **error)
{
  MunQueryNode *const self[] = { (MunQueryNode *)node };

  switch (node->kind) {
  case MUN_QUERY_OR:
    return build_any (reader, node, columns, value, error);
  case MUN_QUERY_AND:
    return build_all (reader, (MunQueryNode *const *)node->children->pdata, node->children->len,
                      columns, value, error);
  case MUN_QUERY_NOT:
    return build_all (reader, self, 1, columns, value, error);
  case MUN_QUERY_WORD:
  case MUN_QUERY_PHRASE:
  default:
    return build_word (reader, node, columns, value, error);
  }
}

MunMatchResult
mun_match_words (MunDatabase *reader, const char *text, const char *columns, char **expression,
                 GError **error)
{
  g_autoptr (MunQueryNode) node = NULL;
  g_autoptr (GError) local_error = NULL;
  Value value = { 0 };

  *expression = NULL;
  if (text == NULL)
    return MUN_MATCH_ALL;
  node = mun_query_parse (text, &local_error);
  if (local_error != NULL) {
    g_propagate_error (error, g_steal_pointer (&local_error));
    return MUN_MATCH_ERROR;
  }
  if (node == NULL)
    return MUN_MATCH_ALL;
  if (!build (reader, node, columns, &value, error))
    return MUN_MATCH_ERROR;
  *expression = value.expression;
  return value.result;
}

/* What a message was found by: nothing that a NOT excludes. */
static void
mark_node (MunDatabase *reader, const MunQueryNode *node, GString *out, GPtrArray *to_mark)
{
  Builder builder = { reader, node->position, out, TRUE, FALSE, FALSE, to_mark };

  if (node->kind == MUN_QUERY_NOT)
    return;
  if (node->children == NULL)
    add_word (&builder, node->text, node->kind == MUN_QUERY_PHRASE, NULL);
  for (guint i = 0; node->children != NULL && i < node->children->len; i++)
    mark_node (reader, g_ptr_array_index (node->children, i), out, to_mark);
}

GPtrArray *
mun_match_words_to_mark (MunDatabase *reader, const char *text)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (MunQueryNode) node = text != NULL ? mun_query_parse (text, NULL) : NULL;
  GPtrArray *to_mark = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);

  if (node != NULL)
    mark_node (reader, node, out, to_mark);
  return to_mark;
}

guint
mun_match_count_literal (const char *pattern)
{
  gboolean ignored;

  return g_utf8_strlen (pattern, literal_length (pattern, &ignored));
}
