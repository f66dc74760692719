/* fault-mail.c: numbered messages, and whether they survived */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fault-mail.h"

#include "json.h"

#include <stdlib.h>
#include <string.h>

#define SUBJECT "message "

GBytes *
fault_mail_message (guint n)
{
  GString *text = g_string_new (NULL);

  g_string_printf (
      text,
      "From: a@example.com\r\nSubject: " SUBJECT "%u\r\nContent-Type: multipart/mixed; "
      "boundary=b\r\n\r\n--b\r\n\r\nword%u\r\n--b\r\nContent-Type: application/x; name=x\r\n\r\n",
      n, n);
  /* Every third one has the same large part. */
  for (guint i = 0; i < 150; i++)
    g_string_append_printf (text, "%08x%08x line of a large part\r\n", i * 2654435761u,
                            n % 3 == 0 ? 0 : n);
  g_string_append (text, "--b--\r\n");
  return g_string_free_to_bytes (text);
}

gboolean
fault_mail_deliver (MunArchive *archive, guint first, guint count, GError **error)
{
  g_autofree MunDelivery *items = g_new0 (MunDelivery, count);
  g_autofree MunDelivery **pointers = g_new0 (MunDelivery *, count);
  gboolean ok;

  for (guint i = 0; i < count; i++) {
    items[i].raw = fault_mail_message (first + i);
    items[i].folder = FAULT_MAIL_FOLDER;
    items[i].received = 1700000000;
    pointers[i] = &items[i];
  }
  ok = mun_archive_deliver (archive, pointers, count, NULL, error);
  for (guint i = 0; i < count; i++) {
    g_assert_true (!ok || (items[i].error != NULL) == (items[i].result == MUN_DELIVERY_FAILED));
    if (ok && items[i].error != NULL) {
      g_propagate_error (error, g_steal_pointer (&items[i].error));
      ok = FALSE;
      error = NULL;
    }
    mun_delivery_clear (&items[i]);
    g_bytes_unref (items[i].raw);
  }
  return ok;
}

guint
fault_mail_assert (MunArchive *archive, guint count, gboolean at_least)
{
  g_autoptr (JsonArray) list = NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_autoptr (GError) error = NULL;

  if (mun_archive_has_folder (archive, FAULT_MAIL_FOLDER)) {
    list = mun_archive_list_messages (archive, FAULT_MAIL_FOLDER, 0, 100000, &error);
    g_assert_no_error (error);
  }
  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++) {
    JsonObject *row = json_array_get_object_element (list, i);
    const char *subject = mun_json_get_string (row, "subject", "");
    guint n = strtoul (subject + strlen (SUBJECT), NULL, 10);
    g_autoptr (GBytes) expected = fault_mail_message (n);
    g_autoptr (GBytes) raw
        = mun_archive_read_message (archive, mun_json_get_string (row, "id", NULL), &error);

    g_assert_no_error (error);
    g_assert_true (g_bytes_equal (raw, expected));
    g_assert_true (g_hash_table_add (seen, GUINT_TO_POINTER (n + 1)));
  }
  for (guint n = 0; n < count; n++)
    g_assert_true (g_hash_table_contains (seen, GUINT_TO_POINTER (n + 1)));
  if (!at_least)
    g_assert_cmpuint (g_hash_table_size (seen), ==, count);
  return g_hash_table_size (seen);
}

void
fault_mail_assert_found (MunArchive *archive, guint first, guint count)
{
  for (guint n = first; n < first + count; n++) {
    g_autofree char *word = g_strdup_printf ("word%u", n);
    g_autofree char *subject = g_strdup_printf (SUBJECT "%u", n);
    g_autofree char *found = archive_fixture_find_text (archive, word);

    g_assert_cmpstr (found, ==, subject);
  }
}
