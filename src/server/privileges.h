/* privileges.h: the words of the contract for what a user may do */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Each reads a comma list of the contract's words (contract 1.7, Users) in any order, and gives
 * them once each in the contract's order. "none" stands alone and gives an empty list; "admin"
 * stands alone. Returns: (transfer full): NULL with MUN_ERROR_INVALID naming the wrong word. */
GStrv
mun_privileges_parse (const char *text, GError **error);
GStrv
mun_privileges_parse_login (const char *text, GError **error);
GStrv
mun_privileges_parse_folder (const char *text, GError **error);

/* Whether a new user may be called so: the name is also the name of an archive and the first level
 * of its paths. */
gboolean
mun_privileges_check_user_name (const char *name, GError **error);

/* All login privileges, "api" last: what a user has for whom none are said. */
extern const char *const mun_privileges_login[];
