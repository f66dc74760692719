/* snippet.c: the place in a message where the words of a search stand */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "snippet.h"

#include "match.h"
#include "query.h"
#include "tokenizer.h"

/* Characters before the first hit: few, so that it is seen in a narrow list, too. */
#define LEAD 24
/* How far a cut may move to fall between two words. */
#define SNAP 24
/* Bounds on what a query and a text can ask for. */
#define MAX_WORDS 64
#define MAX_PATTERNS 256
#define MAX_HITS 4096
#define MAX_WORD_LENGTH 200
#define ELLIPSIS "…"
#define NOWHERE G_MAXSIZE

/* One token of a word or phrase. */
typedef struct {
  const char *text;
  guint word;
  gboolean is_first, is_last;
  /* Where the phrase began that ends with this token, at the last place and at this one. */
  gsize before, now;
} Pattern;

typedef struct {
  gsize start, end; /* bytes; counted in characters once sorted */
  guint word;
} Hit;

/* Text of the message, folded to one line, and what was found in it. */
typedef struct {
  GString *text;
  GArray *hits;
  guint best; /* index of the hit where the best stretch begins */
  guint n_words;
} Field;

enum { BODY, TEXTS, NAMES, SUBJECT, N_FIELDS };

typedef struct {
  GArray *patterns;
  Field *field;
} Matcher;

/* White space, control characters and signs that steer the layout; those that join letters stay. */
static gboolean
is_blank (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  if (type == G_UNICODE_FORMAT)
    return c != 0x200c && c != 0x200d && c != 0xad;
  return g_unichar_isspace (c) || type == G_UNICODE_CONTROL || type == G_UNICODE_SPACE_SEPARATOR
         || type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR;
}

/* As one line; takes what it reads from BUDGET. */
static GString *
fold (const char *text, gsize *budget)
{
  GString *line = g_string_new (NULL);
  const char *p = text;

  for (; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    if ((gsize)(g_utf8_next_char (p) - text) > *budget)
      break;
    if (!is_blank (c))
      g_string_append_unichar (line, c);
    else if (line->len > 0 && line->str[line->len - 1] != ' ')
      g_string_append_c (line, ' ');
  }
  *budget -= p - text;
  if (line->len > 0 && line->str[line->len - 1] == ' ')
    g_string_truncate (line, line->len - 1);
  return line;
}

static GArray *
make_patterns (GPtrArray *to_mark)
{
  GArray *patterns = g_array_new (FALSE, FALSE, sizeof (Pattern));

  for (guint i = 0; i < to_mark->len && i < MAX_WORDS; i++) {
    GStrv tokens = g_ptr_array_index (to_mark, i);
    guint n = g_strv_length (tokens);

    for (guint j = 0; j < n && patterns->len + n - j <= MAX_PATTERNS; j++) {
      Pattern pattern = { tokens[j], i, j == 0, j + 1 == n, NOWHERE, NOWHERE };

      g_array_append_val (patterns, pattern);
    }
  }
  return patterns;
}

/* The beginning of a pair is all that a lone character of a dense script says. */
static gsize
find_end (const MunToken *token, const char *pattern, const char *text)
{
  guint literal = mun_match_count_literal (pattern);
  const char *end = text + token->start;

  if (!mun_tokenizer_is_dense (g_utf8_get_char (token->text)))
    return token->end;
  while (literal-- > 0 && end < text + token->end)
    end = g_utf8_next_char (end);
  return end - text;
}

static gboolean
match_cb (const MunToken *token, gpointer data)
{
  Matcher *self = data;
  GArray *patterns = self->patterns;

  for (guint i = 0; i < patterns->len && !token->is_colocated; i++) {
    Pattern *pattern = &g_array_index (patterns, Pattern, i);

    pattern->before = pattern->now;
    pattern->now = NOWHERE;
  }
  for (guint i = 0; i < patterns->len; i++) {
    Pattern *pattern = &g_array_index (patterns, Pattern, i);
    gsize start = pattern->is_first ? token->start : pattern[-1].before;

    if (start == NOWHERE || !mun_match_token (pattern->text, token->text))
      continue;
    pattern->now = start;
    if (pattern->is_last) {
      Hit hit = { start, find_end (token, pattern->text, self->field->text->str), pattern->word };

      g_array_append_val (self->field->hits, hit);
    }
  }
  return self->field->hits->len < MAX_HITS;
}

