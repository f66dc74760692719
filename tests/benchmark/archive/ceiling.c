/* ceiling.c: what the cores allow at the most, whoever archives */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-benchmark"

#include "ceiling.h"

#include "catalogue.h"
#include "message.h"
#include "tokenizer.h"

#include <glib/gstdio.h>

#define BATCH 1000

static double
seconds_since (gint64 begin)
{
  return (g_get_monotonic_time () - begin) / (double)G_USEC_PER_SEC;
}

static int
compare_dates (gconstpointer a, gconstpointer b)
{
  gint64 first = mun_message_get_date (*(MunMessage *const *)a);
  gint64 second = mun_message_get_date (*(MunMessage *const *)b);

  return (first > second) - (first < second);
}

/* Returns: the messages a second; the parsed ones go to @messages. */
static double
parse_all (GPtrArray *files, GPtrArray *messages)
{
  double seconds = 0;

  for (guint i = 0; i < files->len; i++) {
    g_autoptr (GBytes) raw = NULL;
    char *text;
    gsize length;
    gint64 begin;

    if (!g_file_get_contents (g_ptr_array_index (files, i), &text, &length, NULL))
      continue;
    raw = g_bytes_new_take (text, length);
    begin = g_get_monotonic_time ();
    g_ptr_array_add (messages, mun_message_parse (raw));
    mun_message_drop_parts (g_ptr_array_index (messages, messages->len - 1));
    seconds += seconds_since (begin);
  }
  return messages->len / seconds;
}

static void
check (gboolean ok, GError **error)
{
  if (!ok)
    g_error ("%s", (*error)->message);
}

/* Into an index of its own: no catalogue, no commit that waits for the disk. */
static double
index_all (GPtrArray *messages, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunDatabase) database = mun_database_open (path, MUN_DATABASE_WRITER, &error);
  gint64 begin;

  check (database != NULL && mun_tokenizer_register (database, &error)
             && mun_database_exec (database, "PRAGMA synchronous = OFF", &error)
             && mun_database_run_script (database, "catalogue-1.sql", &error),
         &error);
  begin = g_get_monotonic_time ();
  for (guint i = 0; i < messages->len; i++) {
    MunMessage *message = g_ptr_array_index (messages, i);
    gint64 number = MAX (mun_message_get_date (message), 0) << 20 | i;

    if (i % BATCH == 0)
      check (mun_database_exec (database, "BEGIN", &error), &error);
    check (mun_catalogue_index (database, number, mun_message_get_fields (message), "all", &error),
           &error);
    if (i % BATCH == BATCH - 1 || i == messages->len - 1)
      check (mun_database_exec (database, "COMMIT", &error), &error);
  }
  return messages->len / seconds_since (begin);
}

void
print_ceiling (GPtrArray *files, double rate)
{
  g_autoptr (GPtrArray) messages
      = g_ptr_array_new_with_free_func ((GDestroyNotify)mun_message_unref);
  g_autofree char *dir = g_dir_make_tmp ("muniment-limits-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "index", NULL);
  double parsed = parse_all (files, messages), indexed, most;
  const char *const endings[] = { "", "-wal", "-shm" };

  g_ptr_array_sort (messages, compare_dates);
  indexed = index_all (messages, path);
  most = g_get_num_processors () / (1 / parsed + 1 / indexed);
  g_print ("limits       a core parses %.0f/s and indexes %.0f/s; %u cores allow %.0f/s: %.0f %%\n",
           parsed, indexed, g_get_num_processors (), most, 100 * rate / most);
  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++) {
    g_autofree char *name = g_strconcat (path, endings[i], NULL);

    g_remove (name);
  }
  g_rmdir (dir);
}
