/* test-file-sources.c: mbox, Maildir and EML sources on real files */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "eml-source.h"
#include "errors.h"
#include "maildir-source.h"
#include "mbox-source.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct {
  char *root;
  GHashTable *known; /* keys that the archive is said to have */
  GPtrArray *notes;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->root = g_dir_make_tmp ("muniment-sources-XXXXXX", NULL);
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->notes = g_ptr_array_new_with_free_func (g_free);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK) && (dir = g_dir_open (path, 0, NULL)) != NULL)
    while ((name = g_dir_read_name (dir)) != NULL) {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  remove_tree (self->root);
  g_free (self->root);
  g_hash_table_unref (self->known);
  g_ptr_array_unref (self->notes);
}

static char *
write_file (Fixture *self, const char *name, const char *contents, gssize length)
{
  char *path = g_build_filename (self->root, name, NULL);
  g_autofree char *directory = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, contents, length, NULL));
  return path;
}

static void
put (Fixture *self, const char *name, const char *contents)
{
  g_free (write_file (self, name, contents, -1));
}

static gboolean
want (const char *key, gpointer user_data)
{
  return !g_hash_table_contains (((Fixture *)user_data)->known, key);
}

static void
note (const char *item, const char *step, const char *reason, gpointer user_data)
{
  g_ptr_array_add (((Fixture *)user_data)->notes, g_strdup (item));
}

/* Reads everything; returns "path: text" lines, sorted by the source's own order. Read messages
 * become known. *checkpoint (nullable) goes in for the only folder and comes out. */
static char *
read_all (Fixture *self, MunSource *source, char **checkpoint)
{
  MunSourceHost host = { 2, 1024, want, note, NULL, self, NULL };
  GString *text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) folders = mun_source_list_folders (source, &host, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < folders->len; i++) {
    MunSourceFolder *folder = folders->pdata[i];
    gboolean last = FALSE;

    mun_source_begin_folder (source, folder, checkpoint == NULL ? NULL : *checkpoint, NULL, &error);
    g_assert_no_error (error);
    while (!last) {
      g_autoptr (MunSourceBatch) batch = mun_source_next_batch (source, &host, NULL, &error);
      char *now;

      g_assert_no_error (error);
      g_assert_cmpuint (batch->items->len, <=, 2);
      for (guint j = 0; j < batch->items->len; j++) {
        MunSourceItem *item = batch->items->pdata[j];

        g_assert_true ((item->state == MUN_SOURCE_READ) == (item->raw != NULL));
        if (item->raw == NULL) {
          g_assert_nonnull (item->reason);
          g_string_append_printf (text, "%s: %s\n", folder->path,
                                  item->state == MUN_SOURCE_FAILED ? "FAILED" : "SKIPPED");
          continue;
        }
        g_string_append_printf (text, "%s: %.*s\n", folder->path, (int)g_bytes_get_size (item->raw),
                                (const char *)g_bytes_get_data (item->raw, NULL));
        if (item->key != NULL)
          g_hash_table_add (self->known, g_strdup (item->key));
      }
      last = batch->last;
      now = mun_source_dup_checkpoint (source, batch);
      if (checkpoint != NULL && now != NULL) {
        g_free (*checkpoint);
        *checkpoint = now;
      } else {
        g_free (now);
      }
    }
  }
  return g_string_free (text, FALSE);
}

static void
expect (Fixture *self, MunSource *source, char **checkpoint, const char *expected)
{
  g_autofree char *text = read_all (self, source, checkpoint);

  g_assert_cmpstr (text, ==, expected);
}

#define SEPARATOR "From alice Sat Jan  3 01:05:34 1998\n"

/* The checkpoint of a batch, asked for when the next one has been read already. */
static void
test_mbox_ahead (Fixture *self, gconstpointer data)
{
  g_autofree char *path
      = write_file (self, "inbox", SEPARATOR "1\n\n" SEPARATOR "2\n\n" SEPARATOR "3\n", -1);
  g_autoptr (MunSource) source = mun_mbox_source_new (path, FALSE);
  g_autoptr (GPtrArray) folders = mun_source_list_folders (source, NULL, NULL, NULL);
  g_autoptr (MunSourceBatch) first = NULL;
  g_autoptr (MunSourceBatch) second = NULL;
  g_autofree char *checkpoint = NULL;
  MunSourceHost host = { 1, 1024, want, note, NULL, self, NULL };

  g_assert_true (mun_source_reads_ahead (source));
  g_assert_true (mun_source_begin_folder (source, folders->pdata[0], NULL, NULL, NULL));
  first = mun_source_next_batch (source, &host, NULL, NULL);
  second = mun_source_next_batch (source, &host, NULL, NULL);
  g_assert_cmpuint (second->items->len, ==, 1);
  checkpoint = mun_source_dup_checkpoint (source, first);
  expect (self, source, &checkpoint, ": 2\n\n: 3\n\n");
}

