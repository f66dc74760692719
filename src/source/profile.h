/* profile.h: a profile's settings: checked, and the sources they name */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "run.h"

G_BEGIN_DECLS

#define MUN_CONNECTOR_OFFICE365 "Office365"
#define MUN_CONNECTOR_FILES "FileSystem"

/**
 * mun_profile_check:
 * @profile: (transfer none): the properties of CreateProfile: {"type":"I","connector","name",
 *   "owner","details":{…}}; every value in details is a string. Members that are not known are no
 *   error
 *
 * Details of connector Office365: "credentialsId", "scenario" ("single" or "multiple"); single:
 * "mailbox" (address), "targetUserFolder" (user); multiple: "users" ("all", "except", "only"),
 * "userNames" (comma list), "synchronizeFirst" ("0", "1"); both: "excludedFolders" (comma list of
 * paths or names).
 * Details of connector FileSystem: "format" ("mbox", "maildir", "eml"), "path" (absolute, on the
 * server), "targetUserFolder"; mbox: "quoting" ("mboxrd", or nothing: leave ">From " as it is);
 * eml: "onlyEml" ("0", "1").
 *
 * Returns: FALSE with MUN_ERROR_INVALID, or _NOT_FOUND for a user, path or credential that is not
 *   there; the message names the member and what is wrong with it
 */
gboolean
mun_profile_check (MunArchive *archive, JsonObject *profile, GError **error);

/* TRUE when the directory is to be synchronized before each run. */
gboolean
mun_profile_wants_sync (JsonObject *profile);

/* The credential that a profile uses; 0 when it uses none. */
gint64
mun_profile_get_credentials (JsonObject *profile);

/**
 * mun_profile_add_sources:
 *
 * Adds what the profile names to a run, mailboxes in the order of their users' names: a mailbox
 * goes to "<user>/Exchange <address>", files to "<user>/Mbox|Maildir|EML <name of the file or
 * folder>". Errors as above; MUN_ERROR_NOT_FOUND when no user has an email address.
 */
gboolean
mun_profile_add_sources (MunArchive *archive, JsonObject *profile, MunRun *run, GError **error);

G_END_DECLS
