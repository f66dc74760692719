/* page-sums.h: a checksum at the end of every page of a database */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/* SQLite finds a damaged structure, but not a changed byte of a text. Each page of 8192 bytes of
 * the main file ends with 8 bytes that SQLite leaves alone: "MPS1" and the CRC-32 of page number
 * and page. They are put in when a page is written to the file (the log has sums of its own).
 *
 * Reading goes on whatever the sum says: what can still be read is. A writer marks a page that it
 * reads with a wrong sum, and the mark goes with the page when it is written: damage cannot be made
 * to look sound by a change next to it. Databases that were made without room for sums have none.
 */
#define MUN_PAGE_SIZE 8192

/* mun_page_sums_get_vfs: the name for sqlite3_open_v2(); @is_writer: pages are checked when read. */
const char *
mun_page_sums_get_vfs (gboolean is_writer);
/* mun_page_sums_reserve: makes room, before a new database has its first page. */
void
mun_page_sums_reserve (sqlite3 *handle);
/* mun_page_sums_has: @first: the first page of a file. */
gboolean
mun_page_sums_has (const guint8 first[MUN_PAGE_SIZE]);
/* mun_page_sums_is_sound: @number: counted from 1. A page that was never written is sound. */
gboolean
mun_page_sums_is_sound (const guint8 page[MUN_PAGE_SIZE], guint32 number);

G_END_DECLS
