/* directory-plan.h: what a synchronization would change */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "master.h"

typedef enum {
  MUN_DIRECTORY_CREATE,
  MUN_DIRECTORY_MODIFY,
  MUN_DIRECTORY_DELETE,
  MUN_DIRECTORY_SKIP,
  MUN_DIRECTORY_KEEP, /* nothing to change */
} MunDirectoryAction;

typedef struct {
  MunDirectoryAction action;
  char *user_name;         /* present name; the directory's for new and skipped users */
  char *new_name;          /* modified: when it is another one; else NULL */
  JsonObject *after;       /* document to write; deleted: the present one */
  JsonArray *changes;      /* modified: [{"field","before","after"}] */
  char *reason;            /* skipped */
  gboolean renamed_tenant; /* kept: the tenant goes by another name, so write the document */
} MunDirectoryChange;

void
mun_directory_change_free (MunDirectoryChange *change);

/**
 * mun_directory_plan:
 * @config: as mun_directory_config_load() gives it
 * @tenant: which tenant the users belong to, as the credentials say it: its id or a domain of it
 * @users: of MunDirectoryUser: all of the tenant
 * @members: (nullable): object ids of the users in the groups of the configuration; NULL without
 *   groups
 *
 * Compares without changing anything. Hold mun_users_lock until the plan is carried out.
 *
 * Returns: (transfer full): array of MunDirectoryChange, one for each user of the directory and for
 *   each user to be deleted
 */
GPtrArray *
mun_directory_plan (MunMaster *master, JsonObject *config, const char *tenant, GPtrArray *users,
                    GHashTable *members, GError **error);
