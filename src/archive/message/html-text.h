/* html-text.h: the readable text of an HTML part */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* mun_html_to_text: @html: valid UTF-8. Scripts, styles and comments are left out, block elements
 * end a line, runs of white space become one space. At most @limit bytes are returned. Returns:
 * (transfer full): valid UTF-8. Never fails. */
char *
mun_html_to_text (const char *html, gsize limit);

/* mun_html_sniff_charset: the charset that a meta element of the first 2 KiB names.
 * Returns: (transfer full) (nullable). */
char *
mun_html_sniff_charset (const char *bytes, gsize length);

G_END_DECLS
