/* access.h: which archives a user may read, and whose they are */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "context.h"

typedef enum {
  MUN_ACCESS_READ = 1 << 0,
  MUN_ACCESS_WRITE = 1 << 1,
  MUN_ACCESS_DELETE = 1 << 2,
  MUN_ACCESS_OWN = 1 << 3 /* it is the user's archive: reading it concerns nobody else */
} MunAccess;

/**
 * mun_access_get:
 * @user: the user's document (accounts.h)
 * @archive: an archive's name or a path that begins with it
 *
 * The user's own archive (the one of the same name) may be read, and written with the privilege
 * "archive"; privilegesOnFolders adds rights on any archive; an administrator reads every archive
 * while the compliance configuration's adminArchiveAccess is true, and only then.
 *
 * Returns: the MunAccess flags. Blocking.
 */
guint
mun_access_get (MunServer *server, JsonObject *user, const char *archive);

/* Returns: (transfer full): names of the existing archives that @user may read. Blocking. */
GStrv
mun_access_list_archives (MunServer *server, JsonObject *user, GError **error);

/* Returns: (transfer full): the first level of a path. */
char *
mun_access_dup_archive (const char *path);

/* The compliance configuration with everything it lacks filled in.
 * Returns: (transfer full) */
JsonObject *
mun_access_dup_compliance (MunMaster *master, GError **error);
#define MUN_ACCESS_COMPLIANCE_SETTING "compliance"
