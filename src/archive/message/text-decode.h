/* text-decode.h: bytes of any charset as valid UTF-8 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* mun_text_decode: @charset (nullable): the label of the part; labels that are no charset, or that
 * the bytes contradict, are ignored. What cannot be converted becomes U+FFFD; NUL becomes a space.
 * Returns: (transfer full): valid UTF-8. Never fails. */
char *
mun_text_decode (const char *bytes, gsize length, const char *charset);

/* mun_text_cut: shortens @text in place to at most @limit bytes, at a character's border. */
void
mun_text_cut (char *text, gsize limit);

G_END_DECLS
