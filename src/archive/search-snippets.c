/* search-snippets.c: what the messages of a page say where their search found something */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "search-snippets.h"

#include "match.h"
#include "snippet.h"
#include "store-messages.h"
#include "store-texts.h"

/* Of a message, so much is read for its snippet: large attachments stand behind the text. */
#define SNIPPET_READ (1024 * 1024)

void
mun_search_snippets_init (MunSearchSnippets *self, GPtrArray *parts, MunDatabase **readers,
                          const MunQuery *query)
{
  self->parts = parts;
  self->readers = readers;
  self->query = query;
  self->to_mark = mun_match_words_to_mark (readers[0], query->text);
}

void
mun_search_snippets_clear (MunSearchSnippets *self)
{
  g_clear_pointer (&self->to_mark, g_ptr_array_unref);
}

static MunStore *
get_store (MunSearchSnippets *self, guint part)
{
  return ((MunSearchPart *)g_ptr_array_index (self->parts, part))->entry->store;
}

void
mun_search_snippets_expect (MunSearchSnippets *self, GArray *hits)
{
  for (guint i = 0; i < MIN (hits->len, MUN_SEARCH_SNIPPET_LIMIT); i++) {
    const MunSearchHit *hit = &g_array_index (hits, MunSearchHit, i);

    mun_store_expect_read (get_store (self, hit->part), self->readers[hit->part], hit->number,
                           SNIPPET_READ);
  }
}

JsonObject *
mun_search_snippets_make (MunSearchSnippets *self, guint part, gint64 number)
{
  MunStore *store = get_store (self, part);
  MunDatabase *reader = self->readers[part];
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) start = mun_store_read_start (store, reader, number, SNIPPET_READ, &error);
  g_autoptr (MunMessage) message = NULL;
  g_autofree char *texts = NULL;
  MunMessageFields fields;

  if (start == NULL) {
    g_debug ("no snippet of message %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT ": %s",
             mun_store_get_id (store), number, error->message);
    return NULL;
  }
  message = mun_message_parse (start);
  fields = *mun_message_get_fields (message);
  texts = mun_store_texts_join (store, reader, number, fields.texts, SNIPPET_READ, NULL);
  if (texts != NULL)
    fields.texts = texts;
  return mun_snippet_make (reader, &fields, self->query->scopes, self->to_mark);
}
