/* directory-sync.h: users of the tenant become users of the archive */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "handler.h"

/**
 * mun_directory_sync_run:
 * @call: whose log, progress and cancellation are used; need not be a call of
 *   SyncUsersWithDirectoryServices: a profile may synchronize first
 * @dry_run: only report
 *
 * Reads all users (and the groups' members) from the directory, then changes the users of this
 * server as the configuration says. Nothing is changed when anything could not be read, or when the
 * directory has no users at all.
 *
 * A user is found again by the object id kept in the document ("directoryObjectId"), which is
 * unique over all tenants, so that a changed user principal name renames user and archive, and the
 * credentials may call the tenant by its id or by any of its domains. Users made by hand with
 * authentication "directoryServices" are taken over when the name is the same; others are left
 * alone. Only users that this synchronization made or took over, of the same tenant
 * ("directoryTenant"), and that are not administrators, are ever deleted. Archives are not.
 *
 * Returns: (transfer full): the result of SyncUsersWithDirectoryServices
 */
JsonNode *
mun_directory_sync_run (MunCall *call, gboolean dry_run, GError **error);
