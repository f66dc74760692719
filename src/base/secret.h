/* secret.h: locked, wiped memory for keys and passwords */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* MunSecret: bytes that are never swapped out (mlock), never in a core dump (MADV_DONTDUMP) and are
 * overwritten before the memory goes back. Immutable and reference counted, from any thread.
 * A NUL follows the data, which the length does not count. */
typedef struct _MunSecret MunSecret;

#define MUN_TYPE_SECRET (mun_secret_get_type ())
GType
mun_secret_get_type (void) G_GNUC_CONST;

/* mun_secret_new: copies the bytes; wiping the original is up to the caller. */
MunSecret *
mun_secret_new (gconstpointer data, gsize length);

/* mun_secret_new_take_string: copies the text, then wipes and frees the original. NULL gives an
 * empty secret. */
MunSecret *
mun_secret_new_take_string (char *text);

MunSecret *
mun_secret_ref (MunSecret *self);
void
mun_secret_unref (MunSecret *self);

/* mun_secret_get_data: @length (out) (optional): bytes. Returns: borrowed. */
gconstpointer
mun_secret_get_data (MunSecret *self, gsize *length);

/* mun_secret_get_string: the same bytes as a NUL-terminated string. Returns: borrowed. */
const char *
mun_secret_get_string (MunSecret *self);

/* mun_secret_wipe: overwrites memory in a way that the compiler keeps. */
void
mun_secret_wipe (gpointer data, gsize length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunSecret, mun_secret_unref)

G_END_DECLS
