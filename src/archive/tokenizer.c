/* tokenizer.c: the words of the index */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "tokenizer.h"

#include "errors.h"

#include <string.h>

typedef int (*TokenFunc) (void *context, int flags, const char *token, int length, int start,
                          int end);

/* What the parent tokenizer calls back with. */
typedef struct {
  void *context;
  TokenFunc emit;
  gboolean is_query;
  const char *text; /* what the parent was given */
  int offset;       /* of that in the whole */
  int result;       /* of the last token */
} Splitter;

typedef struct {
  fts5_tokenizer parent_class;
  Fts5Tokenizer *parent;
} Tokenizer;

static const char *parent_options[] = { "remove_diacritics", "2", "categories", "L* N* Co Mn Mc" };

gboolean
mun_tokenizer_is_dense (gunichar c)
{
  return (c >= 0x0e00 && c <= 0x0eff)    /* Thai, Lao */
         || (c >= 0x1000 && c <= 0x109f) /* Myanmar */
         || (c >= 0x1780 && c <= 0x17ff) /* Khmer */
         || (c >= 0x1100 && c <= 0x11ff) /* Hangul Jamo */
         || (c >= 0x3040 && c <= 0x312f) /* Hiragana, Katakana, Bopomofo */
         || (c >= 0x3130 && c <= 0x318f) /* Hangul compatibility */
         || (c >= 0x31a0 && c <= 0x31ff) || (c >= 0x3400 && c <= 0x4dbf) /* Han */
         || (c >= 0x4e00 && c <= 0x9fff) || (c >= 0xac00 && c <= 0xd7af) /* Han, Hangul */
         || (c >= 0xf900 && c <= 0xfaff) || (c >= 0xff66 && c <= 0xffdc)
         || (c >= 0x20000 && c <= 0x3ffff);
}

static int
emit_cut (Splitter *self, int flags, const char *token, gsize length, int start, int end)
{
  if (length > MUN_TOKEN_MAX) {
    length = MUN_TOKEN_MAX;
    while (length > 0 && (token[length] & 0xc0) == 0x80)
      length--;
  }
  self->result
      = self->emit (self->context, flags, token, length, self->offset + start, self->offset + end);
  return self->result;
}

/* What of a token is where in the text: the parent reports whole tokens only. Characters that it
 * folds stay one character; diacritics on their own, which it drops, are none of dense scripts. */
typedef struct {
  const char *text, *next, *stop;
} Place;

static void
seek (Place *self, gboolean dense)
{
  while (self->next < self->stop && mun_tokenizer_is_dense (g_utf8_get_char (self->next)) != dense)
    self->next = g_utf8_next_char (self->next);
}

/* Returns: where the next dense character begins; the place is behind it. */
static int
take_dense (Place *self)
{
  const char *begin;

  seek (self, TRUE);
  begin = self->next;
  if (self->next < self->stop)
    self->next = MIN (g_utf8_next_char (self->next), self->stop);
  return begin - self->text;
}

static int
emit_words (Splitter *self, const char *run, gsize length, Place *place)
{
  int start;

  seek (place, FALSE);
  start = place->next - place->text;
  seek (place, TRUE);
  return emit_cut (self, 0, run, length, start, place->next - place->text);
}

/* A run of dense characters as pairs. */
static int
emit_run (Splitter *self, const char *run, gsize length, Place *place)
{
  const char *stop = run + length;
  const char *next = g_utf8_next_char (run);
  int first = take_dense (place), second, result;

  if (next >= stop)
    return emit_cut (self, 0, run, length, first, place->next - place->text);
  for (const char *p = run; next < stop; p = next, next = g_utf8_next_char (next), first = second) {
    const char *pair_end = g_utf8_next_char (next);

    second = take_dense (place);
    result = emit_cut (self, 0, p, pair_end - p, first, place->next - place->text);
    if (result != SQLITE_OK)
      return result;
    /* At the place of the last pair, so that phrases across the border keep their distances. */
    if (pair_end >= stop && !self->is_query)
      return emit_cut (self, FTS5_TOKEN_COLOCATED, next, stop - next, second,
                       place->next - place->text);
  }
  return SQLITE_OK;
}

static gboolean
has_dense (const char *token, int length)
{
  /* Thai is the first of them: U+0E00 is E0 B8 80. */
  for (int i = 0; i < length; i++)
    if ((guint8)token[i] >= 0xe0)
      return TRUE;
  return FALSE;
}

static int
token_cb (void *context, int flags, const char *token, int length, int start, int end)
{
  Splitter *self = context;
  const char *stop = token + length;
  Place place = { self->text, self->text + start, self->text + end };

  if (!has_dense (token, length))
    return emit_cut (self, flags, token, length, start, end);
  while (token < stop) {
    gboolean dense = mun_tokenizer_is_dense (g_utf8_get_char (token));
    const char *p = token;
    int result;

    while (p < stop && mun_tokenizer_is_dense (g_utf8_get_char (p)) == dense)
      p = g_utf8_next_char (p);
    if (dense)
      result = emit_run (self, token, p - token, &place);
    else
      result = emit_words (self, token, p - token, &place);
    if (result != SQLITE_OK)
      return result;
    token = p;
  }
  return SQLITE_OK;
}

/* What ASCII becomes in a word, as the parent has it; 0: it stands between words. */
static const guint8 *
ascii_folds (void)
{
  static guint8 folds[128];
  static gsize once;

  if (g_once_init_enter (&once)) {
    for (int c = 0; c < 128; c++)
      folds[c] = g_ascii_isalnum (c) ? g_ascii_tolower (c) : 0;
    g_once_init_leave (&once, 1);
  }
  return folds;
}