static void
test_mbox_resume (Fixture *self, gconstpointer data)
{
  g_autofree char *path
      = write_file (self, "inbox", SEPARATOR "1\n\n" SEPARATOR "2\n\n" SEPARATOR "3\n", -1);
  g_autoptr (MunSource) source = mun_mbox_source_new (path, FALSE);
  g_autofree char *checkpoint = NULL;

  expect (self, source, &checkpoint, ": 1\n\n: 2\n\n: 3\n\n");
  expect (self, source, &checkpoint, "");
  /* more mail: only that is read */
  put (self, "inbox",
       SEPARATOR "1\n\n" SEPARATOR "2\n\n" SEPARATOR "3\n" SEPARATOR "not a message\n");
  expect (self, source, &checkpoint, ": not a message\n\n");
  /* rewritten behind the same head, and shorter: from the start */
  put (self, "inbox", SEPARATOR "1\n\n" SEPARATOR "3\n");
  expect (self, source, &checkpoint, ": 1\n\n: 3\n\n");
  /* another file of the same length */
  put (self, "inbox", SEPARATOR "4\n\n" SEPARATOR "5\n");
  expect (self, source, &checkpoint, ": 4\n\n: 5\n\n");
  /* nonsense is no checkpoint */
  g_free (checkpoint);
  checkpoint = g_strdup ("{\"offset\":\"x\"");
  expect (self, source, &checkpoint, ": 4\n\n: 5\n\n");
  /* the last message grew: it is read again, whole */
  put (self, "inbox", SEPARATOR "4\n\n" SEPARATOR "5\n5\n\n" SEPARATOR "6\n");
  expect (self, source, &checkpoint, ": 4\n\n: 5\n5\n\n: 6\n\n");
}

/* What the archive refused is read again at the next run, and everything behind it. */
static void
test_mbox_refused (Fixture *self, gconstpointer data)
{
  g_autofree char *path
      = write_file (self, "inbox", SEPARATOR "1\n\n" SEPARATOR "2\n\n" SEPARATOR "3\n", -1);
  g_autoptr (MunSource) source = mun_mbox_source_new (path, FALSE);
  MunSourceHost host = { 2, 1024, want, note, NULL, self, NULL };
  g_autoptr (MunSourceFolder) folder = mun_source_folder_new ("", "", -1);
  g_autofree char *checkpoint = NULL;
  gboolean last = FALSE;

  g_assert_true (mun_source_begin_folder (source, folder, NULL, NULL, NULL));
  for (guint n = 0; !last; n++) {
    g_autoptr (MunSourceBatch) batch = mun_source_next_batch (source, &host, NULL, NULL);

    if (n == 0)
      ((MunSourceItem *)batch->items->pdata[1])->state = MUN_SOURCE_FAILED;
    last = batch->last;
    g_free (checkpoint);
    checkpoint = mun_source_dup_checkpoint (source, batch);
  }
  expect (self, source, &checkpoint, ": 2\n\n: 3\n\n");
}

static void
test_mbox_folder (Fixture *self, gconstpointer data)
{
  g_autoptr (MunSource) source = mun_mbox_source_new (self->root, FALSE);
  g_autofree char *loop = g_build_filename (self->root, "loop", NULL);
  char *no_checkpoint = NULL;

  put (self, "Inbox", SEPARATOR "1\n");
  put (self, "Inbox.msf", "// not mail\n");
  put (self, "Inbox.sbd/R&D", SEPARATOR "2\n");
  put (self, "old.mbox", SEPARATOR "3\n");
  put (self, ".hidden", SEPARATOR "4\n");
  g_assert_cmpint (symlink (self->root, loop), ==, 0);
  expect (self, source, NULL, "Inbox: 1\n\nInbox/R&D: 2\n\nold: 3\n\n");
  g_assert_cmpuint (self->notes->len, ==, 2);
  g_free (no_checkpoint);
}

