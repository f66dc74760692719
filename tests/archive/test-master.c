/* test-master.c: the installation's database */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive-fixture.h"
#include "errors.h"
#include "fault-vfs.h"
#include "json.h"
#include "master-private.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
  char *dir, *path;
  MunSecret *key;
  MunMaster *master;
} Fixture;

static void
reopen (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->master);
  self->master = mun_master_open (self->path, self->key, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->dir = g_dir_make_tmp ("muniment-master-XXXXXX", NULL);
  self->path = g_build_filename (self->dir, "master.db", NULL);
  self->key = mun_secret_new ("0123456789abcdef0123456789abcdef", 32);
  reopen (self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_object (&self->master);
  mun_secret_unref (self->key);
  archive_fixture_remove_dir (self->dir);
  g_free (self->dir);
  g_free (self->path);
}

static JsonObject *
object (const char *text)
{
  JsonObject *parsed = mun_json_parse_object (text, -1, NULL);

  g_assert_nonnull (parsed);
  return parsed;
}

static void
test_users (Fixture *self, gconstpointer data)
{
  g_autoptr (JsonObject) document = object ("{\"fullName\":\"Anna\",\"unknown\":[1]}");
  g_autoptr (JsonObject) read = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *hash = NULL, *none = NULL;
  g_auto (GStrv) names = NULL;

  g_assert_true (mun_master_add_user (self->master, "anna@x.example", document, &error));
  g_assert_false (mun_master_add_user (self->master, "ANNA@x.example", document, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_EXISTS);
  g_clear_error (&error);
  none = mun_master_get_password (self->master, "anna@x.example", &error);
  g_assert_no_error (error);
  g_assert_null (none);
  g_assert_true (mun_master_set_password (self->master, "anna@x.example", "$y$hash", &error));
  g_assert_true (mun_master_rename_user (self->master, "Anna@x.example", "bert", &error));
  reopen (self);
  read = mun_master_get_user (self->master, "BERT", &error);
  g_assert_no_error (error);
  g_assert_true (json_object_has_member (read, "unknown"));
  hash = mun_master_get_password (self->master, "bert", NULL);
  g_assert_cmpstr (hash, ==, "$y$hash");
  names = mun_master_list_users (self->master, NULL);
  g_assert_cmpstr (names[0], ==, "bert");
  g_assert_null (names[1]);
  g_assert_true (mun_master_remove_user (self->master, "bert", &error));
  g_assert_null (mun_master_get_user (self->master, "bert", &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (mun_master_put_user (self->master, "bert", document, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
}

static void
test_settings (Fixture *self, gconstpointer data)
{
  g_autofree char *unset = mun_master_get_setting (self->master, "compliance", NULL);
  g_autofree char *set = NULL, *removed = NULL;

  g_assert_null (unset);
  g_assert_true (mun_master_set_setting (self->master, "compliance", "{\"a\":1}", NULL));
  reopen (self);
  set = mun_master_get_setting (self->master, "compliance", NULL);
  g_assert_cmpstr (set, ==, "{\"a\":1}");
  g_assert_true (mun_master_set_setting (self->master, "compliance", NULL, NULL));
  removed = mun_master_get_setting (self->master, "compliance", NULL);
  g_assert_null (removed);
}

static void
test_profiles (Fixture *self, gconstpointer data)
{
  g_autoptr (JsonObject) document = object ("{\"name\":\"p\",\"details\":{\"x\":\"1\"}}");
  gint64 id = mun_master_insert_profile (self->master, document, NULL);
  g_autoptr (JsonObject) read = mun_master_get_profile (self->master, id, NULL);
  g_autoptr (JsonArray) list = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (mun_json_get_int (read, "version", 0), ==, 1);
  g_assert_cmpint (mun_json_get_int (read, "id", 0), ==, id);
  g_assert_true (mun_master_update_profile (self->master, id, document, &error));
  list = mun_master_list_profiles (self->master, NULL);
  g_assert_cmpint (mun_json_get_int (json_array_get_object_element (list, 0), "version", 0), ==, 2);
  g_assert_true (mun_master_remove_profile (self->master, id, &error));
  g_assert_false (mun_master_remove_profile (self->master, id, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
  /* An id never comes again. */
  g_assert_cmpint (mun_master_insert_profile (self->master, document, NULL), >, id);
}

static void
test_results (Fixture *self, gconstpointer data)
{
  g_autoptr (JsonObject) document = object ("{\"profileId\":3,\"userName\":\"admin\"}");
  g_autoptr (JsonObject) counts = object ("{\"itemsArchived\":12}");
  g_autoptr (JsonObject) report = object ("{\"log\":\"done\"}");
  gint64 first = mun_master_start_result (self->master, 3, document, NULL);
  gint64 second = mun_master_start_result (self->master, 4, document, NULL);
  g_autoptr (JsonObject) finished = NULL, interrupted = NULL, read_report = NULL, no_report = NULL;
  g_autoptr (JsonArray) all = NULL, of_profile = NULL, of_nobody = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (mun_master_finish_result (self->master, first, "succeeded", counts, report, NULL));
  g_assert_true (mun_master_update_result (self->master, second, counts, NULL, NULL));
  reopen (self);
  finished = mun_master_get_result (self->master, first, NULL);
  g_assert_cmpstr (mun_json_get_string (finished, "result", ""), ==, "succeeded");
  g_assert_cmpint (mun_json_get_int (finished, "itemsArchived", 0), ==, 12);
  g_assert_cmpint (mun_json_get_int (finished, "profileId", 0), ==, 3);
  g_assert_false (mun_json_get_bool (finished, "interrupted", TRUE));
  interrupted = mun_master_get_result (self->master, second, NULL);
  g_assert_true (mun_json_get_bool (interrupted, "interrupted", FALSE));
  g_assert_cmpint (mun_json_get_int (interrupted, "itemsArchived", 0), ==, 12);
  g_assert_true (mun_json_has (interrupted, "completeTime"));
  read_report = mun_master_get_result_report (self->master, first, NULL);
  g_assert_cmpstr (mun_json_get_string (read_report, "log", ""), ==, "done");
  no_report = mun_master_get_result_report (self->master, second, &error);
  g_assert_no_error (error);
  g_assert_null (no_report);
  all = mun_master_list_results (self->master, 0, G_MAXINT64, 0, NULL, NULL);
  g_assert_cmpuint (json_array_get_length (all), ==, 2);
  g_assert_cmpint (mun_json_get_int (json_array_get_object_element (all, 0), "id", 0), ==, second);
  of_profile = mun_master_list_results (self->master, 0, G_MAXINT64, 3, "ADMIN", NULL);
  g_assert_cmpuint (json_array_get_length (of_profile), ==, 1);
  of_nobody = mun_master_list_results (self->master, 0, G_MAXINT64, 0, "nobody", NULL);
  g_assert_cmpuint (json_array_get_length (of_nobody), ==, 0);
  g_assert_null (mun_master_get_result (self->master, 99, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
}

/* The newest result of each profile decides, and a temporary profile has nothing to go on with. */
static void
test_interrupted (Fixture *self, gconstpointer data)
{
  static const struct {
    gint64 profile;
    const char *result; /* NULL: still running at the end of the server */
  } rows[] = {
    { 1, "disconnected" }, { 1, "succeeded" },    { 2, "failed" },    { 2, NULL },
    { 3, "disconnected" }, { 3, "disconnected" }, { 0, NULL },        { 4, "disconnected" },
    { 4, "failed" },       { 5, "disconnected" }, { 5, "cancelled" },
  };
  g_autoptr (JsonArray) found = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (JsonObject) document = json_object_new ();
    gint64 id;

    json_object_set_int_member (document, "profileId", rows[i].profile);
    id = mun_master_start_result (self->master, rows[i].profile, document, NULL);
    if (rows[i].result != NULL)
      g_assert_true (mun_master_finish_result (self->master, id, rows[i].result, NULL, NULL, NULL));
  }
  reopen (self);
  /* only the run that was still running had no end that says why */
  for (gint64 profile = 1; profile <= 5; profile++)
    g_assert_cmpint (mun_master_count_crashes (self->master, profile), ==, profile == 2);
  found = mun_master_list_interrupted_results (self->master, NULL);
  g_assert_cmpuint (json_array_get_length (found), ==, 2);
  g_assert_cmpint (mun_json_get_int (json_array_get_object_element (found, 0), "profileId", 0), ==,
                   2);
  g_assert_cmpint (mun_json_get_int (json_array_get_object_element (found, 1), "profileId", 0), ==,
                   3);
}

static void
test_credentials (Fixture *self, gconstpointer data)
{
  g_autoptr (JsonObject) document = object ("{\"name\":\"c\"}");
  g_autoptr (MunSecret) secret = mun_secret_new ("PRIVATEKEYMARKER", 16);
  g_autoptr (MunSecret) other = mun_secret_new ("other", 5);
  gint64 id = mun_master_insert_credential (self->master, document, secret, NULL);
  g_autoptr (MunSecret) read = NULL, kept = NULL, replaced = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *file = NULL, *log = NULL, *log_path = NULL;
  gsize length, log_length;

  read = mun_master_get_credential_secret (self->master, id, NULL);
  g_assert_cmpstr (mun_secret_get_string (read), ==, "PRIVATEKEYMARKER");
  g_assert_true (mun_master_update_credential (self->master, id, document, NULL, NULL));
  kept = mun_master_get_credential_secret (self->master, id, NULL);
  g_assert_cmpstr (mun_secret_get_string (kept), ==, "PRIVATEKEYMARKER");
  log_path = g_strconcat (self->path, "-wal", NULL);
  g_assert_true (g_file_get_contents (self->path, &file, &length, NULL));
  g_assert_true (g_file_get_contents (log_path, &log, &log_length, NULL));
  g_assert_null (memmem (file, length, "PRIVATEKEYMARKER", 16));
  g_assert_null (memmem (log, log_length, "PRIVATEKEYMARKER", 16));
  g_assert_true (mun_master_update_credential (self->master, id, document, other, NULL));
  replaced = mun_master_get_credential_secret (self->master, id, NULL);
  g_assert_cmpstr (mun_secret_get_string (replaced), ==, "other");
  /* Another master key opens none of it. */
  mun_secret_unref (self->key);
  self->key = mun_secret_new ("fedcba9876543210fedcba9876543210", 32);
  reopen (self);
  g_assert_null (mun_master_get_credential_secret (self->master, id, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_AUTHENTICATION);
  g_clear_error (&error);
  g_assert_true (mun_master_remove_credential (self->master, id, NULL));
  g_assert_null (mun_master_get_credential (self->master, id, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
}

static void
test_checkpoints (Fixture *self, gconstpointer data)
{
  g_autofree char *set = NULL, *other = NULL, *cleared = NULL, *kept = NULL;

  g_assert_true (mun_master_set_checkpoint (self->master, 1, "a@x", "Inbox", "one", NULL));
  g_assert_true (mun_master_set_checkpoint (self->master, 1, "a@x", "Inbox", "two", NULL));
  g_assert_true (mun_master_set_checkpoint (self->master, 1, "b@x", "Inbox", "three", NULL));
  set = mun_master_get_checkpoint (self->master, 1, "a@x", "Inbox", NULL);
  g_assert_cmpstr (set, ==, "two");
  other = mun_master_get_checkpoint (self->master, 2, "a@x", "Inbox", NULL);
  g_assert_null (other);
  g_assert_true (mun_master_clear_checkpoints (self->master, 1, "a@x", NULL));
  cleared = mun_master_get_checkpoint (self->master, 1, "a@x", "Inbox", NULL);
  g_assert_null (cleared);
  kept = mun_master_get_checkpoint (self->master, 1, "b@x", "Inbox", NULL);
  g_assert_cmpstr (kept, ==, "three");
}

#define WRITERS 8
#define RECORDS 25

static gpointer
write_audit_main (gpointer data)
{
  MunMaster *master = data;

  for (guint i = 0; i < RECORDS; i++) {
    g_autoptr (JsonObject) details = json_object_new ();
    g_autoptr (GError) error = NULL;
    g_autofree char *text = g_strdup_printf ("%p-%u", (void *)g_thread_self (), i);

    json_object_set_string_member (details, "details", text);
    mun_master_append_audit (master, "admin", "UserLogin", details, &error);
    g_assert_no_error (error);
  }
  return NULL;
}

/* Records of many threads at a time: each is there once. */
static void
test_audit_groups (Fixture *self, gconstpointer data)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (JsonArray) all = NULL;
  GThread *threads[WRITERS];

  for (guint i = 0; i < WRITERS; i++)
    threads[i] = g_thread_new ("audit", write_audit_main, self->master);
  for (guint i = 0; i < WRITERS; i++)
    g_thread_join (threads[i]);
  all = mun_master_list_audit (self->master, 0, G_MAXINT64, NULL, NULL, 0, NULL);
  g_assert_cmpuint (json_array_get_length (all), ==, WRITERS * RECORDS);
  for (guint i = 0; i < json_array_get_length (all); i++)
    g_assert_true (g_hash_table_add (
        seen,
        g_strdup (mun_json_get_string (json_array_get_object_element (all, i), "details", NULL))));
}

/* Many records of one who waits: one commit, and nothing of it when that fails. */
static void
test_audit_together (Fixture *self, gconstpointer data)
{
  g_autoptr (JsonObject) details = json_object_new ();
  MunAuditRecord records[] = { { "anna", "MessageUpload", details },
                               { "bert", "MessageUpload", NULL },
                               { "carl", "MessageUpload", details } };
  g_autoptr (JsonArray) all = NULL;
  g_autoptr (JsonArray) none = NULL;
  g_autoptr (GError) error = NULL;

  json_object_set_string_member (details, "details", "folder anna: 1 archived");
  fault_vfs_arm (FAULT_VFS_SYNC, 0, SQLITE_IOERR_FSYNC, TRUE);
  g_assert_false (mun_master_append_audits (self->master, records, 3, &error));
  g_assert_true (fault_vfs_disarm ());
  g_assert_nonnull (error);
  none = mun_master_list_audit (self->master, 0, G_MAXINT64, NULL, NULL, 0, NULL);
  g_assert_cmpuint (json_array_get_length (none), ==, 0);
  fault_vfs_arm (FAULT_VFS_SYNC, 1, SQLITE_IOERR_FSYNC, TRUE);
  g_assert_true (mun_master_append_audits (self->master, records, 3, NULL));
  g_assert_false (fault_vfs_disarm ());
  all = mun_master_list_audit (self->master, 0, G_MAXINT64, NULL, NULL, 0, NULL);
  g_assert_cmpuint (json_array_get_length (all), ==, 3);
  g_assert_cmpstr (mun_json_get_string (json_array_get_object_element (all, 0), "userName", NULL),
                   ==, "carl");
  g_assert_cmpstr (mun_json_get_string (json_array_get_object_element (all, 0), "details", NULL),
                   ==, "folder anna: 1 archived");
}

static gpointer
write_one_main (gpointer data)
{
  g_autoptr (GError) error = NULL;

  mun_master_append_audit (data, "admin", "UserLogin", NULL, &error);
  g_assert_no_error (error);
  return NULL;
}

static guint
count_waiting (MunMaster *master, gboolean *is_writing)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&master->audit_lock);

  *is_writing = master->audit_writing;
  return master->audit_waiting.length;
}

/* What comes while a commit is under way shares the next one: more than two to the disk fail here.
 */
static void
test_audit_shares (Fixture *self, gconstpointer data)
{
  GThread *threads[WRITERS];
  gboolean is_writing = FALSE;

  g_mutex_lock (&self->master->lock);
  threads[0] = g_thread_new ("audit", write_one_main, self->master);
  while (count_waiting (self->master, &is_writing) != 0 || !is_writing)
    g_thread_yield ();
  for (guint i = 1; i < WRITERS; i++)
    threads[i] = g_thread_new ("audit", write_one_main, self->master);
  while (count_waiting (self->master, &is_writing) != WRITERS - 1)
    g_thread_yield ();
  fault_vfs_arm (FAULT_VFS_SYNC, 2, SQLITE_IOERR_FSYNC, TRUE);
  g_mutex_unlock (&self->master->lock);
  for (guint i = 0; i < WRITERS; i++)
    g_thread_join (threads[i]);
  g_assert_false (fault_vfs_disarm ());
}

/* A user is found while a commit is under way, and as he was after the last one. */
static void
test_read_during_write (Fixture *self, gconstpointer data)
{
  g_autoptr (JsonObject) details = json_object_new ();
  g_autoptr (JsonObject) user = NULL;
  g_autoptr (GError) error = NULL;

  json_object_set_string_member (details, "fullName", "Anna");
  g_assert_true (mun_master_add_user (self->master, "anna", details, NULL));
  g_mutex_lock (&self->master->lock);
  user = mun_master_get_user (self->master, "anna", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (mun_json_get_string (user, "fullName", NULL), ==, "Anna");
  g_mutex_unlock (&self->master->lock);
}

static void
test_audit (Fixture *self, gconstpointer data)
{
  g_autoptr (JsonObject) details = object ("{\"folder\":\"anna\"}");
  g_autoptr (JsonArray) all = NULL, few = NULL, of_type = NULL;
  JsonObject *newest;

  g_assert_true (
      mun_master_append_audit (self->master, "admin", "MessageRetrieveContent", details, NULL));
  g_assert_true (mun_master_append_audit (self->master, "Admin", "UserLogin", NULL, NULL));
  all = mun_master_list_audit (self->master, 0, G_MAXINT64, "ADMIN", NULL, 0, NULL);
  g_assert_cmpuint (json_array_get_length (all), ==, 2);
  newest = json_array_get_object_element (all, 0);
  g_assert_cmpstr (mun_json_get_string (newest, "eventType", ""), ==, "UserLogin");
  g_assert_cmpint (mun_json_get_int (newest, "time", 0), >, 0);
  few = mun_master_list_audit (self->master, 0, G_MAXINT64, NULL, NULL, 1, NULL);
  g_assert_cmpuint (json_array_get_length (few), ==, 1);
  of_type = mun_master_list_audit (self->master, 0, G_MAXINT64, NULL, "MessageRetrieveContent", 0,
                                   NULL);
  g_assert_cmpstr (mun_json_get_string (json_array_get_object_element (of_type, 0), "folder", ""),
                   ==, "anna");
}

static void
test_newer (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *garbage = g_strnfill (9000, 'x');

  g_clear_object (&self->master);
  g_assert_true (g_file_set_contents (self->path, garbage, -1, NULL));
  g_assert_null (mun_master_open (self->path, self->key, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_DAMAGED);
}

/* What was large and is gone takes no space on the disk. */
static void
test_compact (Fixture *self, gconstpointer data)
{
  g_autofree char *large = g_strnfill (5 * 1024 * 1024, 'x');
  g_autofree char *kept = NULL;
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  guint64 given_back = 0;
  GStatBuf status;

  g_assert_true (mun_master_set_setting (self->master, "kept", "this", NULL));
  g_assert_true (mun_master_set_setting (self->master, "large", large, NULL));
  g_assert_true (mun_master_set_setting (self->master, "large", NULL, NULL));
  g_cancellable_cancel (cancelled);
  g_assert_false (mun_master_compact (self->master, &given_back, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  mun_master_compact (self->master, &given_back, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (given_back, >, 2 * 1024 * 1024);
  g_assert_cmpint (g_stat (self->path, &status), ==, 0);
  g_assert_cmpint (status.st_size, <, 1024 * 1024);
  reopen (self);
  kept = mun_master_get_setting (self->master, "kept", NULL);
  g_assert_cmpstr (kept, ==, "this");
}

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fault_vfs_install ();
  ADD ("/master/users", test_users);
  ADD ("/master/settings", test_settings);
  ADD ("/master/profiles", test_profiles);
  ADD ("/master/results", test_results);
  ADD ("/master/interrupted", test_interrupted);
  ADD ("/master/credentials", test_credentials);
  ADD ("/master/checkpoints", test_checkpoints);
  ADD ("/master/audit", test_audit);
  ADD ("/master/audit-groups", test_audit_groups);
  ADD ("/master/compact", test_compact);
  ADD ("/master/read-during-write", test_read_during_write);
  ADD ("/master/audit-shares", test_audit_shares);
  ADD ("/master/audit-together", test_audit_together);
  ADD ("/master/not-a-database", test_newer);
  return g_test_run ();
}
