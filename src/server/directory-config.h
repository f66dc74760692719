/* directory-config.h: the directory services configuration */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "master.h"

#define MUN_DIRECTORY_NONE "None"
#define MUN_DIRECTORY_MICROSOFT365 "Microsoft365ModernAuth"

/* Returns: (transfer full): what was set, with the members that are missing at their defaults
 * (contract 1.10, and "excludedUsers"): type "None" when nothing was set. */
JsonObject *
mun_directory_config_load (MunMaster *master, GError **error);

/* Checks @config and keeps it with every member it has; what looks like a secret is left out. */
gboolean
mun_directory_config_save (MunMaster *master, JsonObject *config, GError **error);

/* 0 when the type needs none, or none was chosen. */
gint64
mun_directory_config_get_credentials (JsonObject *config);

/**
 * mun_directory_check_redirect_uri:
 *
 * The rules of learn.microsoft.com/entra/identity-platform/reply-url, narrowed to what this server
 * serves: https (http only for localhost and 127.0.0.1), path exactly "/oidc/signin", no query, no
 * fragment, none of the refused characters, at most 256 characters, port 443 left out.
 */
gboolean
mun_directory_check_redirect_uri (const char *uri, GError **error);

/* The id of an element of "syncOnlyGroups", which is an object or a text alone; *name for people.
 * Both borrowed. NULL with MUN_ERROR_INVALID when there is no id. */
const char *
mun_directory_config_get_group (JsonArray *groups, guint place, const char **name, GError **error);
