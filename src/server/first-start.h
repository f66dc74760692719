/* first-start.h: what an installation has from its first start on */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "master.h"

#define MUN_ADMIN_NAME "admin"
/* In the data directory, 0600: the made-up password, until another one is set. */
#define MUN_INITIAL_PASSWORD_FILE "initial-password"

/**
 * mun_first_start_prepare:
 * @initial_password: (nullable): for the user "admin" if that does not exist yet; NULL makes one up
 *   and writes it to MUN_INITIAL_PASSWORD_FILE
 */
gboolean
mun_first_start_prepare (MunMaster *master, const char *data_dir, const char *initial_password,
                         GError **error);

/**
 * mun_first_start_set_password:
 * @password: for the user "admin", if there still is one
 *
 * For a session: whoever starts it owns the data, and says at each start how the administrator
 * signs in. So a console whose keyring is gone is not locked out of its own archive.
 */
gboolean
mun_first_start_set_password (MunMaster *master, const char *password, GError **error);

/* The password of "admin" was changed: the file with the first one has no use any more. */
void
mun_first_start_forget_password (const char *data_dir);