/* The words of most mail are ASCII, and are found without the parent. What has another character in
 * it goes to it whole, up to an ASCII character that ends all words. */
static int
tokenize_cb (Fts5Tokenizer *tokenizer, void *context, int flags, const char *text, int length,
             TokenFunc emit)
{
  Tokenizer *self = (Tokenizer *)tokenizer;
  Splitter splitter = { context, emit, (flags & FTS5_TOKENIZE_QUERY) != 0, text, 0, SQLITE_OK };
  const guint8 *folds = ascii_folds (), *begin = (const guint8 *)text, *end = begin + length;
  int result = SQLITE_OK;

  for (const guint8 *p = begin; p < end && result == SQLITE_OK;) {
    char word[MUN_TOKEN_MAX];
    const guint8 *start;
    gsize n = 0;

    while (p < end && *p < 128 && folds[*p] == 0)
      p++;
    for (start = p; p < end && *p < 128 && folds[*p] != 0; p++)
      if (n < sizeof word)
        word[n++] = folds[*p];
    if (p < end && *p >= 128) {
      while (p < end && (*p >= 128 || folds[*p] != 0))
        p++;
      splitter.text = (const char *)start;
      splitter.offset = start - begin;
      result = self->parent_class.xTokenize (self->parent, &splitter, flags, splitter.text,
                                             p - start, token_cb);
      /* The parent does not say that somebody has had enough. */
      result = result == SQLITE_OK ? splitter.result : result;
    } else if (n > 0) {
      result = emit (context, 0, word, n, start - begin, p - begin);
    }
  }
  return result == SQLITE_DONE ? SQLITE_OK : result;
}

static int
create_cb (void *context, const char **options, int n_options, Fts5Tokenizer **out)
{
  fts5_api *api = context;
  Tokenizer *self = g_new0 (Tokenizer, 1);
  void *parent_context;
  int result = api->xFindTokenizer (api, "unicode61", &parent_context, &self->parent_class);

  if (result == SQLITE_OK)
    result = self->parent_class.xCreate (parent_context, parent_options,
                                         G_N_ELEMENTS (parent_options), &self->parent);
  if (result != SQLITE_OK) {
    g_free (self);
    return result;
  }
  *out = (Fts5Tokenizer *)self;
  return SQLITE_OK;
}

static void
delete_cb (Fts5Tokenizer *tokenizer)
{
  Tokenizer *self = (Tokenizer *)tokenizer;

  self->parent_class.xDelete (self->parent);
  g_free (self);
}

/* How a connection hands out its FTS5: SQLite documentation, fts5.html section 7. */
static fts5_api *
find_api (MunDatabase *database)
{
  fts5_api *api = NULL;
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (mun_database_get_handle (database), "SELECT fts5(?1)", -1, &statement,
                          NULL)
      == SQLITE_OK) {
    sqlite3_bind_pointer (statement, 1, &api, "fts5_api_ptr", NULL);
    sqlite3_step (statement);
  }
  sqlite3_finalize (statement);
  return api;
}

gboolean
mun_tokenizer_register (MunDatabase *database, GError **error)
{
  fts5_api *api = find_api (database);
  fts5_tokenizer functions = { create_cb, delete_cb, tokenize_cb };

  if (api != NULL && api->xCreateTokenizer (api, "muniment", api, &functions, NULL) == SQLITE_OK)
    return TRUE;
  g_set_error_literal (error, MUN_ERROR, MUN_ERROR_UNSUPPORTED,
                       "this SQLite was built without FTS5");
  return FALSE;
}

static int
collect_cb (void *context, int flags, const char *token, int length, int start, int end)
{
  g_ptr_array_add (context, g_strndup (token, length));
  return SQLITE_OK;
}

static gboolean
tokenize (MunDatabase *database, int flags, const char *text, gsize length, TokenFunc emit,
          gpointer context, GError **error)
{
  fts5_api *api = find_api (database);
  Fts5Tokenizer *tokenizer = NULL;
  int result = create_cb (api, NULL, 0, &tokenizer);

  if (result == SQLITE_OK) {
    result = tokenize_cb (tokenizer, context, flags, text, length, emit);
    delete_cb (tokenizer);
  }
  if (result == SQLITE_OK || result == SQLITE_DONE)
    return TRUE;
  g_set_error (error, MUN_ERROR, MUN_ERROR_FAILED, "splitting a text into words: SQLite error %d",
               result);
  return FALSE;
}

GPtrArray *
mun_tokenizer_split (MunDatabase *database, const char *text, GError **error)
{
  g_autoptr (GPtrArray) tokens = g_ptr_array_new_with_free_func (g_free);

  if (!tokenize (database, FTS5_TOKENIZE_QUERY, text, strlen (text), collect_cb, tokens, error))
    return NULL;
  return g_steal_pointer (&tokens);
}

typedef struct {
  MunTokenVisit visit;
  gpointer data;
} Visitor;

static int
visit_cb (void *context, int flags, const char *token, int length, int start, int end)
{
  Visitor *visitor = context;
  MunToken found = { "", start, end, (flags & FTS5_TOKEN_COLOCATED) != 0 };

  memcpy (found.text, token, MIN (length, MUN_TOKEN_MAX));
  return visitor->visit (&found, visitor->data) ? SQLITE_OK : SQLITE_DONE;
}

gboolean
mun_tokenizer_visit (MunDatabase *database, const char *text, gsize length, MunTokenVisit visit,
                     gpointer data, GError **error)
{
  Visitor visitor = { visit, data };

  return tokenize (database, FTS5_TOKENIZE_DOCUMENT, text, length, visit_cb, &visitor, error);
}
