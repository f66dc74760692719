/* query-parser.c: the query language: from a user's text to a tree */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "query-parser.h"

#include "errors.h"

#include <glib/gi18n.h>
#include <string.h>

typedef enum {
  TOKEN_START, /* before the first */
  TOKEN_END,
  TOKEN_WORD,
  TOKEN_PHRASE,
  TOKEN_FIELD,
  TOKEN_OPEN,
  TOKEN_CLOSE,
  TOKEN_OR,
  TOKEN_AND,
  TOKEN_NOT
} TokenKind;

typedef struct {
  const char *next; /* what is not read yet, */
  guint position;   /* and which character of the text that is */
  TokenKind kind;   /* the token at hand, */
  guint start;      /* its position, */
  GString *text;    /* of a word or phrase, */
  MunQueryField field;
  TokenKind previous; /* and the one before it */
  guint previous_start;
  guint depth;
  guint n_words;
} Parser;

static const char *const field_names[] = { "", "from", "to", "subject", "body", "attachment" };

/* The sentences about the operators. */
static const struct {
  const char *word, *lacks_before, *lacks_after;
} operators[] = {
  { "OR", N_ ("OR needs a word before it"), N_ ("OR needs a word after it") },
  { "AND", N_ ("AND needs a word before it"), N_ ("AND needs a word after it") },
  { "NOT", NULL, N_ ("NOT needs a word after it") },
};

gboolean
mun_query_fail (guint position, const char *reason, GError **error)
{
  g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "Search text, at character %u: %s", position,
               reason);
  return FALSE;
}

void
mun_query_node_free (MunQueryNode *self)
{
  g_free (self->text);
  g_clear_pointer (&self->children, g_ptr_array_unref);
  g_free (self);
}

static MunQueryNode *
make_node (MunQueryKind kind, guint position)
{
  MunQueryNode *self = g_new0 (MunQueryNode, 1);

  self->kind = kind;
  self->position = position;
  if (kind != MUN_QUERY_WORD && kind != MUN_QUERY_PHRASE)
    self->children = g_ptr_array_new_with_free_func ((GDestroyNotify)mun_query_node_free);
  return self;
}

/* Takes CHILD. Of the same kind, it is taken apart. */
static void
add_child (MunQueryNode *self, MunQueryNode *child)
{
  if (child->kind != self->kind) {
    g_ptr_array_add (self->children, child);
    return;
  }
  g_ptr_array_extend_and_steal (self->children, g_steal_pointer (&child->children));
  mun_query_node_free (child);
}

/* Takes NODE. */
static MunQueryNode *
negate (MunQueryNode *node, guint position)
{
  MunQueryNode *result;

  if (node->kind == MUN_QUERY_NOT) {
    result = g_ptr_array_steal_index (node->children, 0);
    mun_query_node_free (node);
    return result;
  }
  result = make_node (MUN_QUERY_NOT, position);
  g_ptr_array_add (result->children, node);
  return result;
}

static gboolean
is_quote (gunichar c)
{
  return c == '"' || c == 0x201c || c == 0x201d || c == 0x201e || c == 0xab || c == 0xbb;
}

static gboolean
ends_word (gunichar c)
{
  return c == 0 || c == '(' || c == ')' || is_quote (c) || g_unichar_isspace (c);
}

static gunichar
peek (Parser *self)
{
  return g_utf8_get_char (self->next);
}

static void
advance (Parser *self)
{
  self->next = g_utf8_next_char (self->next);
  self->position++;
}

static TokenKind
read_phrase (Parser *self)
{
  for (advance (self); peek (self) != 0 && !is_quote (peek (self)); advance (self))
    g_string_append_unichar (self->text, peek (self));
  if (peek (self) != 0)
    advance (self);
  return TOKEN_PHRASE;
}

static gboolean
is_minus (Parser *self)
{
  gunichar after;

  if (peek (self) != '-')
    return FALSE;
  after = g_utf8_get_char (g_utf8_next_char (self->next));
  return after != '-' && (after == '(' || is_quote (after) || !ends_word (after));
}

/* Does the word that begins here begin with the name of a field? Then it is read. */
static gboolean
read_field (Parser *self)
{
  for (guint i = MUN_FIELD_FROM; i < G_N_ELEMENTS (field_names); i++) {
    gsize length = strlen (field_names[i]);

    if (g_ascii_strncasecmp (self->next, field_names[i], length) == 0
        && self->next[length] == ':') {
      self->next += length + 1;
      self->position += length + 1;
      self->field = i;
      return TRUE;
    }
  }
  return FALSE;
}

