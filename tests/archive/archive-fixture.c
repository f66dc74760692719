/* archive-fixture.c: an archive in a temporary folder, and messages to put into it */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive-fixture.h"

#include "database.h"

#include "json.h"

#include <glib/gstdio.h>

void
archive_fixture_set_up (ArchiveFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->dir = g_dir_make_tmp ("muniment-archive-XXXXXX", &error);
  g_assert_no_error (error);
  self->key = mun_secret_new ("0123456789abcdef0123456789abcdef", 32);
  self->archive = mun_archive_open (self->dir, self->key, &error);
  g_assert_no_error (error);
}

void
archive_fixture_tear_down (ArchiveFixture *self, gconstpointer data)
{
  g_clear_object (&self->archive);
  mun_secret_unref (self->key);
  archive_fixture_remove_dir (self->dir);
  g_free (self->dir);
}

void
archive_fixture_reopen (ArchiveFixture *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->archive);
  self->archive = mun_archive_open (self->dir, self->key, &error);
  g_assert_no_error (error);
}

void
archive_fixture_remove_dir (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    archive_fixture_remove_dir (child);
  }
  g_remove (path);
}

GBytes *
archive_fixture_message (const char *from, const char *to, const char *subject, gint64 date,
                         const char *body)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (date);
  g_autofree char *stamp = g_date_time_format (time, "Date: %a, %d %b %Y %H:%M:%S +0000\r\n");
  char *text = g_strdup_printf ("From: %s\r\nTo: %s\r\nSubject: %s\r\n%s"
                                "Content-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n",
                                from, to, subject, date > 0 ? stamp : "", body);

  return g_bytes_new_take (text, strlen (text));
}

char *
archive_fixture_deliver_key (MunArchive *archive, GBytes *raw, const char *folder, const char *key,
                             MunDeliveryResult *result)
{
  MunDelivery item = { .raw = raw, .folder = folder, .source_key = key };
  MunDelivery *items[] = { &item };
  g_autoptr (GError) error = NULL;

  mun_archive_deliver (archive, items, 1, NULL, &error);
  g_assert_no_error (error);
  g_assert_no_error (item.error);
  if (result != NULL)
    *result = item.result;
  g_assert_nonnull (item.message_id);
  return item.message_id;
}

char *
archive_fixture_deliver (MunArchive *archive, GBytes *raw, const char *folder)
{
  return archive_fixture_deliver_key (archive, raw, folder, NULL, NULL);
}

GBytes *
archive_fixture_letter (guint number)
{
  g_autofree char *subject = g_strdup_printf ("figures of week %u", number);
  g_autofree char *body
      = g_strdup_printf ("Dear reader %u, below are the figures of the week.\r\n"
                         "They were made by the department of figures on day %u.\r\n%u\r\n",
                         number * 31, number % 365, number * 2654435761u);

  return archive_fixture_message ("figures@example.com", "all@example.com", subject,
                                  1700000000 + number, body);
}

void
archive_fixture_deliver_letters (MunArchive *archive, guint first, GPtrArray *ids)
{
  MunDelivery deliveries[ARCHIVE_FIXTURE_LETTERS] = { 0 };
  MunDelivery *items[ARCHIVE_FIXTURE_LETTERS];
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < ARCHIVE_FIXTURE_LETTERS; i++) {
    deliveries[i].raw = archive_fixture_letter (first + i);
    deliveries[i].folder = "letters/EML x/Inbox";
    items[i] = &deliveries[i];
  }
  g_assert_true (mun_archive_deliver (archive, items, ARCHIVE_FIXTURE_LETTERS, NULL, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < ARCHIVE_FIXTURE_LETTERS; i++) {
    g_assert_cmpint (deliveries[i].result, ==, MUN_DELIVERY_ARCHIVED);
    if (ids != NULL)
      g_ptr_array_add (ids, g_strdup (deliveries[i].message_id));
    mun_delivery_clear (&deliveries[i]);
    g_bytes_unref (deliveries[i].raw);
  }
}

char *
archive_fixture_dup_catalogue (ArchiveFixture *self)
{
  return g_build_filename (self->dir, "stores", "1", "catalogue.db", NULL);
}

gint64
archive_fixture_get_int (ArchiveFixture *self, const char *sql)
{
  g_autofree char *path = archive_fixture_dup_catalogue (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (MunDatabase) database = mun_database_open (path, MUN_DATABASE_READER, &error);

  g_assert_no_error (error);
  return mun_database_get_int (database, -1, sql, "");
}

void
archive_fixture_train (ArchiveFixture *self, GPtrArray *ids)
{
  archive_fixture_deliver_letters (self->archive, 0, ids);
  while (archive_fixture_get_int (self, "SELECT count(*) FROM dictionaries") == 0)
    g_usleep (1000);
}

guint64
archive_fixture_verify (MunArchive *archive, char **report)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  guint64 faults = G_MAXUINT64;

  mun_archive_verify_store (archive, 1, TRUE, NULL, NULL, NULL, &text, &faults, &error);
  g_assert_no_error (error);
  if (faults > 0)
    g_test_message ("%s", text);
  if (report != NULL)
    *report = g_steal_pointer (&text);
  return faults;
}

char *
archive_fixture_find (MunArchive *archive, const MunQuery *query)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunSearch) search = mun_archive_search (archive, query, &error);
  g_autoptr (JsonArray) page = NULL;
  GString *subjects = g_string_new (NULL);
  guint64 count;

  g_assert_no_error (error);
  page = mun_search_get_page (search, 0, 1000, MUN_SORT_DATE, TRUE, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < json_array_get_length (page); i++)
    g_string_append_printf (subjects, "%s%s", i > 0 ? "," : "",
                            mun_json_get_string (json_array_get_object_element (page, i), "subject",
                                                 "?"));
  count = mun_search_count (search, 0, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count, ==, json_array_get_length (page));
  return g_string_free (subjects, FALSE);
}

char *
archive_fixture_find_text (MunArchive *archive, const char *text)
{
  g_autoptr (MunQuery) query = mun_query_new ();

  query->text = g_strdup (text);
  return archive_fixture_find (archive, query);
}
