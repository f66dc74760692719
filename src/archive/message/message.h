/* message.h: an Internet message as the archive and the console see it */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Map of this folder (the only one that knows GMime):
 *
 *   message.[ch]      MunMessage: one parsed message, for lists, previews and the index
 *   header-fields.[ch], address-names.[ch]   single header fields, and who is named in them
 *   part-walk.[ch]    the walk over the MIME tree: bodies, attachments, limits, piece boundaries
 *   outline.[ch], part-decoder.[ch], mail-stream.[ch]   the same of one that is not in memory
 *   plain-file.[ch], text-decode.[ch], html-text.[ch]   what is text; always valid UTF-8
 *   gmime-options.[ch]   how GMime is told to read mail that follows no rule
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Part of each row, as the fields below depend on it. When it goes up, indexes are made anew. */
#define MUN_MESSAGE_EXTRACTOR 3

typedef enum { MUN_PRIORITY_NORMAL, MUN_PRIORITY_HIGH, MUN_PRIORITY_LOW } MunPriority;

/* A refcounted parse result. One object is for one thread at a time. */
typedef struct _MunMessage MunMessage;

typedef struct {
  const char *name;       /* decoded file name, "" when it has none */
  const char *type;       /* "image/png", lower case */
  gsize size;             /* decoded bytes, estimated from the encoded ones */
  const char *content_id; /* without angle brackets, or NULL */
  gboolean is_inline;     /* meant to be shown inside the HTML body */
} MunAttachment;

/* A byte range of the raw message. */
typedef struct {
  gsize offset;
  gsize length;
} MunPiece;

/* What goes into the full-text index, one member a column; never NULL, valid UTF-8. */
typedef struct {
  const char *sender;
  const char *recipients; /* To, Cc, Bcc */
  const char *subject;
  const char *body;
  const char *names; /* attachment names */
  const char *texts; /* text of attachments and of messages inside the message */
} MunMessageFields;

/* Parses RAW (a reference is kept). Never fails: what cannot be parsed is damaged and says why. */
MunMessage *
mun_message_parse (GBytes *raw);
MunMessage *
mun_message_ref (MunMessage *self);
void
mun_message_unref (MunMessage *self);
/* Gives the memory of the MIME tree back early. What goes into a catalogue row and into the index
 * stays; bodies and attachments are gone. */
void
mun_message_drop_parts (MunMessage *self);

GBytes *
mun_message_get_raw (MunMessage *self);
/* Decoded header values (RFC 2047), valid UTF-8, "" when absent. Addresses as "Name <a@b>, …". */
const char *
mun_message_get_subject (MunMessage *self);
const char *
mun_message_get_from (MunMessage *self);
const char *
mun_message_get_to (MunMessage *self);
const char *
mun_message_get_cc (MunMessage *self);
const char *
mun_message_get_bcc (MunMessage *self);
/* Without angle brackets; an identity never depends on it. */
const char *
mun_message_get_message_id (MunMessage *self);
/* The Date header in Unix seconds; 0 when missing or unreadable. */
gint64
mun_message_get_date (MunMessage *self);
MunPriority
mun_message_get_priority (MunMessage *self);
/* The plain text body ("" if there is none) and the HTML body (NULL if there is none), as UTF-8. */
const char *
mun_message_get_text (MunMessage *self);
const char *
mun_message_get_html (MunMessage *self);

guint
mun_message_get_n_attachments (MunMessage *self);
const MunAttachment *
mun_message_get_attachment (MunMessage *self, guint index);
/* The decoded bytes of attachment INDEX; the first ones alone, at most SIZE: how many. */
GBytes *
mun_message_dup_attachment (MunMessage *self, guint index);
gsize
mun_message_peek_attachment (MunMessage *self, guint index, guint8 *buffer, gsize size);
/* The attachment that a cid: link of the HTML body means, or -1. */
int
mun_message_find_content_id (MunMessage *self, const char *content_id);
/* TRUE with at least one attachment that is not merely part of the HTML body. */
gboolean
mun_message_has_attachments (MunMessage *self);

/* TRUE when the bytes are no sound message; the note says what is wrong (NULL when sound). */
gboolean
mun_message_is_damaged (MunMessage *self);
const char *
mun_message_get_damage_note (MunMessage *self);

const MunMessageFields *
mun_message_get_fields (MunMessage *self);
/* The encoded contents of leaf parts of 4 KiB and more: ascending, not overlapping (MunPiece). */
GArray *
mun_message_get_pieces (MunMessage *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunMessage, mun_message_unref)

G_END_DECLS
