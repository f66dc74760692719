/* test-store-key.c: the key of a store, where it stands, and what opens it */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "contents.h"
#include "database.h"
#include "errors.h"
#include "fault-mail.h"
#include "store-key.h"

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
  return g_test_run ();
}
