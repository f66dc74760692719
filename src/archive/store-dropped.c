/* store-dropped.c: containers that a compaction has emptied */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "store-dropped.h"

#define KEY "dropped_%u"

gboolean
mun_dropped_add (MunDatabase *database, guint32 container, GError **error)
{
  g_autofree char *key = g_strdup_printf (KEY, container);

  return mun_database_run (database, error,
                           "INSERT OR REPLACE INTO meta (key, value) VALUES (?1, 1)", "s", key);
}

gboolean
mun_dropped_contains (MunDatabase *database, guint32 container)
{
  g_autofree char *key = g_strdup_printf (KEY, container);

  return mun_database_get_int (database, 0, "SELECT 1 FROM meta WHERE key = ?1", "s", key) == 1;
}

gboolean
mun_dropped_is_used (MunDatabase *database, guint32 container)
{
  return mun_database_get_int (database, 1,
                               "SELECT EXISTS (SELECT 1 FROM pieces WHERE container = ?1)"
                               " OR EXISTS (SELECT 1 FROM dictionaries WHERE container = ?1)",
                               "i", (gint64)container)
         != 0;
}

void
mun_dropped_tidy (MunDatabase *database, MunContents *contents)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) numbers = mun_contents_list (contents, &error);

  for (guint i = 0; numbers != NULL && i < numbers->len; i++) {
    guint32 number = g_array_index (numbers, guint32, i);

    if (mun_dropped_contains (database, number) && !mun_dropped_is_used (database, number)
        && !mun_contents_remove (contents, number, &error))
      break;
  }
  if (error != NULL)
    g_message ("what a compaction left: %s", error->message);
}
