/* master-key.h: the key that seals secrets at rest */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "archive-keys.h"

/**
 * mun_master_key_load_or_create:
 * @data_dir: the data directory
 *
 * Takes "master-key" from systemd's credential directory ($CREDENTIALS_DIRECTORY, systemd.exec)
 * when there is one; else reads "master-key" in @data_dir, which is made on the first start,
 * readable by the owner only. The file holds 32 bytes, or 64 hexadecimal digits.
 *
 * Fails with MUN_ERROR_INVALID for a key of another length, and with MUN_ERROR_DENIED when the file
 * in @data_dir is readable by others.
 */
MunSecret *
mun_master_key_load_or_create (const char *data_dir, GError **error);

/**
 * mun_master_key_open_archive:
 *
 * Opens the archive with that key, or with the one of a renewal that was cut off after it had
 * committed, which is then completed.
 */
MunArchive *
mun_master_key_open_archive (const char *data_dir, GError **error);

/**
 * mun_master_key_renew:
 *
 * Renews the master key: a new one is written to "master-key.new" first, then mun_archive_renew_key()
 * commits to it, then it takes the place of "master-key". Killed at any moment, the next start opens
 * everything. @report ends with what the administrator has to do, if anything.
 *
 * Fails with MUN_ERROR_UNSUPPORTED, and what to do, when systemd provides "master-key" and not yet
 * "master-key.new": the server cannot write there. When it provides both, the second one is used.
 */
gboolean
mun_master_key_renew (MunArchive *archive, MunVerifyProgress progress, gpointer data,
                      MunKeyRenewal *done, char **report, GError **error);
