/* mun-message-row.h: one line of a message list, which may still be on its way */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "record.h"

#include <pango/pango.h>

G_BEGIN_DECLS

/* Property: record (nullable, notifies when the page arrives). Its texts are made once, not at
 * every bind. */
#define MUN_TYPE_MESSAGE_ROW (mun_message_row_get_type ())
G_DECLARE_FINAL_TYPE (MunMessageRow, mun_message_row, MUN, MESSAGE_ROW, GObject)

MunMessageRow *
mun_message_row_new (guint position);
guint
mun_message_row_get_position (MunMessageRow *self);
/* Takes a reference; NULL makes it a placeholder again. */
void
mun_message_row_set_record (MunMessageRow *self, MunRecord *record);
MunRecord *
mun_message_row_get_record (MunMessageRow *self);

/* "gid:mid"; NULL while the row is a placeholder. */
const char *
mun_message_row_get_id (MunMessageRow *self);
/* Texts for cells, never NULL; "" while the row is a placeholder. */
const char *
mun_message_row_get_correspondent (MunMessageRow *self);
/* The same with the address, as the server gives it. */
const char *
mun_message_row_get_address (MunMessageRow *self);
const char *
mun_message_row_get_subject (MunMessageRow *self);
const char *
mun_message_row_get_date (MunMessageRow *self);
const char *
mun_message_row_get_exact_date (MunMessageRow *self);
const char *
mun_message_row_get_size (MunMessageRow *self);
/* -1: not known. */
gint64
mun_message_row_get_bytes (MunMessageRow *self);
const char *
mun_message_row_get_folder (MunMessageRow *self);
/* Where the words of a search stand in the message, and what is bold in it (nullable). */
const char *
mun_message_row_get_snippet (MunMessageRow *self);
PangoAttrList *
mun_message_row_get_snippet_attributes (MunMessageRow *self);
/* Returns: (transfer full): the hits as they are written in the message; never NULL. */
GStrv
mun_message_row_dup_hits (MunMessageRow *self);
gboolean
mun_message_row_has_attachments (MunMessageRow *self);
gboolean
mun_message_row_is_damaged (MunMessageRow *self);

/* How many cells show the row now: a page that nobody looks at need not be fetched. */
void
mun_message_row_bind (MunMessageRow *self);
void
mun_message_row_unbind (MunMessageRow *self);
gboolean
mun_message_row_is_bound (MunMessageRow *self);

G_END_DECLS
