/* header-excerpt.h: a message without the header fields that nobody reads */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* mun_header_excerpt: GMime makes objects of every field, at the cost of parsing most of a short
 * message; a delivered one has dozens (Received, DKIM-Signature, X-…) of which a few are read.
 * @data begins with the header, @header_size bytes long.
 * Returns: a copy, *removed bytes shorter, in which what follows the header is unchanged; NULL when
 * it would save nothing, or the message is large. */
char *
mun_header_excerpt (const char *data, gsize size, gsize header_size, gsize *removed);

G_END_DECLS
