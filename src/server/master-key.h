/* master-key.h: the key that seals secrets at rest */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "secret.h"

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
