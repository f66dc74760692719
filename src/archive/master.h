/* master.h: MunMaster, the installation's database: everything but mail */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "secret.h"

G_BEGIN_DECLS

/* Documents are JSON objects; keys that nobody here knows are kept. Times are Unix seconds.
 * Returned objects are owned by the caller. Every change is durable on return. Thread-safe. Errors:
 * MUN_ERROR_NOT_FOUND, _EXISTS, … */
#define MUN_TYPE_MASTER (mun_master_get_type ())
G_DECLARE_FINAL_TYPE (MunMaster, mun_master, MUN, MASTER, GObject)

/* Opens or creates the database file PATH; results left running become "disconnected",
 * "interrupted": true. An archive opens its own. */
MunMaster *
mun_master_open (const char *path, MunSecret *master_key, GError **error);

/* Users: names compare without regard to ASCII case and keep the case they were made with. */
GStrv
mun_master_list_users (MunMaster *self, GError **error);
JsonObject *
mun_master_get_user (MunMaster *self, const char *name, GError **error);
/* Inserts; MUN_ERROR_EXISTS. */
gboolean
mun_master_add_user (MunMaster *self, const char *name, JsonObject *document, GError **error);
/* Replaces the document of a user that is there. */
gboolean
mun_master_put_user (MunMaster *self, const char *name, JsonObject *document, GError **error);
gboolean
mun_master_remove_user (MunMaster *self, const char *name, GError **error);
/* Keeps document and password. */
gboolean
mun_master_rename_user (MunMaster *self, const char *from, const char *to, GError **error);
/* The password hash (crypt format); NULL without error when there is none. HASH NULL removes it. */
char *
mun_master_get_password (MunMaster *self, const char *name, GError **error);
gboolean
mun_master_set_password (MunMaster *self, const char *name, const char *hash, GError **error);

/* Settings: a text a key, usually JSON. NULL without error when unset; VALUE NULL removes. */
char *
mun_master_get_setting (MunMaster *self, const char *key, GError **error);
gboolean
mun_master_set_setting (MunMaster *self, const char *key, const char *value, GError **error);

/* Profiles: "id" and "version" of the document are set by these; version starts at 1 and rises with
 * each update. */
JsonArray *
mun_master_list_profiles (MunMaster *self, GError **error);
JsonObject *
mun_master_get_profile (MunMaster *self, gint64 id, GError **error);
gint64
mun_master_insert_profile (MunMaster *self, JsonObject *document, GError **error);
gboolean
mun_master_update_profile (MunMaster *self, gint64 id, JsonObject *document, GError **error);
gboolean
mun_master_remove_profile (MunMaster *self, gint64 id, GError **error);

/* Checkpoints of sources: a text by profile, scope (a mailbox) and key (a folder). NULL without
 * error when unset. */
char *
mun_master_get_checkpoint (MunMaster *self, gint64 profile_id, const char *scope, const char *key,
                           GError **error);
gboolean
mun_master_set_checkpoint (MunMaster *self, gint64 profile_id, const char *scope, const char *key,
                           const char *value, GError **error);
/* SCOPE NULL = all of the profile. */
gboolean
mun_master_clear_checkpoints (MunMaster *self, gint64 profile_id, const char *scope,
                              GError **error);

/* The archive's own list of stores: {"id","name","state",…}; see archive-stores.h. */
JsonArray *
mun_master_list_stores (MunMaster *self, GError **error);
gint64
mun_master_insert_store (MunMaster *self, JsonObject *document, GError **error);
/* Replaces several documents in one step, by their "id". */
gboolean
mun_master_put_stores (MunMaster *self, JsonArray *documents, GError **error);

/* Gives pages that nobody uses back to the disk, in small steps. */
gboolean
mun_master_compact (MunMaster *self, guint64 *given_back, GCancellable *cancellable,
                    GError **error);

G_END_DECLS
