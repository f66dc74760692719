/* outline.h: the parts of a message that is not in memory */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "message.h"

G_BEGIN_DECLS

/* Where the message is: read gives the bytes from @offset on, as many as it likes, none at the end
 * only. Asked for from the start to the end first, then here and there. */
typedef struct {
  guint64 size;
  GBytes *(*read) (gpointer data, guint64 offset, GError **error);
  gpointer data;
} MunOutlineSource;

/* How the content of a part is coded. */
typedef enum {
  MUN_CODING_NONE,
  MUN_CODING_BASE64,
  MUN_CODING_QUOTED_PRINTABLE,
  MUN_CODING_UUENCODE
} MunCoding;

/* The content of a leaf, as it stands in the message. */
typedef struct {
  guint64 offset, length;
  MunCoding coding;
  int attachment;   /* its number among the attachments, from 0 on; -1: it is none */
  gboolean is_body; /* text that is shown as the message's */
  gboolean is_inline;
} MunLeaf;

/* The same attachments under the same numbers as those of mun_message_parse(), their contents left
 * where they are; for any thread once it is made. */
typedef struct _MunOutline MunOutline;

/* mun_outline_read: reads @source once; of the message, at most its own header (up to 2 MiB) and a
 * chunk of it are in memory. NULL: it could not be read. */
MunOutline *
mun_outline_read (const MunOutlineSource *source, GError **error);
MunOutline *
mun_outline_ref (MunOutline *self);
void
mun_outline_unref (MunOutline *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunOutline, mun_outline_unref)

guint
mun_outline_get_n_attachments (MunOutline *self);
const MunAttachment *
mun_outline_get_attachment (MunOutline *self, guint index);
/* mun_outline_get_content: NULL for a message in the message, which is no leaf. */
const MunLeaf *
mun_outline_get_content (MunOutline *self, guint index);
/* mun_outline_get_leaves: of MunLeaf: ascending, not overlapping; borrowed. */
GArray *
mun_outline_get_leaves (MunOutline *self);

/* mun_outline_write_message: attachment @index, a message in the message, as it came, bit by bit to
 * @write; reads @source as mun_outline_read() does. */
typedef gboolean (*MunOutlineWrite) (gpointer data, gconstpointer bytes, gsize length,
                                     GError **error);

gboolean
mun_outline_write_message (const MunOutlineSource *source, guint index, MunOutlineWrite write,
                           gpointer data, GError **error);

G_END_DECLS