static gint
compare_hits (gconstpointer a, gconstpointer b)
{
  const Hit *first = a, *second = b;

  if (first->start != second->start)
    return first->start < second->start ? -1 : 1;
  return (first->end < second->end) - (first->end > second->end);
}

/* Notes how the hits are written, for those who mark them elsewhere. */
static void
collect_words (Field *self, GPtrArray *words)
{
  for (guint i = 0; i < self->hits->len && words->len < MUN_SNIPPET_MAX_WORDS; i++) {
    Hit *hit = &g_array_index (self->hits, Hit, i);
    g_autofree char *word = g_strndup (self->text->str + hit->start, hit->end - hit->start);

    if (hit->end - hit->start <= MAX_WORD_LENGTH
        && !g_ptr_array_find_with_equal_func (words, word, g_str_equal, NULL))
      g_ptr_array_add (words, g_steal_pointer (&word));
  }
}

static void
count_in_characters (Field *self)
{
  const char *p = self->text->str;
  gsize offset = 0;

  for (guint i = 0; i < self->hits->len; i++) {
    Hit *hit = &g_array_index (self->hits, Hit, i);
    const char *start = self->text->str + hit->start;
    gsize length = g_utf8_strlen (start, hit->end - hit->start);

    offset += g_utf8_strlen (p, start - p);
    p = start;
    hit->start = offset;
    hit->end = offset + length;
  }
}

/* The first stretch that has the most words. */
static void
find_best (Field *self)
{
  for (guint i = 0; i < self->hits->len; i++) {
    gsize stop = g_array_index (self->hits, Hit, i).start + MUN_SNIPPET_LENGTH - LEAD;
    guint64 found = 0;
    guint n;

    for (guint j = i; j < self->hits->len; j++) {
      Hit *hit = &g_array_index (self->hits, Hit, j);

      if (hit->start >= stop)
        break;
      if (hit->end <= stop || j == i)
        found |= G_GUINT64_CONSTANT (1) << hit->word;
    }
    n = __builtin_popcountll (found);
    if (n > self->n_words) {
      self->n_words = n;
      self->best = i;
    }
  }
}

static void
look_for_words (Field *self, MunDatabase *reader, GArray *patterns, GPtrArray *words)
{
  Matcher matcher = { patterns, self };

  for (guint i = 0; i < patterns->len; i++)
    g_array_index (patterns, Pattern, i).now = NOWHERE;
  if (patterns->len == 0
      || !mun_tokenizer_visit (reader, self->text->str, self->text->len, match_cb, &matcher, NULL))
    return;
  g_array_sort (self->hits, compare_hits);
  collect_words (self, words);
  count_in_characters (self);
  find_best (self);
}

/* Moves START forward behind a space, at most to LIMIT; else away from a mark without its letter.
 */
static gsize
snap_start (const char *text, gsize start, gsize limit)
{
  const char *p = g_utf8_offset_to_pointer (text, start);

  if (start == 0 || p[-1] == ' ')
    return start;
  for (gsize i = start; i < limit && i < start + SNAP; i++, p = g_utf8_next_char (p))
    if (*p == ' ')
      return i + 1;
  p = g_utf8_offset_to_pointer (text, start);
  for (; start < limit && g_unichar_ismark (g_utf8_get_char (p)); p = g_utf8_next_char (p))
    start++;
  return start;
}

/* The same backwards for the end. */
static gsize
snap_end (const char *text, gsize end, gsize limit)
{
  const char *cut = g_utf8_offset_to_pointer (text, end);
  const char *p = cut;

  for (gsize i = end; i > limit && i + SNAP > end; i--, p = g_utf8_prev_char (p))
    if (*p == ' ')
      return i;
  for (; end > limit && g_unichar_ismark (g_utf8_get_char (cut)); cut = g_utf8_prev_char (cut))
    end--;
  return end;
}

/* Which characters of the text are shown. */
static void
find_window (Field *self, gsize *start, gsize *end)
{
  gsize total = g_utf8_strlen (self->text->str, self->text->len);
  gsize first = 0, behind = 0;

  if (self->hits->len > 0) {
    first = g_array_index (self->hits, Hit, self->best).start;
    behind = g_array_index (self->hits, Hit, self->best).end;
  }
  *start = first > LEAD ? first - LEAD : 0;
  if (total <= *start + MUN_SNIPPET_LENGTH)
    *start = total > MUN_SNIPPET_LENGTH ? total - MUN_SNIPPET_LENGTH : 0;
  *start = snap_start (self->text->str, *start, first);
  *end = MIN (total, *start + MUN_SNIPPET_LENGTH);
  if (*end < total)
    *end = snap_end (self->text->str, *end, behind);
}

