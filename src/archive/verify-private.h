/* verify-private.h: what the files of a verification share */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store-verify.h"

G_BEGIN_DECLS

typedef struct _MunBytesCheck MunBytesCheck;

/* A verification under way, or a part of one: several are under way at once, each with a connection
 * and a report of its own. */
typedef struct {
  MunStore *store;
  MunDatabase *reader;
  GString *report;
  guint64 faults;
  MunVerifyProgress progress; /* NULL for parts on other threads */
  gpointer data;
  GCancellable *cancellable;
  double done_share; /* 0 to 1 */
  guint64 bytes_total, bytes_done;
  guint64 records, unused_bytes, messages;
  GHashTable *bad_pieces; /* ids */
  MunBytesCheck *bytes;   /* of messages that are more than one piece; borrowed */
  GArray *unindexed;      /* numbers that the index lacks without knowing it */
  guint64 stale;          /* entries of the index without a message */
  gboolean is_index_damaged;
  gboolean is_index_renewed; /* it was, and has been made anew */
} MunVerification;

/* Adds a fault; after some thousands they are only counted. */
void
mun_verification_fault (MunVerification *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* FALSE when it was cancelled. */
gboolean
mun_verification_step (MunVerification *self, double share, const char *text);

typedef void (*MunRowVisit) (MunVerification *self, sqlite3_stmt *row, gpointer data);

/* mun_verification_walk: visits the rows that @sql gives. FALSE when they cannot be read, or when it
 * was cancelled. */
gboolean
mun_verification_walk (MunVerification *self, const char *sql, MunRowVisit visit, gpointer data,
                       GError **error);

/* The rows of messages and pieces against each other; messages of several pieces go to @bytes. */
gboolean
mun_verify_messages (MunVerification *self, GError **error);
/* Each record, each piece where the catalogue has it, then the bytes of all messages. */
gboolean
mun_verify_contents (MunVerification *self, GError **error);
/* Where in their folders the messages stand. */
gboolean
mun_verify_blocks (MunVerification *self, GError **error);
/* What was read in attachments; the report counts those that could not be. */
gboolean
mun_verify_texts (MunVerification *self, GError **error);
/* Every byte of the file, used or not. */
gboolean
mun_verify_pages (MunVerification *self, GError **error);
gboolean
mun_verify_index (MunVerification *self, GError **error);

/* mun_verify_lost: names the messages that are lost with bad pieces, or on their own. */
gboolean
mun_verify_lost (MunVerification *self, GError **error);

G_END_DECLS
