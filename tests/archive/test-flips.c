/* test-flips.c: one changed byte anywhere is found by verification, and the rest is read */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive-indexes.h"
#include "contents.h"
#include "errors.h"
#include "fault-mail.h"
#include "page-sums.h"

#include "json.h"

#include <glib/gstdio.h>
#include <string.h>

#define MESSAGES 40
#define RANDOM_FLIPS 150

/* A closed archive, and what its two files held. */
typedef struct {
  ArchiveFixture fixture;
  char *paths[2]; /* the container, the catalogue */
  char *good[2];
  gsize lengths[2];
  GHashTable *messages; /* id → GBytes */
} Store;

enum { CONTAINER, CATALOGUE };

static void
set_up (Store *self, gconstpointer data)
{
  g_autoptr (JsonArray) list = NULL;

  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  archive_fixture_set_up (&self->fixture, NULL);
  /* With a dictionary: so many messages hang on one record. */
  if (data != NULL)
    archive_fixture_train (&self->fixture, NULL);
  g_assert_true (fault_mail_deliver (self->fixture.archive, 0, MESSAGES, NULL));
  if (data != NULL)
    archive_fixture_deliver_letters (self->fixture.archive, 1000, NULL);
  self->messages
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
  for (guint i = 0; i < (data != NULL ? 2 : 1); i++) {
    g_clear_pointer (&list, json_array_unref);
    list = mun_archive_list_messages (self->fixture.archive,
                                      i == 0 ? FAULT_MAIL_FOLDER : "letters/EML x/Inbox", 0, 10000,
                                      NULL);
    for (guint m = 0; m < json_array_get_length (list); m++) {
      const char *id = mun_json_get_string (json_array_get_object_element (list, m), "id", NULL);

      g_hash_table_insert (self->messages, g_strdup (id),
                           mun_archive_read_message (self->fixture.archive, id, NULL));
    }
  }
  g_clear_object (&self->fixture.archive);
  self->paths[CONTAINER]
      = g_build_filename (self->fixture.dir, "stores", "1", "contents", "000001.mun", NULL);
  self->paths[CATALOGUE] = archive_fixture_dup_catalogue (&self->fixture);
  for (guint i = 0; i < G_N_ELEMENTS (self->paths); i++)
    g_assert_true (g_file_get_contents (self->paths[i], &self->good[i], &self->lengths[i], NULL));
}

static void
tear_down (Store *self, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->paths); i++) {
    g_free (self->paths[i]);
    g_free (self->good[i]);
  }
  g_hash_table_unref (self->messages);
  archive_fixture_tear_down (&self->fixture, NULL);
}

/* Opening may have written: both are as they were again. */
static void
restore (Store *self)
{
  g_clear_object (&self->fixture.archive);
  for (guint i = 0; i < G_N_ELEMENTS (self->paths); i++)
    g_assert_true (g_file_set_contents (self->paths[i], self->good[i], self->lengths[i], NULL));
}

static void
open_changed (Store *self, guint file, gsize offset, guint bit)
{
  g_autofree char *bytes = g_memdup2 (self->good[file], self->lengths[file]);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (offset, <, self->lengths[file]);
  bytes[offset] ^= 1 << bit;
  g_assert_true (g_file_set_contents (self->paths[file], bytes, self->lengths[file], NULL));
  self->fixture.archive = mun_archive_open (self->fixture.dir, self->fixture.key, &error);
  g_assert_no_error (error);
}

static void
open_flipped (Store *self, guint file, gsize offset)
{
  open_changed (self, file, offset, g_test_rand_int_range (0, 8));
}

/* Reads all. Returns: how many cannot be read; each of these is named in @report (nullable), and
 * none is wrong. */
static guint
read_all (Store *self, const char *report)
{
  GHashTableIter iter;
  gpointer id, expected;
  guint unreadable = 0;

  g_hash_table_iter_init (&iter, self->messages);
  while (g_hash_table_iter_next (&iter, &id, &expected)) {
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) raw = mun_archive_read_message (self->fixture.archive, id, &error);

    if (raw != NULL) {
      g_assert_true (g_bytes_equal (raw, expected));
      continue;
    }
    unreadable++;
    g_assert_true (error->domain == MUN_ERROR);
    if (report != NULL)
      g_assert_nonnull (strstr (report, id));
  }
  return unreadable;
}

/* In the container: named by container and byte, and so is each message that it costs. Returns: how
 * many these are. */
static guint
flip_container (Store *self, gsize offset)
{
  g_autofree char *report = NULL;
  guint unreadable;

  open_flipped (self, CONTAINER, offset);
  g_assert_cmpuint (archive_fixture_verify (self->fixture.archive, &report), >, 0);
  g_assert_nonnull (strstr (report, "container 000001"));
  unreadable = read_all (self, report);
  restore (self);
  return unreadable;
}

