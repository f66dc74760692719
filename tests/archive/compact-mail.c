/* compact-mail.c: an archive with much that is no longer needed, and whether the rest survives */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compact-mail.h"

#include "archive-recover.h"
#include "json.h"

#include <glib/gstdio.h>
#include <string.h>

#define LETTERS "letters/EML x/Inbox"
#define MOVED "letters/EML x/Moved"
#define SOURCE "anna/Mail/In"
#define KEYS 8

static GBytes *
keyed (guint n)
{
  g_autofree char *subject = g_strdup_printf ("keyed %u", n);

  return archive_fixture_message ("a@example.com", "b@example.com", subject, 1710000000 + n, "key");
}

/* An attachment that is cut into pieces, and does not get smaller. */
static GBytes *
large (void)
{
  GString *text = g_string_new ("From: a@example.com\r\nSubject: large\r\nMIME-Version: 1.0\r\n"
                                "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nbody"
                                "\r\n--b\r\nContent-Type: application/x; name=x\r\n"
                                "Content-Transfer-Encoding: 8bit\r\n\r\n");
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  for (guint i = 0; i < 30000; i++)
    g_string_append_printf (text, "%08x%s", g_rand_int (random), i % 8 == 7 ? "\r\n" : "");
  g_string_append (text, "\r\n--b--\r\n");
  return g_string_free_to_bytes (text);
}

static void
keep (CompactMail *mail, char *id, GBytes *raw)
{
  g_hash_table_insert (mail->kept, id, raw);
}

static void
delete_one (gpointer id, gpointer archive)
{
  g_autoptr (GError) error = NULL;

  mun_archive_delete_message (archive, id, &error);
  g_assert_no_error (error);
}

/* Many at once share their commits. */
static void
delete_all (MunArchive *archive, GPtrArray *ids)
{
  GThreadPool *pool = g_thread_pool_new (delete_one, archive, 32, TRUE, NULL);

  for (guint i = 0; i < ids->len; i++)
    g_thread_pool_push (pool, ids->pdata[i], NULL);
  g_thread_pool_free (pool, FALSE, TRUE);
}

static void
deliver_letters (ArchiveFixture *fixture, CompactMail *mail)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) deleted = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  archive_fixture_train (fixture, ids);
  archive_fixture_deliver_letters (fixture->archive, ARCHIVE_FIXTURE_LETTERS, ids);
  for (guint i = 0; i < ids->len; i++) {
    if (i % 4 == 0)
      keep (mail, g_strdup (ids->pdata[i]), archive_fixture_letter (i));
    else
      g_ptr_array_add (deleted, ids->pdata[i]);
    if (i % 40 == 0)
      mun_archive_move_message (fixture->archive, ids->pdata[i], MOVED, &error);
    g_assert_no_error (error);
  }
  delete_all (fixture->archive, deleted);
}

void
compact_mail_fill (ArchiveFixture *fixture, CompactMail *mail)
{
  g_autoptr (GError) error = NULL;
  GBytes *raw = large ();

  mail->kept
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
  mail->large_id = archive_fixture_deliver (fixture->archive, raw, "anna/Mail/Large");
  keep (mail, g_strdup (mail->large_id), raw);
  deliver_letters (fixture, mail);
  for (guint i = 0; i < KEYS; i++) {
    g_autofree char *key = g_strdup_printf ("key-%u", i);
    GBytes *message = keyed (i);
    char *id = archive_fixture_deliver_key (fixture->archive, message, SOURCE, key, NULL);

    if (i % 2 == 0) {
      keep (mail, id, message);
      continue;
    }
    mun_archive_delete_message (fixture->archive, id, &error);
    g_assert_no_error (error);
    g_bytes_unref (message);
    g_free (id);
  }
  mun_archive_create_folder (fixture->archive, "anna/Mail/Empty", &error);
  g_assert_no_error (error);
  mun_archive_move_folder (fixture->archive, SOURCE, "anna/Mail/New", &error);
  g_assert_no_error (error);
}

void
compact_mail_delete_all (ArchiveFixture *fixture, CompactMail *mail)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, mail->kept);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_ptr_array_add (ids, g_strdup (id));
  delete_all (fixture->archive, ids);
  g_hash_table_remove_all (mail->kept);
}

