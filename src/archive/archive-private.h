/* archive-private.h: what the files of MunArchive share */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "archive.h"
#include "store.h"
#include "text-extractor.h"

G_BEGIN_DECLS

typedef enum {
  MUN_STORE_STATE_CURRENT,
  MUN_STORE_STATE_NORMAL,
  MUN_STORE_STATE_PROTECTED,
  MUN_STORE_STATE_DISABLED
} MunStoreState;

/* One store as the master database lists it; immutable once it is in the list. */
typedef struct {
  gatomicrefcount refs;
  gint64 id;
  char *name;
  MunStoreState state;
  MunStore *store; /* NULL when disabled, or when it cannot be opened */
  char *problem;   /* why it cannot be opened */
} MunStoreEntry;

struct _MunArchive {
  GObject parent_instance;
  char *data_dir;
  int lock_fd;
  MunSecret *key;
  MunMaster *master;
  MunTextExtractor *extractor; /* of attachments, for what is delivered */
  GHashTable *working;         /* ids of stores that are recovered or compacted, under the lock */
  GMutex admin_lock;           /* one change of the list of stores at a time */
  GMutex lock;
  GPtrArray *entries; /* MunStoreEntry, newest store first; replaced as a whole */
};

MunStoreEntry *
mun_store_entry_ref (MunStoreEntry *self);
void
mun_store_entry_unref (MunStoreEntry *self);
MunStoreEntry *
mun_store_entry_new (gint64 id, const char *name, MunStoreState state);
const char *
mun_store_state_to_text (MunStoreState state);
gboolean
mun_store_state_from_text (const char *text, MunStoreState *state);

/* mun_archive_dup_entries: the list as it is now. */
GPtrArray *
mun_archive_dup_entries (MunArchive *self);
/* mun_archive_find_entry: a store that can be read, or MUN_ERROR_NOT_FOUND. */
MunStoreEntry *
mun_archive_find_entry (MunArchive *self, gint64 id, GError **error);
/* mun_archive_find_current: the store that takes mail, or MUN_ERROR_READ_ONLY. */
MunStoreEntry *
mun_archive_find_current (MunArchive *self, GError **error);
/* mun_archive_load_entries: reads the list from the master database, opens what is not open yet. */
gboolean
mun_archive_load_entries (MunArchive *self, GError **error);
/* mun_archive_begin_work: for what no other one may do with the files of a store meanwhile;
 * MUN_ERROR_BUSY. */
gboolean
mun_archive_begin_work (MunArchive *self, gint64 id, GError **error);
void
mun_archive_end_work (MunArchive *self, gint64 id);
char *
mun_archive_dup_store_dir (MunArchive *self, gint64 id);
/* mun_archive_make_store: the files and the row of a new store. 0 on failure. */
gint64
mun_archive_make_store (MunArchive *self, const char *name, MunStoreState state, GError **error);
/* mun_archive_check_new_store: name and state (nullable) of a store that is going to be; @number: the
 * next one. */
gboolean
mun_archive_check_new_store (MunArchive *self, const char *name, const char *state,
                             MunStoreState *wanted, gint64 *number, GError **error);
/* mun_archive_write_states: in one step; the former current store becomes normal. */
gboolean
mun_archive_write_states (MunArchive *self, gint64 id, MunStoreState state, GError **error);
/* mun_archive_dup_key: the master key as it is now; a renewal replaces it. */
MunSecret *
mun_archive_dup_key (MunArchive *self);
/* mun_archive_open_key: has the key of a store that nobody has open sealed with the master key, when
 * a former one opens it. MUN_ERROR_AUTHENTICATION: none does. */
gboolean
mun_archive_open_key (MunArchive *self, const char *dir, GError **error);
/* mun_archive_open_store: mun_store_open(), whichever of these master keys its key is sealed with. */
MunStore *
mun_archive_open_store (MunArchive *self, gint64 id, gboolean create, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunStoreEntry, mun_store_entry_unref)

G_END_DECLS
