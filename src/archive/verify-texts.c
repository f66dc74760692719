/* verify-texts.c: what was read in attachments, and what could not be */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "verify-private.h"

#include "store-texts.h"

#include <string.h>

static void
check_text (MunVerification *self, sqlite3_stmt *row, gpointer data)
{
  gint64 id = sqlite3_column_int64 (row, 0), refs = sqlite3_column_int64 (row, 3);
  gint64 used = sqlite3_column_int64 (row, 4);
  g_autoptr (GError) problem = NULL;
  g_autoptr (GBytes) plain
      = mun_record_open (mun_store_get_codec (self->store), sqlite3_column_blob (row, 2),
                         sqlite3_column_bytes (row, 2), TRUE, &problem);
  guint8 digest[MUN_DIGEST_SIZE];

  if (plain == NULL) {
    mun_verification_fault (self, "text %" G_GINT64_FORMAT " of an attachment: %s", id,
                            problem->message);
    return;
  }
  mun_digest (g_bytes_get_data (plain, NULL), g_bytes_get_size (plain), digest);
  if (sqlite3_column_bytes (row, 1) != MUN_DIGEST_SIZE
      || memcmp (digest, sqlite3_column_blob (row, 1), sizeof digest) != 0)
    mun_verification_fault (self,
                            "text %" G_GINT64_FORMAT
                            " of an attachment: it does not match its SHA-256",
                            id);
  if (refs != used)
    mun_verification_fault (self,
                            "text %" G_GINT64_FORMAT
                            " of an attachment: the catalogue counts %" G_GINT64_FORMAT
                            " users, there are %" G_GINT64_FORMAT,
                            id, refs, used);
}

/* A row that points to nothing. */
static void
check_link (MunVerification *self, sqlite3_stmt *row, gpointer data)
{
  mun_verification_fault (self,
                          "message %" G_GINT64_FORMAT ": it, or the text %" G_GINT64_FORMAT
                          " of its attachment, is missing",
                          (gint64)sqlite3_column_int64 (row, 0),
                          (gint64)sqlite3_column_int64 (row, 1));
}

/* Attachments whose text is missing or not whole. */
typedef struct {
  GString *reasons;
  gint64 total;
} Gaps;

static void
add_gap (MunVerification *self, sqlite3_stmt *row, gpointer data)
{
  Gaps *gaps = data;
  gint64 count = sqlite3_column_int64 (row, 1);

  gaps->total += count;
  g_string_append_printf (gaps->reasons, "%s%" G_GINT64_FORMAT " %s",
                          gaps->reasons->len > 0 ? "; " : "", count,
                          mun_store_texts_explain (sqlite3_column_int64 (row, 0)));
}

/* No faults: the messages are whole. But a search does not find what could not be read. */
static gboolean
report_gaps (MunVerification *self, GError **error)
{
  g_autoptr (GString) reasons = g_string_new (NULL);
  Gaps gaps = { reasons, 0 };

  if (!mun_verification_walk (self,
                              "SELECT outcome, count(*) FROM message_texts WHERE outcome <> 0"
                              " GROUP BY outcome",
                              add_gap, &gaps, error))
    return FALSE;
  if (gaps.total > 0)
    g_string_append_printf (self->report,
                            "Attachments that a search by contents does not find, or not by all"
                            " that is in them: %" G_GINT64_FORMAT " (%s).\n",
                            gaps.total, reasons->str);
  return TRUE;
}

gboolean
mun_verify_texts (MunVerification *self, GError **error)
{
  return mun_verification_walk (
             self,
             "SELECT id, digest, record, refs, coalesce(n, 0) FROM texts LEFT JOIN"
             " (SELECT text, count(*) AS n FROM message_texts GROUP BY text) ON text = id",
             check_text, NULL, error)
         && mun_verification_walk (self,
                                   "SELECT number, text FROM message_texts"
                                   " WHERE number NOT IN (SELECT number FROM messages)"
                                   " OR (text <> 0 AND text NOT IN (SELECT id FROM texts))",
                                   check_link, NULL, error)
         && report_gaps (self, error);
}
