/* mime.h: the encodings of mail, for writing only */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* A header value with what is not ASCII as encoded words (RFC 2047), folded. `prefix` is the length
 * of what stands before it on the line. Q encoding for mostly Latin text, else B. Caller frees. */
char *
tenant_mime_word (const char *text, guint prefix);

/* `"Name" <address>` for an address header; name NULL: the address alone. Caller frees. */
char *
tenant_mime_address (const char *name, const char *address);

/* Base64 in lines of 76 characters with CRLF. */
void
tenant_mime_base64 (GString *out, gconstpointer data, gsize size);

/* Quoted-printable (RFC 2045 6.7); '\n' in `data` ends a line. */
void
tenant_mime_quoted (GString *out, const char *data, gsize size);

/* Text lines with '\n' made CRLF. */
void
tenant_mime_lines (GString *out, const char *data, gsize size);

typedef enum {
  TENANT_ENCODING_7BIT,
  TENANT_ENCODING_8BIT,
  TENANT_ENCODING_QUOTED,
  TENANT_ENCODING_BASE64
} TenantEncoding;

/* A text part with its own header lines, blank line and body. `charset`: converted from UTF-8; what
 * it lacks falls back to utf-8. `subtype`: "plain", "html". `more`: further header lines or NULL.
 */
void
tenant_mime_text (GString *out, const char *subtype, const char *charset, TenantEncoding encoding,
                  const char *text, const char *more);

/* A binary part with name (RFC 2231 when not ASCII) and base64 body. `content_id` NULL: an
 * attachment. */
void
tenant_mime_file (GString *out, const char *type, const char *name, const char *content_id,
                  GBytes *data);