/* Where the records of the container begin. */
static GArray *
list_records (Store *self)
{
  GArray *offsets = g_array_new (FALSE, FALSE, sizeof (gsize));
  MunRecordHeader header;

  for (gsize offset = MUN_CONTAINER_HEADER_SIZE; offset < self->lengths[CONTAINER];
       offset += MUN_RECORD_HEADER_SIZE + header.stored_length) {
    g_assert_true (
        mun_record_parse_header ((const guint8 *)self->good[CONTAINER] + offset, &header));
    g_array_append_val (offsets, offset);
  }
  return offsets;
}

static void
test_container (Store *self, gconstpointer data)
{
  g_autoptr (GArray) records = list_records (self);
  gsize record = g_array_index (records, gsize, records->len / 2);

  /* Its header costs nothing. */
  for (gsize i = 0; i < MUN_CONTAINER_HEADER_SIZE; i++)
    g_assert_cmpuint (flip_container (self, i), ==, 0);
  /* One record costs those that use it: at most a third has the shared one. */
  for (gsize i = 0; i < MUN_RECORD_HEADER_SIZE + 4; i++)
    g_assert_cmpuint (flip_container (self, record + i), <=, 1 + MESSAGES / 3);
  for (guint i = 0; i < RANDOM_FLIPS; i++)
    g_assert_cmpuint (flip_container (self,
                                      g_test_rand_int_range (MUN_CONTAINER_HEADER_SIZE,
                                                             (gint32)self->lengths[CONTAINER])),
                      <=, 1 + MESSAGES / 3);
}

/* The record of a dictionary is there twice: neither copy costs a message, and both are checked. */
static void
test_dictionary (Store *self, gconstpointer data)
{
  g_autoptr (GArray) records = list_records (self);
  const char *row = NULL;

  for (guint i = 0; row == NULL && i < records->len; i++) {
    gsize offset = g_array_index (records, gsize, i);
    const char *record = self->good[CONTAINER] + offset;
    g_autofree char *report = NULL;
    MunRecordHeader header;

    mun_record_parse_header ((const guint8 *)record, &header);
    if (header.kind != MUN_RECORD_DICTIONARY)
      continue;
    g_assert_cmpuint (flip_container (self, offset + 500), ==, 0);
    row = memmem (self->good[CATALOGUE], self->lengths[CATALOGUE], record, 200);
    g_assert_nonnull (row);
    open_flipped (self, CATALOGUE, row - self->good[CATALOGUE] + 100);
    g_assert_cmpuint (archive_fixture_verify (self->fixture.archive, &report), >, 0);
    g_assert_nonnull (strstr (report, "dictionary 1 in the catalogue"));
    g_assert_cmpuint (read_all (self, NULL), ==, 0);
    restore (self);
  }
  g_assert_nonnull (row);
}

/* What the archive says, a line each. */
static GMutex log_lock;
static GString *log_lines;

static GLogWriterOutput
keep_log_cb (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE")) {
      g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&log_lock);

      g_string_append_printf (log_lines, "%s\n", (const char *)fields[i].value);
    }
  return g_log_writer_default (level, fields, n_fields, NULL);
}

/* The log so far; it begins anew. */
static char *
take_log (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&log_lock);
  char *text = g_strdup (log_lines->str);

  g_string_truncate (log_lines, 0);
  return text;
}

/* The index was damaged and was made anew when the store was opened: that was said, with the page
 * and the file, and every message is found again. */
static void
expect_renewed (Store *self, const char *opening, gsize offset)
{
  g_autofree char *index
      = g_strdup_printf ("the index in %s is damaged, it is made anew", self->paths[CATALOGUE]);
  g_autofree char *page = g_strdup_printf ("page %zu of a database does not match its checksum",
                                           offset / MUN_PAGE_SIZE + 1);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (strstr (opening, index));
  g_assert_nonnull (strstr (opening, page));
  mun_archive_await_indexes (self->fixture.archive, NULL, &error);
  g_assert_no_error (error);
  fault_mail_assert_found (self->fixture.archive, 0, MESSAGES);
  g_assert_cmpuint (read_all (self, NULL), ==, 0);
  g_assert_cmpuint (archive_fixture_verify (self->fixture.archive, NULL), ==, 0);
}

/* In the catalogue or the index: either the store says at its opening what it cannot read, or what
 * it makes anew, or verification names the page; nothing that is read is wrong. Returns: could it be
 * opened? */
