/* ingest.c: how fast a folder of messages is archived, and how much room it takes */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-benchmark"

#include "archive-deliver.h"
#include "archive-search.h"
#include "archive-stores.h"
#include "ceiling.h"
#include "json.h"
#include "verify-rate.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/resource.h>

/* Usage: archive-ingest --corpus DIR [--batch N] [--repeat N] [--data DIR] [--limits] */

static char *corpus, *data_dir;
static int batch_size = 1000, repeat = 1;
static char **words;
static gboolean with_limits;

static const GOptionEntry options[]
    = { { "corpus", 'c', 0, G_OPTION_ARG_FILENAME, &corpus, "Folder of messages, one a file",
          "DIR" },
        { "data", 'd', 0, G_OPTION_ARG_FILENAME, &data_dir, "Where the archive is made", "DIR" },
        { "batch", 'b', 0, G_OPTION_ARG_INT, &batch_size, "Messages a commit", "N" },
        { "repeat", 'r', 0, G_OPTION_ARG_INT, &repeat, "Archive the corpus into N archives", "N" },
        { "limits", 'l', 0, G_OPTION_ARG_NONE, &with_limits,
          "Measure what the cores allow at the most, too", NULL },
        { "word", 'w', 0, G_OPTION_ARG_STRING_ARRAY, &words, "Search for this afterwards", "WORD" },
        { NULL } };

static void
collect (const char *path, GPtrArray *files)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  if (dir == NULL) {
    g_ptr_array_add (files, g_strdup (path));
    return;
  }
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    collect (child, files);
  }
}

typedef struct {
  guint64 messages, bytes, duplicates;
} Totals;

/* A batch on its way; the next one is read meanwhile. */
typedef struct {
  GPtrArray *items; /* of MunDelivery */
  MunPendingDelivery *pending;
} Batch;

static void
free_item (gpointer data)
{
  MunDelivery *item = data;

  mun_delivery_clear (item);
  g_bytes_unref (item->raw);
  g_free (item);
}

static void
begin_batch (MunArchive *archive, Batch *batch, GPtrArray *items)
{
  g_autoptr (GError) error = NULL;

  batch->items = items;
  batch->pending = mun_archive_begin_delivery (archive, (MunDelivery **)items->pdata, items->len,
                                               NULL, &error);
  if (batch->pending == NULL)
    g_error ("%s", error->message);
}

static void
finish_batch (Batch *batch, Totals *totals)
{
  g_autoptr (GError) error = NULL;

  if (batch->items == NULL)
    return;
  if (!mun_archive_finish_delivery (batch->pending, &error))
    g_error ("%s", error->message);
  for (guint i = 0; i < batch->items->len; i++) {
    MunDelivery *item = g_ptr_array_index (batch->items, i);

    totals->messages++;
    totals->bytes += g_bytes_get_size (item->raw);
    totals->duplicates += item->result == MUN_DELIVERY_DUPLICATE;
  }
  g_clear_pointer (&batch->items, g_ptr_array_unref);
}

static GPtrArray *
read_batch (GPtrArray *files, guint *next, const char *folder)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (free_item);

  while (*next < files->len && items->len < (guint)batch_size) {
    MunDelivery *item;
    char *text;
    gsize length;

    if (!g_file_get_contents (g_ptr_array_index (files, (*next)++), &text, &length, NULL))
      continue;
    item = g_new0 (MunDelivery, 1);
    item->raw = g_bytes_new_take (text, length);
    item->folder = folder;
    g_ptr_array_add (items, item);
  }
  return items;
}

static void
ingest (MunArchive *archive, GPtrArray *files, const char *folder, Totals *totals)
{
  Batch before = { 0 }, batch;

  for (guint next = 0; next < files->len;) {
    begin_batch (archive, &batch, read_batch (files, &next, folder));
    finish_batch (&before, totals);
    before = batch;
  }
  finish_batch (&before, totals);
}

/* Nothing is written any more: the store has looked after itself. Returns: its bytes. */
static double
wait_for_rest (MunArchive *archive)
{
  double stored, last = -1;

  for (;;) {
    g_autoptr (JsonArray) stores = mun_archive_list_stores (archive, TRUE);

    stored = mun_json_get_int (json_array_get_object_element (stores, 0), "storedSize", 0);
    if (stored == last)
      return stored;
    last = stored;
    g_usleep (4 * G_USEC_PER_SEC);
  }
}

static void
time_search (MunArchive *archive, const char *word)
{
  g_autoptr (MunQuery) query = mun_query_new ();
  g_autoptr (MunSearch) search = NULL;
  g_autoptr (JsonArray) page = NULL;
  gint64 start, found, counted;
  guint64 count;
  gboolean more;

  query->text = g_strdup (word);
  start = g_get_monotonic_time ();
  search = mun_archive_search (archive, query, NULL);
  page = mun_search_get_page (search, 0, 50, MUN_SORT_DATE, TRUE, NULL, NULL);
  found = g_get_monotonic_time ();
  count = mun_search_count (search, 0, &more, NULL, NULL);
  counted = g_get_monotonic_time ();
  g_print ("search %-20s newest %u in %.2f ms, %s%" G_GUINT64_FORMAT " counted in %.2f ms\n", word,
           json_array_get_length (page), (found - start) / 1000.0, more ? "more than " : "", count,
           (counted - found) / 1000.0);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (MunSecret) key = mun_secret_new ("0123456789abcdef0123456789abcdef", 32);
  g_autoptr (MunArchive) archive = NULL;
  Totals totals = { 0 };
  struct rusage usage;
  gint64 begin, end;
  double seconds, stored;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || corpus == NULL || batch_size < 1) {
    g_printerr ("%s\n", error != NULL ? error->message : "--corpus is needed");
    return EXIT_FAILURE;
  }
  if (data_dir == NULL)
    data_dir = g_dir_make_tmp ("muniment-benchmark-XXXXXX", NULL);
  collect (corpus, files);
  archive = mun_archive_open (data_dir, key, &error);
  if (archive == NULL)
    g_error ("%s", error->message);
  begin = g_get_monotonic_time ();
  for (int i = 0; i < repeat; i++) {
    g_autofree char *folder = g_strdup_printf ("user%d/EML corpus/Inbox", i);

    ingest (archive, files, folder, &totals);
  }
  end = g_get_monotonic_time ();
  seconds = (end - begin) / (double)G_USEC_PER_SEC;
  getrusage (RUSAGE_SELF, &usage);
  stored = wait_for_rest (archive);
  g_print ("archive      %s\n", data_dir);
  g_print ("messages     %" G_GUINT64_FORMAT " (%" G_GUINT64_FORMAT " duplicates)\n",
           totals.messages, totals.duplicates);
  g_print ("time         %.2f s, batches of %d\n", seconds, batch_size);
  g_print ("rate         %.0f messages/s, %.1f MB/s\n", totals.messages / seconds,
           totals.bytes / seconds / 1e6);
  g_print ("stored       %.1f MB of %.1f MB: %.3f\n", stored / 1e6, totals.bytes / 1e6,
           stored / totals.bytes);
  g_print ("memory       %.0f MiB, CPU %.1f s\n", usage.ru_maxrss / 1024.0,
           usage.ru_utime.tv_sec + usage.ru_utime.tv_usec / 1e6 + usage.ru_stime.tv_sec
               + usage.ru_stime.tv_usec / 1e6);
  if (with_limits)
    print_ceiling (files, totals.messages / seconds);
  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    time_search (archive, words[i]);
  return print_verify (archive) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
