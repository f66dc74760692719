/* test-store-key.c: the key of a store, where it stands, and what opens it */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive-attach.h"
#include "archive-keys.h"
#include "archive-recover.h"
#include "database.h"
#include "errors.h"
#include "fault-mail.h"
#include "recovery-key.h"

#include <glib/gstdio.h>
#include <string.h>

static char *
dup_path (ArchiveFixture *fixture, const char *name)
{
  return g_build_filename (fixture->dir, "stores/1", name, NULL);
}

static char *
read_text (ArchiveFixture *fixture, const char *name)
{
  g_autofree char *path = dup_path (fixture, name);
  char *text;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

static void
write_text (ArchiveFixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = dup_path (fixture, name);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* Returns: why store 1 cannot be opened, or NULL. */
static char *
dup_problem (ArchiveFixture *fixture)
{
  g_autoptr (JsonArray) stores = mun_archive_list_stores (fixture->archive, FALSE);
  JsonObject *store = json_array_get_object_element (stores, 0);
  JsonNode *problem = json_object_get_member (store, "error");

  return JSON_NODE_HOLDS_NULL (problem) ? NULL : g_strdup (json_node_get_string (problem));
}

static void
assert_whole (ArchiveFixture *fixture, const char *text)
{
  static const char *const names[] = { "store.json", "contents/store.json" };

  fault_mail_assert (fixture->archive, 3, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *present = read_text (fixture, names[i]);

    g_assert_cmpstr (present, ==, text);
  }
}

/* Of the three places where it stands, one is enough; the others are written again. */
static void
test_damaged (ArchiveFixture *fixture, gconstpointer data)
{
  static const char *const damaged[] = {
    "",
    "x",
    "{}",
    "[]",
    "{\"guid\":\"00112233445566778899aabbccddeeff\",\"keys\":[1]}",
    "{\"guid\":\"00112233445566778899aabbccddeeff\",\"keys\":[{\"master\":\"AAAA\"}]}",
    "{\"guid\":\"00112233445566778899aabbccddeeff\",\"keys\":[{\"master\":7}]}",
    /* another key sealed it */
    "{\"guid\":\"00112233445566778899aabbccddeeff\",\"keys\":[{\"master\":"
    "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}]}",
  };
  g_autofree char *text = read_text (fixture, "store.json");
  g_autofree char *path = dup_path (fixture, "store.json");
  g_autofree char *copy = dup_path (fixture, "contents/store.json");
  g_autofree char *problem = NULL;

  g_assert_true (fault_mail_deliver (fixture->archive, 0, 3, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (damaged); i++) {
    g_clear_object (&fixture->archive);
    write_text (fixture, "store.json", damaged[i]);
    if (i % 2 == 0)
      write_text (fixture, "contents/store.json", damaged[i]);
    archive_fixture_reopen (fixture);
    assert_whole (fixture, text);
  }
  /* The catalogue's copy alone. */
  g_clear_object (&fixture->archive);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_unlink (copy), ==, 0);
  archive_fixture_reopen (fixture);
  assert_whole (fixture, text);
  /* None. */
  g_clear_object (&fixture->archive);
  write_text (fixture, "store.json", "{}");
  write_text (fixture, "contents/store.json", "{}");
  {
    g_autofree char *catalogue = archive_fixture_dup_catalogue (fixture);
    g_autoptr (MunDatabase) database = mun_database_open (catalogue, MUN_DATABASE_WRITER, NULL);

    g_assert_true (mun_database_exec (database,
                                      "UPDATE meta SET value = '{}' WHERE key = 'store_json'",
                                      NULL));
  }
  archive_fixture_reopen (fixture);
  problem = dup_problem (fixture);
  g_assert_nonnull (strstr (problem, path));
  g_clear_object (&fixture->archive);
  write_text (fixture, "contents/store.json", text);
  archive_fixture_reopen (fixture);
  assert_whole (fixture, text);
}

/* --- recovery keys --- */

/* The last letter of the second word: as one character, and as two. */
#define PASSPHRASE "correct caf\303\251 battery staple"
#define SAME_PASSPHRASE "correct cafe\314\201 battery staple"

static MunSecret *
secret (const char *text)
{
  return mun_secret_new (text, strlen (text));
}

static void
set_recovery_key (ArchiveFixture *fixture, const char *passphrase)
{
  g_autoptr (MunSecret) key = passphrase != NULL ? secret (passphrase) : NULL;
  g_autoptr (JsonArray) stores = NULL;
  g_autoptr (GError) error = NULL;

  mun_archive_set_recovery_key (fixture->archive, 1, key, &error);
  g_assert_no_error (error);
  stores = mun_archive_list_stores (fixture->archive, FALSE);
  g_assert_true (
      json_object_get_boolean_member (json_array_get_object_element (stores, 0), "hasRecoveryKey")
      == (passphrase != NULL));
}

static void
copy_dir (const char *from, const char *to)
{
  g_autoptr (GDir) dir = g_dir_open (from, 0, NULL);
  const char *name;

  g_assert_cmpint (g_mkdir (to, 0700), ==, 0);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *source = g_build_filename (from, name, NULL);
    g_autofree char *target = g_build_filename (to, name, NULL);
    g_autofree char *data = NULL;
    gsize length;

    if (g_file_test (source, G_FILE_TEST_IS_DIR)) {
      copy_dir (source, target);
      continue;
    }
    g_assert_true (g_file_get_contents (source, &data, &length, NULL));
    g_assert_true (g_file_set_contents (target, data, length, NULL));
  }
}

/* Another installation, with another master key; its store 1 is a copy of this one's. */
static void
set_up_other (ArchiveFixture *other, ArchiveFixture *fixture)
{
  g_autofree char *from = NULL, *to = NULL;
  g_autoptr (GError) error = NULL;

  other->dir = g_dir_make_tmp ("muniment-other-XXXXXX", &error);
  g_assert_no_error (error);
  other->key = mun_secret_new ("another master key of 32 bytes..", 32);
  other->archive = mun_archive_open (other->dir, other->key, &error);
  g_assert_no_error (error);
  g_clear_object (&other->archive);
  g_clear_object (&fixture->archive);
  from = g_build_filename (fixture->dir, "stores/1", NULL);
  to = g_build_filename (other->dir, "stores/1", NULL);
  archive_fixture_remove_dir (to);
  copy_dir (from, to);
  archive_fixture_reopen (fixture);
  archive_fixture_reopen (other);
}

static void
assert_locked (ArchiveFixture *other, const char *remedy)
{
  g_autofree char *problem = dup_problem (other);

  g_assert_nonnull (problem);
  g_test_message ("%s", problem);
  g_assert_nonnull (strstr (problem, "locked"));
  g_assert_nonnull (strstr (problem, remedy));
}

static void
assert_unlock_fails (ArchiveFixture *other, const char *passphrase, MunError code)
{
  g_autoptr (MunSecret) key = secret (passphrase);
  g_autoptr (GError) error = NULL;

  g_assert_false (mun_archive_unlock_store (other->archive, 1, key, &error));
  g_assert_error (error, MUN_ERROR, (int)code);
  g_test_message ("%s", error->message);
  g_assert_null (strstr (error->message, passphrase));
}

static void
unlock (ArchiveFixture *other, const char *passphrase)
{
  g_autoptr (MunSecret) key = secret (passphrase);
  g_autoptr (GError) error = NULL;

  mun_archive_unlock_store (other->archive, 1, key, &error);
  g_assert_no_error (error);
}

static void
test_unlock (ArchiveFixture *fixture, gconstpointer data)
{
  ArchiveFixture other = { 0 };
  g_autofree char *before = NULL, *after = NULL;

  g_assert_true (fault_mail_deliver (fixture->archive, 0, 3, NULL));
  set_recovery_key (fixture, PASSPHRASE);
  set_up_other (&other, fixture);
  assert_locked (&other, "UnlockStore");
  before = read_text (&other, "store.json");
  assert_unlock_fails (&other, "correct cafe battery staple", MUN_ERROR_AUTHENTICATION);
  assert_locked (&other, "UnlockStore");
  after = read_text (&other, "store.json");
  g_assert_cmpstr (before, ==, after);
  unlock (&other, SAME_PASSPHRASE);
  fault_mail_assert (other.archive, 3, FALSE);
  assert_unlock_fails (&other, PASSPHRASE, MUN_ERROR_INVALID);
  archive_fixture_reopen (&other);
  fault_mail_assert (other.archive, 3, FALSE);
  g_assert_true (fault_mail_deliver (other.archive, 3, 3, NULL));
  g_assert_cmpuint (archive_fixture_verify (other.archive, NULL), ==, 0);
  archive_fixture_tear_down (&other, NULL);
  /* Here it was open all the time, and goes on. */
  assert_unlock_fails (fixture, PASSPHRASE, MUN_ERROR_INVALID);
  fault_mail_assert (fixture->archive, 3, FALSE);
}

/* With the catalogue lost as well. */
static void
test_recover (ArchiveFixture *fixture, gconstpointer data)
{
  ArchiveFixture other = { 0 };
  g_autofree char *path = NULL, *report = NULL;
  g_autoptr (MunSecret) key = secret (PASSPHRASE), wrong = secret ("another long passphrase");
  g_autoptr (GError) error = NULL;

  g_assert_true (fault_mail_deliver (fixture->archive, 0, 3, NULL));
  set_recovery_key (fixture, PASSPHRASE);
  set_up_other (&other, fixture);
  path = archive_fixture_dup_catalogue (&other);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_false (
      mun_archive_recover_store (other.archive, 1, FALSE, NULL, NULL, NULL, &report, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_AUTHENTICATION);
  g_clear_error (&error);
  g_assert_false (mun_archive_unlock_closed (other.archive, 1, wrong, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_AUTHENTICATION);
  g_clear_error (&error);
  mun_archive_unlock_closed (other.archive, 1, key, &error);
  g_assert_no_error (error);
  mun_archive_recover_store (other.archive, 1, FALSE, NULL, NULL, NULL, &report, &error);
  g_assert_no_error (error);
  fault_mail_assert (other.archive, 3, FALSE);
  archive_fixture_tear_down (&other, NULL);
}

/* It stays through a renewal; it is replaced; it goes. */
static void
test_changes (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (MunSecret) next = mun_secret_new ("one more master key, of 32 bytes", 32);
  g_autoptr (MunSecret) brief = secret ("too brief");
  g_autoptr (GError) error = NULL;
  g_autofree char *report = NULL;
  MunKeyRenewal done;
  ArchiveFixture other = { 0 };

  g_assert_true (fault_mail_deliver (fixture->archive, 0, 3, NULL));
  g_assert_false (mun_archive_set_recovery_key (fixture->archive, 1, brief, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
  g_clear_error (&error);
  set_recovery_key (fixture, "the first recovery key");
  set_recovery_key (fixture, PASSPHRASE);
  mun_archive_renew_key (fixture->archive, next, NULL, NULL, &done, &report, &error);
  g_assert_no_error (error);
  g_clear_object (&fixture->archive);
  mun_secret_unref (fixture->key);
  fixture->key = mun_secret_ref (next);
  archive_fixture_reopen (fixture);
  fault_mail_assert (fixture->archive, 3, FALSE);
  set_up_other (&other, fixture);
  assert_unlock_fails (&other, "the first recovery key", MUN_ERROR_AUTHENTICATION);
  unlock (&other, PASSPHRASE);
  fault_mail_assert (other.archive, 3, FALSE);
  archive_fixture_tear_down (&other, NULL);
  set_recovery_key (fixture, NULL);
  memset (&other, 0, sizeof other);
  set_up_other (&other, fixture);
  assert_locked (&other, "no recovery key");
  assert_unlock_fails (&other, PASSPHRASE, MUN_ERROR_NOT_FOUND);
  archive_fixture_tear_down (&other, NULL);
}

/* A disabled store has one as well; what was set is in no file. */
static void
test_closed (ArchiveFixture *fixture, gconstpointer data)
{
  ArchiveFixture other = { 0 };
  g_autoptr (GError) error = NULL;
  static const char *const names[]
      = { "store.json", "contents/store.json", "catalogue.db", "catalogue.db-wal" };

  g_assert_true (fault_mail_deliver (fixture->archive, 0, 3, NULL));
  g_assert_cmpint (mun_archive_create_store (fixture->archive, "next", "current", NULL), ==, 2);
  g_assert_true (mun_archive_set_store_state (fixture->archive, 1, "disabled", NULL));
  set_recovery_key (fixture, PASSPHRASE);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = dup_path (fixture, names[i]), *text = NULL;
    gsize length;

    if (g_file_get_contents (path, &text, &length, NULL))
      g_assert_null (memmem (text, length, PASSPHRASE, strlen (PASSPHRASE)));
  }
  g_assert_true (mun_archive_set_store_state (fixture->archive, 1, "normal", NULL));
  fault_mail_assert (fixture->archive, 3, FALSE);
  set_up_other (&other, fixture);
  unlock (&other, PASSPHRASE);
  fault_mail_assert (other.archive, 3, FALSE);
  archive_fixture_tear_down (&other, NULL);
  g_assert_false (mun_archive_set_recovery_key (fixture->archive, 77, NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
}

static char *
dup_stores_path (ArchiveFixture *fixture, const char *name)
{
  return g_build_filename (fixture->dir, "stores", name, NULL);
}

static void
assert_attach_fails (ArchiveFixture *fixture, const char *name, const char *dir, MunError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (mun_archive_attach_store (fixture->archive, name, dir, NULL, &error), ==, 0);
  g_assert_error (error, MUN_ERROR, (int)code);
  g_test_message ("%s", error->message);
}

/* A folder from another installation, put beside the others. */
static void
test_attach (ArchiveFixture *fixture, gconstpointer data)
{
  ArchiveFixture other = { 0 };
  g_autoptr (MunSecret) key = secret (PASSPHRASE);
  g_autoptr (GError) error = NULL;
  g_autofree char *from = dup_stores_path (fixture, "1");
  g_autofree char *own = NULL, *foreign = NULL, *empty = NULL, *second = NULL, *copy = NULL;

  g_assert_true (fault_mail_deliver (fixture->archive, 0, 3, NULL));
  set_recovery_key (fixture, PASSPHRASE);
  other.dir = g_dir_make_tmp ("muniment-other-XXXXXX", NULL);
  other.key = mun_secret_new ("another master key of 32 bytes..", 32);
  archive_fixture_reopen (&other);
  own = dup_stores_path (&other, "1");
  foreign = dup_stores_path (&other, "foreign");
  copy = dup_stores_path (&other, "copy");
  empty = dup_stores_path (&other, "empty");
  second = dup_stores_path (&other, "2");
  g_clear_object (&fixture->archive);
  copy_dir (from, foreign);
  archive_fixture_reopen (fixture);
  g_assert_cmpint (g_mkdir (empty, 0700), ==, 0);
  assert_attach_fails (&other, "x", NULL, MUN_ERROR_INVALID);
  assert_attach_fails (&other, "x", "stores/foreign", MUN_ERROR_INVALID);
  assert_attach_fails (&other, "x", from, MUN_ERROR_INVALID);
  assert_attach_fails (&other, "x", empty, MUN_ERROR_INVALID);
  assert_attach_fails (&other, "x", own, MUN_ERROR_EXISTS);
  assert_attach_fails (&other, "", foreign, MUN_ERROR_INVALID);
  g_assert_cmpint (g_mkdir (second, 0700), ==, 0);
  assert_attach_fails (&other, "x", foreign, MUN_ERROR_EXISTS);
  g_assert_cmpint (g_rmdir (second), ==, 0);
  /* It is locked, and therefore not the one that takes mail. */
  g_assert_cmpint (mun_archive_attach_store (other.archive, "moved", foreign, "current", &error),
                   ==, 2);
  g_assert_no_error (error);
  g_assert_false (g_file_test (foreign, G_FILE_TEST_EXISTS));
  g_assert_cmpint (mun_archive_get_current_store (other.archive), ==, 1);
  mun_archive_unlock_store (other.archive, 2, key, &error);
  g_assert_no_error (error);
  fault_mail_assert (other.archive, 3, FALSE);
  archive_fixture_reopen (&other);
  fault_mail_assert (other.archive, 3, FALSE);
  /* The same once more would show every message twice. */
  copy_dir (from, copy);
  assert_attach_fails (&other, "x", copy, MUN_ERROR_EXISTS);
  archive_fixture_tear_down (&other, NULL);
}

/* What somebody else wrote there: no crash, no hours of work. */
static void
test_strange (ArchiveFixture *fixture, gconstpointer data)
{
  static const struct {
    const char *recovery;
    MunError code;
  } cases[] = {
    { "7", MUN_ERROR_NOT_FOUND },
    { "{}", MUN_ERROR_DAMAGED },
    { "{\"kdf\":\"rot13\",\"iterations\":1,\"salt\":\"AAAA\",\"sealed\":\"AAAA\"}",
      MUN_ERROR_DAMAGED },
    { "{\"kdf\":\"pbkdf2-sha256\",\"iterations\":0,\"salt\":\"AAAA\",\"sealed\":\"AAAA\"}",
      MUN_ERROR_DAMAGED },
    { "{\"kdf\":\"pbkdf2-sha256\",\"iterations\":4000000000,\"salt\":\"AAAA\",\"sealed\":\"AAAA\"}",
      MUN_ERROR_DAMAGED },
    { "{\"kdf\":\"pbkdf2-sha256\",\"iterations\":1,\"salt\":\"\",\"sealed\":\"AAAA\"}",
      MUN_ERROR_DAMAGED },
    { "{\"kdf\":\"pbkdf2-sha256\",\"iterations\":1,\"salt\":\"AAAA\",\"sealed\":\"AAAA\"}",
      MUN_ERROR_AUTHENTICATION },
  };
  g_autoptr (MunSecret) key = secret (PASSPHRASE);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *text
        = g_strdup_printf ("{\"guid\":\"00112233445566778899aabbccddeeff\",\"keys\":[{\"master\":"
                           "\"AAAA\",\"recovery\":%s}]}",
                           cases[i].recovery);
    g_autoptr (GError) error = NULL;
    g_auto (MunStoreKey) found = { 0 };

    g_assert_false (mun_recovery_key_open (&found, text, "here", key, &error));
    g_test_message ("%s: %s", cases[i].recovery, error->message);
    g_assert_error (error, MUN_ERROR, (int)cases[i].code);
  }
}

#define ADD(name, function)                                                                        \
  g_test_add ("/store-key/" name, ArchiveFixture, NULL, archive_fixture_set_up, function,          \
              archive_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* A store that cannot be opened is a warning. */
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  ADD ("damaged", test_damaged);
  ADD ("unlock", test_unlock);
  ADD ("recover", test_recover);
  ADD ("changes", test_changes);
  ADD ("closed", test_closed);
  ADD ("attach", test_attach);
  ADD ("strange", test_strange);
  return g_test_run ();
}