static gboolean
flip_catalogue (Store *self, gsize offset)
{
  g_autofree char *report = NULL, *opening = NULL;
  g_autofree char *page = g_strdup_printf ("page %zu ", offset / MUN_PAGE_SIZE + 1);
  g_autoptr (GError) error = NULL;
  guint64 faults = 0;
  gboolean is_open;

  g_free (take_log ());
  open_flipped (self, CATALOGUE, offset);
  opening = take_log ();
  is_open = mun_archive_verify_store (self->fixture.archive, 1, TRUE, NULL, NULL, NULL, &report,
                                      &faults, &error);
  if (is_open && faults == 0) {
    expect_renewed (self, opening, offset);
  } else if (is_open) {
    if (strstr (report, page) == NULL)
      g_test_message ("byte %zu: %s", offset, report);
    g_assert_nonnull (strstr (report, page));
    read_all (self, NULL);
  } else {
    g_assert_true (error->domain == MUN_ERROR);
    g_assert_nonnull (strstr (error->message, self->paths[CATALOGUE]));
  }
  restore (self);
  return is_open;
}

static void
test_catalogue (Store *self, gconstpointer data)
{
  gsize n_pages = self->lengths[CATALOGUE] / MUN_PAGE_SIZE;
  guint n_open = 0;

  /* The header of the file; then each page's own, its middle, its end. */
  for (gsize i = 0; i < 100; i++)
    flip_catalogue (self, i);
  for (gsize i = 0; i < n_pages; i++) {
    flip_catalogue (self, i * MUN_PAGE_SIZE + (i == 0 ? 100 : 0) + g_test_rand_int_range (0, 12));
    flip_catalogue (self, i * MUN_PAGE_SIZE + g_test_rand_int_range (200, MUN_PAGE_SIZE - 8));
    flip_catalogue (self, (i + 1) * MUN_PAGE_SIZE - 1 - g_test_rand_int_range (0, 8));
  }
  for (guint i = 0; i < RANDOM_FLIPS; i++)
    n_open += flip_catalogue (self, g_test_rand_int_range (MUN_PAGE_SIZE,
                                                           (gint32)self->lengths[CATALOGUE]));
  g_assert_cmpuint (n_open, >, RANDOM_FLIPS / 2);
}

/* A change next to the damage does not make it look sound. */
static void
test_kept (Store *self, gconstpointer data)
{
  const char *subject = memmem (self->good[CATALOGUE], self->lengths[CATALOGUE], "message 17", 10);
  g_autofree char *report = NULL;

  g_assert_nonnull (subject);
  open_flipped (self, CATALOGUE, subject - self->good[CATALOGUE]);
  for (guint i = 0; i < 3; i++) {
    g_assert_true (fault_mail_deliver (self->fixture.archive, MESSAGES * (i + 1), MESSAGES, NULL));
    archive_fixture_reopen (&self->fixture);
  }
  g_assert_cmpuint (archive_fixture_verify (self->fixture.archive, &report), >, 0);
  g_assert_nonnull (strstr (report, "does not match its checksum"));
  g_assert_nonnull (strstr (report, "messages"));
  g_assert_cmpuint (read_all (self, NULL), ==, 0);
}

/* A text that is no text any more: the list it stands in is still one. */
static void
test_text (Store *self, gconstpointer data)
{
  const char *subject = memmem (self->good[CATALOGUE], self->lengths[CATALOGUE], "message 17", 10);
  g_autoptr (JsonArray) list = NULL;
  guint changed = 0;

  open_changed (self, CATALOGUE, subject - self->good[CATALOGUE], 7);
  list = mun_archive_list_messages (self->fixture.archive, FAULT_MAIL_FOLDER, 0, 10000, NULL);
  g_assert_cmpuint (json_array_get_length (list), ==, MESSAGES);
  for (guint i = 0; i < MESSAGES; i++) {
    const char *text
        = mun_json_get_string (json_array_get_object_element (list, i), "subject", NULL);

    g_assert_true (g_utf8_validate (text, -1, NULL));
    changed += !g_str_has_prefix (text, "message ");
  }
  g_assert_cmpuint (changed, ==, 1);
}

#define ADD(name, data, func) g_test_add (name, Store, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  log_lines = g_string_new (NULL);
  g_log_set_writer_func (keep_log_cb, NULL, NULL);
  ADD ("/flips/container", NULL, test_container);
  ADD ("/flips/dictionary", "dictionary", test_dictionary);
  ADD ("/flips/catalogue", NULL, test_catalogue);
  ADD ("/flips/kept", NULL, test_kept);
  ADD ("/flips/text", NULL, test_text);
  result = g_test_run ();
  g_string_free (log_lines, TRUE);
  return result;
}
