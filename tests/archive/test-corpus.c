/* test-corpus.c: real mail, thousands of it: nothing lost, nothing changed, everything found */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive-fixture.h"
#include "json.h"
#include "message.h"

#include <glib/gstdio.h>
#include <string.h>

#define BATCH 500

static char *corpus_dir;

/* The folder of the archives (*.tar.xz), or NULL. */
static char *
find_archives (void)
{
  const char *wanted = g_getenv ("MUNIMENT_CORPUS");
  g_autofree char *beside = NULL;

  if (wanted != NULL)
    return g_file_test (wanted, G_FILE_TEST_IS_DIR) ? g_strdup (wanted) : NULL;
  beside = g_build_filename (g_getenv ("MUNIMENT_SOURCE_DIR") != NULL
                                 ? g_getenv ("MUNIMENT_SOURCE_DIR")
                                 : ".",
                             "..", "shared", "corpora", NULL);
  return g_file_test (beside, G_FILE_TEST_IS_DIR) ? g_steal_pointer (&beside) : NULL;
}

static gboolean
unpack (const char *archive, const char *into)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) tar = NULL;

  if (g_file_test (into, G_FILE_TEST_IS_DIR))
    return TRUE;
  g_mkdir_with_parents (into, 0700);
  tar = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, "tar", "-xJf", archive, "-C", into,
                          NULL);
  if (tar != NULL && g_subprocess_wait_check (tar, NULL, &error))
    return TRUE;
  g_test_message ("unpacking %s: %s", archive, error->message);
  archive_fixture_remove_dir (into);
  return FALSE;
}

/* Unpacks what is there beside the build; NULL with a reason when there is nothing. */
static char *
prepare_corpus (const char **reason)
{
  g_autofree char *archives = find_archives ();
  const char *build = g_getenv ("MUNIMENT_BUILD_DIR");
  g_autofree char *target = g_build_filename (build != NULL ? build : ".", "corpus", NULL);
  g_autoptr (GDir) dir = archives != NULL ? g_dir_open (archives, 0, NULL) : NULL;
  const char *name;
  guint count = 0;

  *reason = "neither $MUNIMENT_CORPUS nor ../shared/corpora holds *.tar.xz";
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *archive = g_build_filename (archives, name, NULL);
    g_autofree char *base = g_strndup (name, strcspn (name, "."));
    g_autofree char *into = g_build_filename (target, base, NULL);

    if (!g_str_has_suffix (name, ".tar.xz"))
      continue;
    if (!unpack (archive, into)) {
      *reason = "the corpus cannot be unpacked";
      return NULL;
    }
    count++;
  }
  return count > 0 ? g_steal_pointer (&target) : NULL;
}

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

static GBytes *
load (const char *path)
{
  char *data;
  gsize length;

  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  return g_bytes_new_take (data, length);
}

/* Archives files FIRST to END - 1 and keeps their ids. */
static void
deliver (MunArchive *archive, GPtrArray *files, guint first, guint end, GPtrArray *ids)
{
  g_autofree MunDelivery *items = g_new0 (MunDelivery, end - first);
  g_autofree MunDelivery **pointers = g_new0 (MunDelivery *, end - first);
  g_autoptr (GError) error = NULL;

  for (guint i = first; i < end; i++) {
    items[i - first].raw = load (g_ptr_array_index (files, i));
    items[i - first].folder = "anna/Maildir corpus/Inbox";
    pointers[i - first] = &items[i - first];
  }
  mun_archive_deliver (archive, pointers, end - first, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < end - first; i++) {
    g_assert_no_error (items[i].error);
    g_assert_cmpint (items[i].result, !=, MUN_DELIVERY_FAILED);
    g_ptr_array_add (ids, g_strdup (items[i].message_id));
    mun_delivery_clear (&items[i]);
    g_bytes_unref (items[i].raw);
  }
}

/* The longest run of letters and digits. */
static char *
longest_word (const char *text)
{
  const char *best = NULL, *start = NULL;
  gsize length = 0;

  for (const char *p = text;; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    if (c != 0 && g_unichar_isalnum (c)) {
      start = start != NULL ? start : p;
      continue;
    }
    if (start != NULL && (gsize)(p - start) > length) {
      best = start;
      length = p - start;
    }
    start = NULL;
    if (c == 0)
      return best != NULL ? g_strndup (best, length) : NULL;
  }
}

