/* text.h: identifiers, hexadecimal, base64url, comma lists, comparison of secrets */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* mun_set_str: replaces an owned string (g_set_str() came with GLib 2.76).
 * Returns: TRUE when the value changed. */
gboolean
mun_set_str (char **field, const char *value);

/* mun_text_is_guid: TRUE for 8-4-4-4-12 hexadecimal digits and nothing else. */
gboolean
mun_text_is_guid (const char *text);

/* mun_text_extract_guid: the first GUID in text that was pasted (braces, quotes, white space, a URL
 * round it). Returns: (transfer full) (nullable): in lower case, NULL when there is none. */
char *
mun_text_extract_guid (const char *pasted);

/* mun_text_is_domain: TRUE for a DNS name of two or more labels (RFC 1123), at most 253 characters.
 */
gboolean
mun_text_is_domain (const char *text);

/* Returns: (transfer full): two digits a byte. */
char *
mun_text_to_hex (gconstpointer data, gsize length, gboolean upper);

/* mun_text_from_hex: white space and colons between the digits are skipped.
 * Returns: (transfer full) (nullable): NULL when @text is not hexadecimal or has an odd number of
 * digits. */
GBytes *
mun_text_from_hex (const char *text);

/* base64 with the URL alphabet and without padding (RFC 4648 section 5). The reader takes padding
 * too. Returns: (transfer full); the reader gives NULL for text that is not base64url. */
char *
mun_text_base64url (gconstpointer data, gsize length);
GBytes *
mun_text_from_base64url (const char *text);

/* mun_text_group: puts a space after every @group characters, to compare fingerprints by eye.
 * Returns: (transfer full). */
char *
mun_text_group (const char *hex, guint group);

/* mun_text_make_valid: UTF-8 from any bytes; what is not valid becomes U+FFFD. @length -1: to the
 * NUL. Returns: (transfer full). */
char *
mun_text_make_valid (const char *bytes, gssize length);

/* mun_text_dup_start: the first @limit bytes of a text that may be long, for an error's words, cut
 * at a character's border and made valid. NULL gives "". Returns: (transfer full). */
char *
mun_text_dup_start (const char *text, gsize limit);

/* mun_text_split_list: the parts of a comma list, white space stripped, empty parts left out. NULL
 * is an empty list. Returns: (transfer full): never NULL. */
GStrv
mun_text_split_list (const char *comma_list);

/* Returns: (transfer full): the values joined by ","; never NULL. */
char *
mun_text_join_list (const char *const *values);

/* mun_text_equal_secret: compares without telling by its duration where the texts differ. NULL
 * equals only NULL. */
gboolean
mun_text_equal_secret (const char *a, const char *b);

/* mun_text_random_hex: @bytes random bytes of the kernel as lower-case hexadecimal digits, fit for
 * tokens. Returns: (transfer full). */
char *
mun_text_random_hex (guint bytes);

G_END_DECLS
