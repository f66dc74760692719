/* verify-private.h: what the files of a verification share */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store-verify.h"

G_BEGIN_DECLS

/* One verification under way. */
typedef struct {
  MunStore *store;
  MunDatabase *reader;
  GString *report;
  guint64 faults;
  MunVerifyProgress progress;
  gpointer data;
  GCancellable *cancellable;
  double done_share; /* 0 to 1 */
  guint64 bytes_total, bytes_done;
  guint64 records, unused_bytes, messages;
  GHashTable *bad_pieces; /* ids */
  GArray *unindexed;      /* numbers that the index lacks without knowing it */
  guint64 stale;          /* entries of the index without a message */
  gboolean is_index_damaged;
  gboolean is_index_renewed; /* it was, and has been made anew */
  GError *problem;           /* why it cannot go on */
  sqlite3_stmt *expected;    /* the pieces of the container being read, by offset */
  gboolean has_expected;
} MunVerification;

/* Adds a fault; after some thousands they are only counted. */
void
mun_verification_fault (MunVerification *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* FALSE when it was cancelled. */
gboolean
mun_verification_step (MunVerification *self, double share, const char *text);

gboolean
mun_verify_contents (MunVerification *self, GError **error);
gboolean
mun_verify_messages (MunVerification *self, GError **error);
/* What was read in attachments; the report counts those that could not be. */
gboolean
mun_verify_texts (MunVerification *self, GError **error);
/* Every byte of the file, used or not. */
gboolean
mun_verify_pages (MunVerification *self, GError **error);
gboolean
mun_verify_index (MunVerification *self, GError **error);

G_END_DECLS
