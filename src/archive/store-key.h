/* store-key.h: store.json: what a store is, and its key wrapped by the master key */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

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
/* mun_store_key_load: MUN_ERROR_AUTHENTICATION: another master key. */
gboolean
mun_store_key_load (MunStoreKey *self, const char *path, MunSecret *master_key, GError **error);
/* mun_store_key_restore: writes @text, the catalogue's copy, to @path. */
gboolean
mun_store_key_restore (const char *path, const char *text, GError **error);
void
mun_store_key_clear (MunStoreKey *self);

G_END_DECLS
