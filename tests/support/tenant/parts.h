/* parts.h: attachments that programs can open */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "dice.h"

/* A page with a few lines of ASCII text. */
GBytes *
tenant_parts_pdf (const char *title, const char *const *lines);

/* An RGB picture of coloured bars; noise when `noise`, which no compression makes smaller. */
GBytes *
tenant_parts_png (TenantDice *dice, guint width, guint height, gboolean noise);

/* A zip container with a word processor's document in it, stored without compression. */
GBytes *
tenant_parts_document (const char *title, const char *text);

/* A table with `rows` lines; ';' between the columns. */
GBytes *
tenant_parts_csv (TenantDice *dice, guint rows);

/* An invitation (RFC 5545) as text, with CRLF. */
char *
tenant_parts_invitation (const char *uid, const char *organizer, const char *attendee,
                         const char *summary, gint64 start);

/* `size` bytes of noise. */
GBytes *
tenant_parts_noise (TenantDice *dice, gsize size);
