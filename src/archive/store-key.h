/* store-key.h: store.json: what a store is, and its key wrapped by the master key */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "seal.h"

G_BEGIN_DECLS

typedef struct {
  guint8 guid[16];
  MunSecret *key;
  char *text; /* the JSON */
} MunStoreKey;

/* mun_store_key_create: a new GUID and key, written durably to @path. */
gboolean
mun_store_key_create (MunStoreKey *self, const char *path, MunSecret *master_key, GError **error);
/* mun_store_key_parse: opens @text, which stands in @place. MUN_ERROR_AUTHENTICATION: sealed by
 * another master key, and what opens it then. */
gboolean
mun_store_key_parse (MunStoreKey *self, const char *text, const char *place, MunSecret *master_key,
                     GError **error);
/* mun_store_key_wrap: seals the key with another master key; the text changes, and nothing on the
 * disk. */
gboolean
mun_store_key_wrap (MunStoreKey *self, MunSecret *master_key, GError **error);
/* mun_store_key_restore: writes @text durably to @path. */
gboolean
mun_store_key_restore (const char *path, const char *text, GError **error);
/* mun_store_key_read: the text at @path; MUN_ERROR_NOT_FOUND: there is none. */
char *
mun_store_key_read (const char *path, GError **error);
/* mun_store_key_get_only: the element of "keys", or NULL. */
JsonObject *
mun_store_key_get_only (JsonObject *root);
void
mun_store_key_clear (MunStoreKey *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MunStoreKey, mun_store_key_clear)

G_END_DECLS
