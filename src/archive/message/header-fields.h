/* header-fields.h: the header of a message: where it is, and what it says */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "message.h"

#include <gmime/gmime.h>

G_BEGIN_DECLS

/* All owned, valid UTF-8, "" when absent. */
typedef struct {
  char *subject, *from, *to, *cc, *bcc, *message_id;
  gint64 date; /* Unix seconds, 0 = none */
  MunPriority priority;
} MunHeaderFields;

/* mun_header_find_start: bytes before the header: empty lines, an mbox "From " line. */
gsize
mun_header_find_start (const char *data, gsize size);
/* mun_header_get_length: bytes of the header, the empty line behind it not counted. */
gsize
mun_header_get_length (const char *data, gsize size);
/* mun_header_is_field: does a header field stand at @data? */
gboolean
mun_header_is_field (const char *data, gsize size);
/* mun_header_find_field_end: up to the next line that does not begin with white space. */
const char *
mun_header_find_field_end (const char *field, const char *end);

/* mun_header_find_trap: is the message made so that GMime would take very long to read it, or run
 * out of stack? Looks at the fields of all parts. Returns: what is wrong, or NULL. */
const char *
mun_header_find_trap (const char *data, gsize size);

/* The same for a message that comes in stretches; begins as { 0 }. */
typedef struct {
  GByteArray *rest; /* a field that has not ended yet */
  guint64 dashes, multiparts, addresses;
  gboolean in_line; /* in a line that is too long to be kept */
} MunTrapScan;

/* mun_trap_scan_feed: the next stretch. Returns: what is wrong with what has come so far, or NULL. */
const char *
mun_trap_scan_feed (MunTrapScan *self, const char *data, gsize size);
void
mun_trap_scan_clear (MunTrapScan *self);

/* mun_header_fields_read: @message NULL gives empty fields. */
void
mun_header_fields_read (MunHeaderFields *self, GMimeMessage *message);
void
mun_header_fields_clear (MunHeaderFields *self);

/* mun_header_dup_valid: one line of valid UTF-8 of at most @limit bytes; NULL gives "". */
char *
mun_header_dup_valid (const char *text, gsize limit);

G_END_DECLS