static gboolean
is_found (MunArchive *archive, const char *id, const char *word, gint64 date)
{
  g_autoptr (MunQuery) query = mun_query_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MunSearch) search = NULL;
  g_autoptr (JsonArray) page = NULL;

  query->text = g_strdup (word);
  query->scopes = MUN_SCOPE_SUBJECT;
  query->date_from = date;
  query->date_to = date + 1;
  search = mun_archive_search (archive, query, &error);
  g_assert_no_error (error);
  page = mun_search_get_page (search, 0, 5000, MUN_SORT_DATE, TRUE, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < json_array_get_length (page); i++)
    if (g_str_equal (mun_json_get_string (json_array_get_object_element (page, i), "id", ""), id))
      return TRUE;
  return FALSE;
}

typedef struct {
  guint damaged, searched;
} Counts;

static void
check (MunArchive *archive, const char *file, const char *id, Counts *counts)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) expected = load (file);
  g_autoptr (GBytes) raw = mun_archive_read_message (archive, id, &error);
  g_autoptr (JsonObject) info = mun_archive_message_info (archive, id, NULL);
  g_autoptr (MunMessage) message = NULL;
  g_autofree char *word = NULL;

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (raw, expected));
  message = mun_message_parse (raw);
  g_assert_cmpint (mun_json_get_bool (info, "damaged", FALSE), ==,
                   mun_message_is_damaged (message));
  if (mun_message_is_damaged (message)) {
    counts->damaged++;
    g_assert_true (mun_json_has (info, "damageNote"));
  }
  word = longest_word (mun_message_get_subject (message));
  if (word == NULL)
    return;
  counts->searched++;
  if (!is_found (archive, id, word, mun_json_get_int (info, "date", 0)))
    g_error ("%s is not found by “%s” of its subject “%s”", file, word,
             mun_message_get_subject (message));
}

static void
test_corpus (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  Counts counts = { 0 };
  guint64 messages, bytes;

  collect (corpus_dir, files);
  g_assert_cmpuint (files->len, >, 0);
  for (guint first = 0; first < files->len; first += BATCH)
    deliver (fixture->archive, files, first, MIN (first + BATCH, files->len), ids);
  archive_fixture_reopen (fixture);
  for (guint i = 0; i < files->len; i++)
    check (fixture->archive, g_ptr_array_index (files, i), g_ptr_array_index (ids, i), &counts);
  mun_archive_get_totals (fixture->archive, &messages, &bytes);
  g_test_message ("%u files, %" G_GUINT64_FORMAT " distinct, %u damaged, %u found by their subject",
                  files->len, messages, counts.damaged, counts.searched);
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

/* The index forgets every message as it knew it. */
static void
test_delete_all (ArchiveFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *found = NULL;
  guint64 messages, bytes;

  collect (corpus_dir, files);
  g_ptr_array_set_size (files, MIN (files->len, BATCH));
  deliver (fixture->archive, files, 0, files->len, ids);
  for (guint i = 0; i < ids->len; i++)
    mun_archive_delete_message (fixture->archive, g_ptr_array_index (ids, i), NULL);
  mun_archive_get_totals (fixture->archive, &messages, &bytes);
  g_assert_cmpuint (messages, ==, 0);
  g_assert_cmpuint (bytes, ==, 0);
  found = archive_fixture_find_text (fixture->archive, "e*");
  g_assert_cmpstr (found, ==, "");
  g_assert_cmpuint (archive_fixture_verify (fixture->archive, NULL), ==, 0);
}

int
main (int argc, char **argv)
{
  const char *reason = NULL;

  g_test_init (&argc, &argv, NULL);
  corpus_dir = prepare_corpus (&reason);
  if (corpus_dir == NULL) {
    g_print ("1..0 # SKIP %s\n", reason);
    return 0;
  }
  g_test_add ("/corpus/import", ArchiveFixture, NULL, archive_fixture_set_up, test_corpus,
              archive_fixture_tear_down);
  g_test_add ("/corpus/delete", ArchiveFixture, NULL, archive_fixture_set_up, test_delete_all,
              archive_fixture_tear_down);
  return g_test_run ();
}