static TokenKind
read_word (Parser *self, gboolean may_be_operator)
{
  for (; !ends_word (peek (self)); advance (self))
    g_string_append_unichar (self->text, peek (self));
  for (guint i = 0; may_be_operator && i < G_N_ELEMENTS (operators); i++)
    if (strcmp (self->text->str, operators[i].word) == 0)
      return TOKEN_OR + i;
  return TOKEN_WORD;
}

/* After the colon of a field, signs mean nothing, and what is joined to it is no operator. */
static void
read_token (Parser *self)
{
  gboolean in_field = self->kind == TOKEN_FIELD, is_joined = in_field;

  self->previous = self->kind;
  self->previous_start = self->start;
  for (; peek (self) != 0 && g_unichar_isspace (peek (self)); advance (self))
    is_joined = FALSE;
  self->start = self->position;
  g_string_truncate (self->text, 0);
  if (peek (self) == 0) {
    self->kind = TOKEN_END;
  } else if (peek (self) == '(' || peek (self) == ')') {
    self->kind = peek (self) == '(' ? TOKEN_OPEN : TOKEN_CLOSE;
    advance (self);
  } else if (is_quote (peek (self))) {
    self->kind = read_phrase (self);
  } else if (!in_field && is_minus (self)) {
    self->kind = TOKEN_NOT;
    advance (self);
  } else if (!in_field && read_field (self)) {
    self->kind = TOKEN_FIELD;
  } else {
    self->kind = read_word (self, !is_joined);
  }
}

static gboolean
begins_part (TokenKind kind)
{
  return kind == TOKEN_WORD || kind == TOKEN_PHRASE || kind == TOKEN_FIELD || kind == TOKEN_OPEN
         || kind == TOKEN_NOT;
}

static MunQueryNode *
parse_either (Parser *self, MunQueryField field, GError **error);

/* Why is there no part at this token? */
static MunQueryNode *
fail_here (Parser *self, GError **error)
{
  if (self->previous == TOKEN_FIELD)
    mun_query_fail (self->previous_start,
                    N_ ("a field needs a word, a phrase or a parenthesis after its colon"), error);
  else if (self->previous >= TOKEN_OR)
    mun_query_fail (self->previous_start, operators[self->previous - TOKEN_OR].lacks_after, error);
  else if (self->kind >= TOKEN_OR)
    mun_query_fail (self->start, operators[self->kind - TOKEN_OR].lacks_before, error);
  else if (self->previous == TOKEN_OPEN && self->kind == TOKEN_CLOSE)
    mun_query_fail (self->previous_start, N_ ("there is nothing between the parentheses"), error);
  else if (self->previous == TOKEN_OPEN)
    mun_query_fail (self->previous_start, N_ ("a parenthesis is not closed"), error);
  else
    mun_query_fail (self->start, N_ ("a parenthesis is closed that was not opened"), error);
  return NULL;
}

static MunQueryNode *
parse_group (Parser *self, MunQueryField field, GError **error)
{
  guint start = self->start;
  g_autoptr (MunQueryNode) node = NULL;

  if (++self->depth > MUN_QUERY_MAX_DEPTH) {
    mun_query_fail (start, N_ ("there are too many parentheses within parentheses"), error);
    return NULL;
  }
  read_token (self);
  node = parse_either (self, field, error);
  if (node == NULL)
    return NULL;
  if (self->kind != TOKEN_CLOSE) {
    mun_query_fail (start, N_ ("a parenthesis is not closed"), error);
    return NULL;
  }
  self->depth--;
  read_token (self);
  return g_steal_pointer (&node);
}

static MunQueryNode *
parse_part (Parser *self, MunQueryField field, GError **error)
{
  MunQueryNode *node;

  if (self->kind == TOKEN_FIELD) {
    field = self->field;
    read_token (self);
  }
  if (self->kind == TOKEN_OPEN)
    return parse_group (self, field, error);
  if (self->kind != TOKEN_WORD && self->kind != TOKEN_PHRASE)
    return fail_here (self, error);
  G_STATIC_ASSERT (MUN_QUERY_MAX_WORDS == 64);
  if (++self->n_words > MUN_QUERY_MAX_WORDS) {
    mun_query_fail (self->start, N_ ("a search takes at most 64 words"), error);
    return NULL;
  }
  node = make_node (self->kind == TOKEN_WORD ? MUN_QUERY_WORD : MUN_QUERY_PHRASE, self->start);
  node->field = field;
  node->text = g_strdup (self->text->str);
  read_token (self);
  return node;
}