static JsonArray *
make_marks (Field *self, gsize start, gsize end, gsize shift)
{
  JsonArray *marks = json_array_new ();
  gsize done = start;

  for (guint i = 0; i < self->hits->len; i++) {
    Hit *hit = &g_array_index (self->hits, Hit, i);
    gsize from = MAX (hit->start, done), to = MIN (hit->end, end);
    JsonArray *mark;

    if (hit->start < start || from >= to)
      continue;
    mark = json_array_new ();
    json_array_add_int_element (mark, from - start + shift);
    json_array_add_int_element (mark, to - from);
    json_array_add_array_element (marks, mark);
    done = to;
  }
  return marks;
}

static JsonObject *
show (Field *self, GPtrArray *words)
{
  g_autoptr (GString) line = g_string_new (NULL);
  JsonObject *snippet = json_object_new ();
  JsonArray *list = json_array_new ();
  const char *from, *to;
  gsize start, end;

  find_window (self, &start, &end);
  from = g_utf8_offset_to_pointer (self->text->str, start);
  to = g_utf8_offset_to_pointer (from, end - start);
  if (start > 0)
    g_string_append (line, ELLIPSIS);
  g_string_append_len (line, from, to - from);
  if (*to != '\0')
    g_string_append (line, ELLIPSIS);
  for (guint i = 0; i < words->len; i++)
    json_array_add_string_element (list, g_ptr_array_index (words, i));
  json_object_set_string_member (snippet, "text", line->str);
  json_object_set_array_member (snippet, "marks", make_marks (self, start, end, start > 0));
  json_object_set_array_member (snippet, "words", list);
  return snippet;
}

/* A hit in the subject alone: what the message is about stands beside it. */
static void
join_body (Field *subject, const Field *body)
{
  if (body->text->len > 0)
    g_string_append_printf (subject->text, " · %s", body->text->str);
}

/* The field with the most words; of equals the one that says more about the message. */
static Field *
choose (Field fields[N_FIELDS])
{
  Field *best = &fields[BODY];

  for (guint i = 0; i < N_FIELDS; i++)
    if (fields[i].n_words > best->n_words)
      best = &fields[i];
  if (best == &fields[SUBJECT])
    join_body (best, &fields[BODY]);
  for (guint i = 0; i < SUBJECT && best->text->len == 0; i++)
    best = &fields[i];
  return best;
}

JsonObject *
mun_snippet_make (MunDatabase *reader, const MunMessageFields *fields, guint scopes,
                  GPtrArray *to_mark)
{
  const char *const texts[N_FIELDS]
      = { fields->body, fields->texts, fields->names, fields->subject };
  static const guint scope[N_FIELDS] = { MUN_SCOPE_BODY, MUN_SCOPE_ATTACHMENT_TEXTS,
                                         MUN_SCOPE_ATTACHMENT_NAMES, MUN_SCOPE_SUBJECT };
  /* What is short comes first, so that a long body does not use up its share. */
  static const guint order[N_FIELDS] = { SUBJECT, NAMES, BODY, TEXTS };
  g_autoptr (GArray) patterns = make_patterns (to_mark);
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  Field found[N_FIELDS] = { 0 };
  gsize budget = MUN_SNIPPET_MAX_TEXT;
  JsonObject *snippet = NULL;
  Field *best;

  for (guint i = 0; i < N_FIELDS; i++) {
    Field *field = &found[order[i]];

    field->text = fold (texts[order[i]], &budget);
    field->hits = g_array_new (FALSE, FALSE, sizeof (Hit));
    if ((scopes & MUN_SCOPE_ALL) == 0 || (scopes & scope[order[i]]) != 0)
      look_for_words (field, reader, patterns, words);
  }
  best = choose (found);
  if (best->text->len > 0)
    snippet = show (best, words);
  for (guint i = 0; i < N_FIELDS; i++) {
    g_string_free (found[i].text, TRUE);
    g_array_unref (found[i].hits);
  }
  return snippet;
}
