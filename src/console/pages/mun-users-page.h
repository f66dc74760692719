/* mun-users-page.h: the users of the archive */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-page.h"

G_BEGIN_DECLS

#define MUN_TYPE_USERS_PAGE (mun_users_page_get_type ())
G_DECLARE_FINAL_TYPE (MunUsersPage, mun_users_page, MUN, USERS_PAGE, MunPage)

G_END_DECLS