static void
test_mbox_wrong (Fixture *self, gconstpointer data)
{
  g_autofree char *path = write_file (self, "letter.eml", "Subject: x\n\ny\n", -1);
  g_autoptr (MunSource) source = mun_mbox_source_new (path, FALSE);
  g_autoptr (MunSource) absent = mun_mbox_source_new ("/nonexistent/mbox", FALSE);
  g_autoptr (MunSource) empty = mun_mbox_source_new (self->root, FALSE);
  g_autoptr (MunSourceFolder) folder = mun_source_folder_new ("", "", -1);
  g_autoptr (GError) error = NULL;

  g_assert_false (mun_source_begin_folder (source, folder, NULL, NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "letter.eml"));
  g_clear_error (&error);
  g_assert_null (mun_source_list_folders (absent, NULL, NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (mun_source_list_folders (empty, NULL, NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
}

static void
test_maildir (Fixture *self, gconstpointer data)
{
  g_autoptr (MunSource) source = mun_maildir_source_new (self->root);
  g_autofree char *outside = g_build_filename (self->root, "cur", "9.link:2,", NULL);
  g_autofree char *from = g_build_filename (self->root, "new", "1.a.host", NULL);
  g_autofree char *to = g_build_filename (self->root, "cur", "1.a.host:2,S", NULL);

  put (self, "new/1.a.host", "one\r\n");
  put (self, "cur/2.b.host:2,RS", "two\n");
  put (self, "cur/3.c.host:2,T", "");
  put (self, "tmp/4.d.host", "being written");
  put (self, "cur/.5.lock", "no message");
  put (self, "dovecot.index", "no message either");
  put (self, ".Sent/cur/6.e.host:2,S", "six");
  put (self, ".Sent.2023/cur/7.f.host:2,S", "seven");
  put (self, ".Entw&APw-rfe/cur/8.g.host", "eight");
  put (self, ".git/config", "nothing");
  g_assert_cmpint (symlink ("/etc/hostname", outside), ==, 0);
  expect (self, source, NULL,
          "Inbox: one\r\n\nInbox: two\n\nInbox: SKIPPED\nInbox: SKIPPED\n"
          "Entwürfe: eight\nSent: six\nSent/2023: seven\n");
  /* read and flagged meanwhile: still the same message */
  g_assert_cmpint (g_rename (from, to), ==, 0);
  put (self, "new/10.h.host", "ten");
  expect (self, source, NULL, "Inbox: ten\nInbox: SKIPPED\nInbox: SKIPPED\n");
}

static void
test_maildir_nested (Fixture *self, gconstpointer data)
{
  g_autoptr (MunSource) source = mun_maildir_source_new (self->root);
  g_autoptr (GError) error = NULL;

  g_assert_null (mun_source_list_folders (source, NULL, NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
  put (self, "Inbox/cur/1", "1");
  put (self, "Inbox/Work.2023/new/2", "2");
  put (self,
       "Fran\xe7"
       "ais/cur/3",
       "3");
  expect (self, source, NULL, "Fran%E7ais: 3\nInbox: 1\nInbox/Work.2023: 2\n");
}

static void
test_modified_utf7 (void)
{
  static const struct {
    const char *name, *decoded;
  } cases[] = {
    { "Inbox", "Inbox" },   { "R&-D", "R&D" },
    { "&U,BTFw-", "台北" }, { "&2D3eAA-!", "😀!" },
    { "a&b", NULL },        { "&AP", NULL },
    { "&A-", NULL },        { "é", NULL },
    { "&AAA-", NULL },      { "&ZeVnLIqe-/x", "日本語/x" },
    { "&2D0-", NULL },      { "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *decoded = mun_maildir_decode_name (cases[i].name);

    g_assert_cmpstr (decoded, ==, cases[i].decoded);
  }
}

static void
test_eml (Fixture *self, gconstpointer data)
{
  g_autoptr (MunSource) source = mun_eml_source_new (self->root, FALSE);
  g_autoptr (MunSource) strict = mun_eml_source_new (self->root, TRUE);
  g_autofree char *loop = g_build_filename (self->root, "b", "up", NULL);
  g_autofree char *pipe = g_build_filename (self->root, "pipe.eml", NULL);

  put (self, "1.eml", "From bob\none");
  put (self, "2.EML", "two");
  put (self, "3", "three");
  put (self, "4.eml", "");
  put (self, "Thumbs.db", "no message");
  put (self, ".5.eml", "hidden");
  put (self, "b/c/6.eml", "six");
  put (self, "b/.git/7.eml", "hidden");
  g_assert_cmpint (symlink ("..", loop), ==, 0);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  expect (self, strict, NULL, ": From bob\none\n: two\n: SKIPPED\n: FAILED\nb/c: six\n");
  g_assert_cmpuint (self->notes->len, ==, 1);
  expect (self, source, NULL, ": three\n: SKIPPED\n: FAILED\n");
  /* replaced by a larger one: it is read again */
  put (self, "3", "three and a half");
  expect (self, source, NULL, ": three and a half\n: SKIPPED\n: FAILED\n");
}

static void
test_eml_single (Fixture *self, gconstpointer data)
{
  g_autofree char *path = write_file (self, "d/1.eml", "one", -1);
  g_autofree char *link = g_build_filename (self->root, "link.eml", NULL);
  g_autoptr (MunSource) source = mun_eml_source_new (link, FALSE);

  put (self, "d/2.eml", "two");
  g_assert_cmpint (symlink (path, link), ==, 0);
  expect (self, source, NULL, ": one\n");
}

/* Every byte value, and sizes round the reader's chunk. */
static void
test_bytes (Fixture *self, gconstpointer data)
{
  for (gsize size = 65536 - 2; size <= 65536 + 2; size++) {
    g_autofree char *contents = g_malloc (size);
    g_autofree char *path = NULL;
    g_autoptr (MunSource) source = NULL;
    g_autoptr (MunSourceFolder) folder = mun_source_folder_new ("", "", -1);
    g_autoptr (MunSourceBatch) batch = NULL;
    MunSourceHost host = { 2, 1024, NULL, NULL, NULL, NULL, NULL };
    MunSourceItem *item;

    for (gsize i = 0; i < size; i++)
      contents[i] = (char)(i * 7 + i / 256);
    path = write_file (self, "bytes", contents, (gssize)size);
    source = mun_eml_source_new (path, FALSE);
    g_assert_true (mun_source_begin_folder (source, folder, NULL, NULL, NULL));
    batch = mun_source_next_batch (source, &host, NULL, NULL);
    item = batch->items->pdata[0];
    g_assert_cmpmem (g_bytes_get_data (item->raw, NULL), g_bytes_get_size (item->raw), contents,
                     size);
  }
}

/* Above 1 MiB a message waits in a file that has no name; it is the same, to the byte. */
static void
assert_waits_in_a_file (Fixture *self, MunSource *source, const char *expected, gsize length)
{
  g_autofree char *spool = g_build_filename (self->root, "spool", NULL);
  MunSourceHost host = { 10, 100 * 1024 * 1024, NULL, NULL, NULL, NULL, spool };
  g_autoptr (GPtrArray) folders = mun_source_list_folders (source, &host, NULL, NULL);
  g_autoptr (MunSourceBatch) batch = NULL;
  g_autoptr (GError) error = NULL;
  const MunSourceItem *large, *small;

  g_mkdir_with_parents (spool, 0700);
  g_assert_true (mun_source_begin_folder (source, folders->pdata[0], NULL, NULL, NULL));
  batch = mun_source_next_batch (source, &host, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (batch->items->len, ==, 2);
  large = batch->items->pdata[0];
  small = batch->items->pdata[1];
  /* a Maildir is read in the order of its directory */
  if (g_bytes_get_size (large->raw) < g_bytes_get_size (small->raw)) {
    large = batch->items->pdata[1];
    small = batch->items->pdata[0];
  }
  g_assert_true (large->is_mapped);
  g_assert_cmpmem (g_bytes_get_data (large->raw, NULL), g_bytes_get_size (large->raw), expected,
                   length);
  g_assert_false (small->is_mapped);
  g_assert_cmpmem (g_bytes_get_data (small->raw, NULL), g_bytes_get_size (small->raw),
                   "Subject: s\n\nsmall\n", 18);
  g_assert_cmpint (g_rmdir (spool), ==, 0);
}

static void
test_large (Fixture *self, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new ("Subject: l\n\n");
  g_autofree char *mbox = NULL, *path = NULL, *maildir = NULL, *eml = NULL;
  g_autoptr (MunSource) from_mbox = NULL, from_maildir = NULL, from_eml = NULL;

  for (guint i = 0; text->len < 3 * 1024 * 1024; i++)
    g_string_append_printf (text, "line %u of a large message\n", i);
  mbox = g_strdup_printf ("From a@b Mon Nov  2 10:00:00 2026\n%s\n"
                          "From a@b Mon Nov  2 10:00:00 2026\nSubject: s\n\nsmall\n\n",
                          text->str);
  path = write_file (self, "box", mbox, -1);
  put (self, "dir/cur/1", text->str);
  put (self, "dir/cur/2", "Subject: s\n\nsmall\n");
  put (self, "eml/1.eml", text->str);
  put (self, "eml/2.eml", "Subject: s\n\nsmall\n");
  maildir = g_build_filename (self->root, "dir", NULL);
  eml = g_build_filename (self->root, "eml", NULL);
  from_mbox = mun_mbox_source_new (path, FALSE);
  from_maildir = mun_maildir_source_new (maildir);
  from_eml = mun_eml_source_new (eml, FALSE);
  assert_waits_in_a_file (self, from_mbox, text->str, text->len);
  assert_waits_in_a_file (self, from_maildir, text->str, text->len);
  assert_waits_in_a_file (self, from_eml, text->str, text->len);
}

/* Where it cannot wait, the item says so. */
static void
test_no_spool (Fixture *self, gconstpointer data)
{
  g_autofree char *text = g_strnfill (2 * 1024 * 1024, 'x');
  g_autofree char *path = write_file (self, "eml/1.eml", text, -1);
  g_autofree char *eml = g_path_get_dirname (path);
  g_autofree char *spool = g_build_filename (self->root, "missing", NULL);
  MunSourceHost host = { 10, 100 * 1024 * 1024, NULL, NULL, NULL, NULL, spool };
  g_autoptr (MunSource) source = mun_eml_source_new (eml, FALSE);
  g_autoptr (GPtrArray) folders = mun_source_list_folders (source, &host, NULL, NULL);
  g_autoptr (MunSourceBatch) batch = NULL;
  const MunSourceItem *item;

  g_assert_true (mun_source_begin_folder (source, folders->pdata[0], NULL, NULL, NULL));
  batch = mun_source_next_batch (source, &host, NULL, NULL);
  item = batch->items->pdata[0];
  g_assert_cmpint (item->state, ==, MUN_SOURCE_FAILED);
  g_assert_nonnull (strstr (item->reason, spool));
}

static void
test_cancel (Fixture *self, gconstpointer data)
{
  g_autoptr (MunSource) source = mun_maildir_source_new (self->root);
  g_autoptr (MunSourceFolder) folder = mun_source_folder_new ("", "", -1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  MunSourceHost host = { 2, 1024, want, note, NULL, self, NULL };

  put (self, "cur/1", "1");
  g_cancellable_cancel (cancellable);
  g_assert_null (mun_source_list_folders (source, &host, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  mun_source_begin_folder (source, folder, NULL, NULL, NULL);
  g_assert_null (mun_source_next_batch (source, &host, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char *argv[])
{
  static const struct {
    const char *name;
    void (*func) (Fixture *, gconstpointer);
  } tests[] = {
    { "mbox-ahead", test_mbox_ahead },
    { "mbox-resume", test_mbox_resume },
    { "mbox-refused", test_mbox_refused },
    { "mbox-folder", test_mbox_folder },
    { "mbox-wrong", test_mbox_wrong },
    { "maildir", test_maildir },
    { "maildir-nested", test_maildir_nested },
    { "eml", test_eml },
    { "eml-single", test_eml_single },
    { "bytes", test_bytes },
    { "cancel", test_cancel },
    { "large", test_large },
    { "no-spool", test_no_spool },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree char *path = g_strconcat ("/file-sources/", tests[i].name, NULL);

    g_test_add (path, Fixture, NULL, set_up, tests[i].func, tear_down);
  }
  g_test_add_func ("/file-sources/modified-utf7", test_modified_utf7);
  return g_test_run ();
}
