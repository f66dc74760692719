/* base64-lines.h: base64 as mail carries it, undone where it can be redone exactly */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* An attachment in base64 (RFC 2045 section 6.8) hides its bytes from compression. Where all lines
 * but the last have one length and one ending, the encoded form follows from the decoded bytes and
 * two more, which the folded form begins with:
 *   0  quarter of the characters a line, 0 = there is one line only
 *   1  MunBase64Ending: bit 0: lines end with CR LF, else LF; bit 1: so does the last one */
#define MUN_BASE64_PREFIX 2

/* mun_base64_fold: Returns: (transfer full): the folded form, or NULL when DATA is not base64 that
 * mun_base64_unfold() would make again byte for byte. */
guint8 *
mun_base64_fold (const guint8 *data, gsize length, gsize *folded_length);

/* mun_base64_unfold: @length: of the folded form. Returns: FALSE when it does not unfold to exactly
 * @out_length bytes. */
gboolean
mun_base64_unfold (const guint8 *folded, gsize length, guint8 *out, gsize out_length);

/* mun_base64_align: the largest length up to @length at which DATA can be cut so that both sides
 * may still fold: behind the last line that ends there, else @length. */
gsize
mun_base64_align (const guint8 *data, gsize length);

G_END_DECLS
