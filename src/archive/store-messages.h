/* store-messages.h: single messages of one store: reading, moving, deleting */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "index-gaps.h"
#include "store.h"

G_BEGIN_DECLS

/* mun_store_read: the original bytes; MUN_ERROR_DAMAGED names message and container. */
GBytes *
mun_store_read (MunStore *self, gint64 number, GError **error);
/* mun_store_assemble: the same for a row that is known: @pieces as the catalogue has them. The digest of
 * the whole is the caller's to check. */
GBytes *
mun_store_assemble (MunStore *self, MunDatabase *database, const guint8 *pieces, gsize length,
                    GError **error);
/* mun_store_read_start: at least the first @limit bytes of the message (all of a shorter one); each
 * piece is checked, the digest of the whole cannot be. */
GBytes *
mun_store_read_start (MunStore *self, MunDatabase *database, gint64 number, gsize limit,
                      GError **error);
/* mun_store_expect_read: the disk fetches what mun_store_read_start() will read. */
void
mun_store_expect_read (MunStore *self, MunDatabase *database, gint64 number, gsize limit);
/* mun_store_info: as of mun_archive_message_info(). */
JsonObject *
mun_store_info (MunStore *self, gint64 number, const char *store_name, GError **error);

gboolean
mun_store_move (MunStore *self, gint64 number, const char *to_folder, GError **error);
gboolean
mun_store_delete (MunStore *self, gint64 number, GError **error);

/* mun_store_reindex: within work: takes the message out of the index as it was in @from and puts it
 * in as it is in @to (NULL: nowhere). What cannot be read again leaves a stale entry, which
 * searches skip. */
gboolean
mun_store_reindex (MunStore *self, gint64 number, gint64 from, gint64 to, GError **error);
/* What the index holds of a message. */
typedef struct {
  MunMessage *message;
  char *texts;
  MunMessageFields fields; /* of both */
} MunIndexEntry;

void
mun_index_entry_clear (MunIndexEntry *entry);
/* mun_store_load_entry: from any thread, with its own connection. @entry is cleared by the caller
 * when it fails, too. */
gboolean
mun_store_load_entry (MunStore *self, MunDatabase *database, gint64 number, MunIndexEntry *entry,
                      GError **error);
/* mun_store_fill_gap: within work: puts a message into the index that is missing there, or takes it
 * out and puts it in anew. @ready: its entry, or NULL: it is read here; one that cannot be read is
 * noted as such. */
gboolean
mun_store_fill_gap (MunStore *self, gint64 number, MunGapState state, const MunIndexEntry *ready,
                    GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MunIndexEntry, mun_index_entry_clear)

G_END_DECLS