void
compact_mail_clear (CompactMail *mail)
{
  g_hash_table_unref (mail->kept);
  g_free (mail->large_id);
}

static void
dump_folders (ArchiveFixture *fixture, JsonArray *folders, GString *text)
{
  for (guint i = 0; i < json_array_get_length (folders); i++) {
    JsonObject *folder = json_array_get_object_element (folders, i);
    const char *path = mun_json_get_string (folder, "path", "");
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonArray) list
        = mun_archive_list_messages (fixture->archive, path, 0, 100000, &error);
    g_autoptr (JsonNode) node = NULL;
    g_autofree char *lines = NULL;

    g_assert_no_error (error);
    node = mun_json_node_take_array (g_steal_pointer (&list));
    lines = json_to_string (node, TRUE);
    g_string_append_printf (text, "%s\n%s\n", path, lines);
    dump_folders (fixture, json_object_get_array_member (folder, "childFolders"), text);
  }
}

char *
compact_mail_dump (ArchiveFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonArray) folders = mun_archive_list_folders (fixture->archive, NULL, 0, &error);
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  dump_folders (fixture, folders, text);
  for (guint i = 0; i < KEYS; i++) {
    g_autofree char *key = g_strdup_printf ("key-%u", i);
    g_autofree char *id = NULL, *folder = NULL;
    MunKnown known = mun_archive_find_source_key (fixture->archive, "anna/Mail/New", key, &id,
                                                  &folder, &error);

    g_assert_no_error (error);
    g_string_append_printf (text, "%s %d %s %s\n", key, known, id != NULL ? id : "-",
                            folder != NULL ? folder : "-");
  }
  return g_string_free (text, FALSE);
}

void
compact_mail_assert_there (ArchiveFixture *fixture, CompactMail *mail)
{
  GHashTableIter iter;
  gpointer id, expected;

  g_hash_table_iter_init (&iter, mail->kept);
  while (g_hash_table_iter_next (&iter, &id, &expected)) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) raw = mun_archive_read_message (fixture->archive, id, &error);

    g_assert_no_error (error);
    g_assert_true (g_bytes_equal (raw, expected));
  }
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

void
compact_mail_assert (ArchiveFixture *fixture, CompactMail *mail)
{
  g_assert_cmpint (archive_fixture_get_int (fixture, "SELECT count(*) FROM messages"), ==,
                   g_hash_table_size (mail->kept));
  compact_mail_assert_there (fixture, mail);
}

void
compact_mail_recover (ArchiveFixture *fixture, const char *dump)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };
  g_autofree char *path = archive_fixture_dup_catalogue (fixture);
  g_autoptr (GError) error = NULL;
  g_autofree char *report = NULL, *again = NULL;

  g_clear_object (&fixture->archive);
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *file = g_strconcat (path, suffixes[i], NULL);

    g_unlink (file);
  }
  archive_fixture_reopen (fixture);
  mun_archive_recover_store (fixture->archive, 1, FALSE, NULL, NULL, NULL, &report, &error);
  g_assert_no_error (error);
  g_assert_null (strstr (report, "FAULT"));
  again = compact_mail_dump (fixture);
  g_assert_cmpstr (again, ==, dump);
}

void
compact_mail_assert_recovers (ArchiveFixture *fixture, CompactMail *mail, const char *dump)
{
  compact_mail_recover (fixture, dump);
  compact_mail_assert (fixture, mail);
  /* What the next start does must not cost anything either. */
  archive_fixture_reopen (fixture);
  compact_mail_assert (fixture, mail);
}

guint64
compact_mail_size (ArchiveFixture *fixture)
{
  g_autofree char *contents = g_build_filename (fixture->dir, "stores/1/contents", NULL);
  g_autoptr (GDir) dir = g_dir_open (contents, 0, NULL);
  const char *name;
  guint64 bytes = 0;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (contents, name, NULL);
    GStatBuf status;

    if (g_str_has_suffix (name, ".mun") && g_stat (path, &status) == 0)
      bytes += status.st_size;
  }
  return bytes;
}

gboolean
compact_mail_has_container (ArchiveFixture *fixture, guint number)
{
  g_autofree char *name = g_strdup_printf ("stores/1/contents/%06u.mun", number);
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}
