/* index-heal.h: an index that is of another version, damaged or gone is made anew, empty */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "database.h"

G_BEGIN_DECLS

/* The connection is the writer's, outside of a transaction; each change below is one of its own,
 * and whatever happens in between leaves a catalogue that mun_index_heal_open() puts right. */

/* mun_index_heal_open: when a store is opened: an index that this program cannot go on with is made
 * anew, and one that is damaged is named in the log; what could not be read before is tried
 * again. */
gboolean
mun_index_heal_open (MunDatabase *database, GError **error);
/* mun_index_heal_reset: an empty index that lacks every message. @is_damaged: its pages may be, so
 * that none of them is to be kept: see mun_index_heal_tidy(). */
gboolean
mun_index_heal_reset (MunDatabase *database, gboolean is_damaged, GError **error);
/* mun_index_heal_empty: the same to a sound one, within a transaction. */
gboolean
mun_index_heal_empty (MunDatabase *database, GError **error);
/* mun_index_heal_tidy: after a damaged index: writes the file anew without its pages; seconds for a
 * large store, before the index is filled, when the file is smallest. Not in small steps: what is
 * given back bit by bit must stand in the list of free pages, and pages of tables that were forgotten
 * stand nowhere. Nothing to do otherwise. */
gboolean
mun_index_heal_tidy (MunDatabase *database, GError **error);
gboolean
mun_index_heal_is_untidy (MunDatabase *database);

/* mun_index_heal_mark: within a transaction: should the program end before it is made anew, it is
 * when the store is opened. */
gboolean
mun_index_heal_mark (MunDatabase *database, GError **error);

/* mun_index_heal_take_damage: did a statement of this connection meet damage, and was it one that
 * reads or writes the index? (It may read other tables too.) */
gboolean
mun_index_heal_take_damage (MunDatabase *database);
/* mun_index_heal_check: reads the whole index: some seconds for a million messages.
 * MUN_ERROR_DAMAGED: it is not what an index must be. */
gboolean
mun_index_heal_check (MunDatabase *database, GError **error);

G_END_DECLS
