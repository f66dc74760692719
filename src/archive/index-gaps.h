/* index-gaps.h: which messages of a catalogue are not in its index */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "database.h"
#include "message.h"
#include "tokenizer.h"

G_BEGIN_DECLS

/* What the words in the index depend on; the catalogue keeps the one that its index was made with.
 * Another one, and the index is dropped and made anew. */
#define MUN_INDEX_VERSION (1000 * MUN_MESSAGE_EXTRACTOR + MUN_TOKENIZER_VERSION)

/* The rule that everything here keeps: the index holds an entry for each message but those with
 * a row in index_gaps that says missing or unreadable. */
typedef enum {
  MUN_GAP_MISSING,    /* not in the index */
  MUN_GAP_UNREADABLE, /* the same, and its bytes could not be read; tried again at the next start */
  MUN_GAP_RENEW,      /* in the index, to be taken out and put in anew */
  MUN_GAP_NONE,       /* in the index: no row */
} MunGapState;

/* Messages by state; all 0: complete. */
typedef struct {
  gint64 messages[MUN_GAP_NONE];
} MunIndexLack;

/* mun_index_gaps_count: @archive: 0 = of all. */
gboolean
mun_index_gaps_count (MunDatabase *database, gint64 archive, MunIndexLack *lack, GError **error);
/* Are there any to be filled? */
gboolean
mun_index_lack_is_pending (const MunIndexLack *lack);

/* Within a transaction: */

gboolean
mun_index_gaps_lookup (MunDatabase *database, gint64 number, MunGapState *state, GError **error);
/* mun_index_gaps_set: MUN_GAP_NONE removes the row. */
gboolean
mun_index_gaps_set (MunDatabase *database, gint64 number, gint64 archive, MunGapState state,
                    GError **error);
/* mun_index_gaps_add_archive: its messages that are in the index, or could not be read, are to be
 * put in anew. */
gboolean
mun_index_gaps_add_archive (MunDatabase *database, gint64 archive, GError **error);
/* mun_index_gaps_drop_renewals: what is in the index of an archive stays as it is. */
gboolean
mun_index_gaps_drop_renewals (MunDatabase *database, gint64 archive, GError **error);
/* mun_index_gaps_make: the tables, as they are for a complete index, or one that holds nothing. */
gboolean
mun_index_gaps_make (MunDatabase *database, gboolean lacks_all, GError **error);

/* Recursive: "tree", with the archive of each folder. */
#define MUN_INDEX_TREE                                                                             \
  "WITH RECURSIVE tree (id, archive) AS (SELECT id, id FROM folders WHERE parent = 0"              \
  " UNION ALL SELECT folders.id, tree.archive FROM folders JOIN tree ON folders.parent = "         \
  "tree.id) "

G_END_DECLS