static MunQueryNode *
parse_one (Parser *self, MunQueryField field, GError **error)
{
  guint start = self->start;
  gboolean is_negative = FALSE;
  MunQueryNode *node;

  for (; self->kind == TOKEN_NOT; read_token (self))
    is_negative = !is_negative;
  node = parse_part (self, field, error);
  return node != NULL && is_negative ? negate (node, start) : node;
}

static MunQueryNode *
parse_both (Parser *self, MunQueryField field, GError **error)
{
  g_autoptr (MunQueryNode) first = parse_one (self, field, error);
  g_autoptr (MunQueryNode) group = NULL;

  if (first == NULL || (self->kind != TOKEN_AND && !begins_part (self->kind)))
    return g_steal_pointer (&first);
  group = make_node (MUN_QUERY_AND, first->position);
  add_child (group, g_steal_pointer (&first));
  while (self->kind == TOKEN_AND || begins_part (self->kind)) {
    MunQueryNode *more;

    if (self->kind == TOKEN_AND)
      read_token (self);
    more = parse_one (self, field, error);
    if (more == NULL)
      return NULL;
    add_child (group, more);
  }
  return g_steal_pointer (&group);
}

static MunQueryNode *
parse_either (Parser *self, MunQueryField field, GError **error)
{
  g_autoptr (MunQueryNode) first = parse_both (self, field, error);
  g_autoptr (MunQueryNode) group = NULL;

  if (first == NULL || self->kind != TOKEN_OR)
    return g_steal_pointer (&first);
  group = make_node (MUN_QUERY_OR, first->position);
  add_child (group, g_steal_pointer (&first));
  while (self->kind == TOKEN_OR) {
    MunQueryNode *more;

    read_token (self);
    more = parse_both (self, field, error);
    if (more == NULL)
      return NULL;
    add_child (group, more);
  }
  return g_steal_pointer (&group);
}

MunQueryNode *
mun_query_parse (const char *text, GError **error)
{
  g_autoptr (GString) word = g_string_new (NULL);
  g_autoptr (MunQueryNode) node = NULL;
  Parser self = { .next = text, .position = 1, .kind = TOKEN_START, .text = word };

  G_STATIC_ASSERT (MUN_QUERY_MAX_TEXT == 4096);
  if (strlen (text) > MUN_QUERY_MAX_TEXT) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID,
                         N_ ("A search text has at most 4096 bytes"));
    return NULL;
  }
  if (!g_utf8_validate (text, -1, NULL)) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID, "A search text is UTF-8");
    return NULL;
  }
  read_token (&self);
  if (self.kind == TOKEN_END)
    return NULL;
  node = parse_either (&self, MUN_FIELD_ANY, error);
  if (node != NULL && self.kind != TOKEN_END) {
    mun_query_fail (self.start, N_ ("a parenthesis is closed that was not opened"), error);
    return NULL;
  }
  return g_steal_pointer (&node);
}

static void
write_node (const MunQueryNode *self, gboolean is_within, GString *out)
{
  const char *joint = self->kind == MUN_QUERY_OR ? " OR " : " AND ";
  const char *quote = self->kind == MUN_QUERY_PHRASE ? "\"" : "";

  if (self->children == NULL) {
    g_string_append_printf (out, "%s%s%s%s%s", field_names[self->field],
                            self->field != MUN_FIELD_ANY ? ":" : "", quote, self->text, quote);
    return;
  }
  if (self->kind == MUN_QUERY_NOT) {
    g_string_append (out, "NOT ");
    write_node (g_ptr_array_index (self->children, 0), TRUE, out);
    return;
  }
  if (is_within)
    g_string_append_c (out, '(');
  for (guint i = 0; i < self->children->len; i++) {
    if (i > 0)
      g_string_append (out, joint);
    /* AND within OR needs no parentheses. */
    write_node (g_ptr_array_index (self->children, i), self->kind == MUN_QUERY_AND, out);
  }
  if (is_within)
    g_string_append_c (out, ')');
}

char *
mun_query_node_to_text (const MunQueryNode *self)
{
  GString *out = g_string_new (NULL);

  write_node (self, FALSE, out);
  return g_string_free (out, FALSE);
}
