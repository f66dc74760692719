/* archive.h: the archive of one installation: stores, deliveries, messages */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Map of this folder. A delivery flows from the top down, a reading from the bottom up.
 *
 *   archive.[ch]           MunArchive: the data directory, its lock, its stores, its master
 *   archive-deliver.[ch]   deliveries: prepared on a pool, committed by the current store's writer
 *   message-reader.[ch]    one message as a stream of chunks, whole or from an offset on
 *   archive-folders.[ch]   the folder tree over all stores
 *   archive-stores.[ch]    stores: create, states, verify
 *   archive-compact.[ch]   stores give space back
 *   archive-indexes.[ch]   the search indexes, archive by archive; how complete they are
 *   query.h, archive-search.[ch]   what a search asks; one running search, paged
 *   search-*.[ch]          a search in one store; how many hits there are and where; other orders
 *   match.[ch]             a user's words as an FTS5 expression
 *   tokenizer.[ch]         the words of the index
 *   snippet.[ch]           the place in a message where the words of a search stand
 *   prepare.[ch]           one message parsed, cut, hashed, compressed and sealed for the writer
 *   archive-recover.[ch]   RecoverStore: a store's catalogue made again
 *   recover-*.[ch]         the steps of that: journal, messages
 *   compact-*.[ch]         what one container holds moves on
 *   store*.[ch]            one store: catalogue.db, its writer, readers, folders, upkeep, verify
 *   index-*.[ch]           what the index of a store lacks, who fills it; a damaged one made anew
 *   contents.[ch]          the container files of a store
 *   sealed-record.[ch]     one sealed record in them
 *   journal-record.[ch]    those that say what commits did
 *   codec.[ch]             what records are packed with: base64 undone, zstd, dictionaries, seal
 *   base64-lines.[ch]      base64 as mail carries it, and back to the byte
 *   trainer.[ch]           the dictionaries, made from the store's own mail
 *   archive-keys.[ch]      the master key renewed; recovery-key.[ch]: what opens a store without it
 *   archive-attach.[ch]    a store from elsewhere
 *   key-copies.[ch]        where the key of a store stands; store-key.[ch] what stands there
 *   seal.[ch]              AES-256-GCM, store keys and how they are wrapped
 *   reader-pool.[ch]       the connections that read a catalogue
 *   database.[ch]          SQLite: opening, migrations, statements, errors
 *   master*.[ch]           MunMaster: users, settings, profiles, results, credentials, audit
 *   message/               MunMessage (GMime)
 *
 * Every function blocks and may be called from any thread but a main loop. A message's id is
 * "store:number" in decimal; the number is its date in seconds << 20 | a sequence, and the sort
 * key. Paths are "archive/folder/…"; the first level is the archive. Errors are of MUN_ERROR.
 */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "master-records.h"
#include "master.h"
#include "secret.h"

G_BEGIN_DECLS

#define MUN_TYPE_ARCHIVE (mun_archive_get_type ())
G_DECLARE_FINAL_TYPE (MunArchive, mun_archive, MUN, ARCHIVE, GObject)

/* Opens or creates the archive in DATA_DIR (made 0700). MASTER_KEY is 32 bytes.
 * MUN_ERROR_BUSY: another process has it. */
MunArchive *
mun_archive_open (const char *data_dir, MunSecret *master_key, GError **error);
/* The same while a renewal of the master key may have been cut off: NEXT (nullable) is used when the
 * master database has committed to it. */
MunArchive *
mun_archive_open_with_keys (const char *data_dir, MunSecret *master_key, MunSecret *next,
                            gboolean *uses_next, GError **error);
/* Finishes the writers, closes the stores, gives the lock back. Later calls fail. */
void
mun_archive_close (MunArchive *self);
const char *
mun_archive_get_data_dir (MunArchive *self);
/* Borrowed; lives as long as the archive is open. */
MunMaster *
mun_archive_get_master (MunArchive *self);

/* Moves one message within its store; the folder is made when missing. */
gboolean
mun_archive_move_message (MunArchive *self, const char *message_id, const char *to_folder,
                          GError **error);

/* The original bytes, their hash checked. MUN_ERROR_DAMAGED names message and container. All in
 * memory: what may be large is read with message-reader.h. */
GBytes *
mun_archive_read_message (MunArchive *self, const char *message_id, GError **error);
/* {"id","storeId","storeName","number","sha256","size","folder","subject","from","to","fromOrTo","date"
 * (where the list has it: the sent date, or the received one when that is missing or in the
 * future),"sentDate" (0 = none), "archivedDate","receivedDate" (Unix
 * seconds),"hasAttachments","priority":"Normal|High|Low","damaged",
 * "damageNote","profileId","messageId","pieces"}, and "attachmentGaps":[{"name","reason"}] when there
 * are attachments that a search does not find by (all of) what is in them */
JsonObject *
mun_archive_message_info (MunArchive *self, const char *message_id, GError **error);
/* Newest first, the elements as above (without sha256, pieces), at most COUNT, starting at position
 * START. */
JsonArray *
mun_archive_list_messages (MunArchive *self, const char *folder, guint64 start, guint count,
                           GError **error);
/* Removes message, index entry and its share of the pieces. MUN_ERROR_READ_ONLY in a protected
 * store. */
gboolean
mun_archive_delete_message (MunArchive *self, const char *message_id, GError **error);
/* Splits "store:number". */
gboolean
mun_archive_parse_message_id (const char *message_id, gint64 *store, gint64 *number,
                              GError **error);

G_END_DECLS
