/* mun-directory-page.h: the page Directory Services */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-page.h"

G_BEGIN_DECLS

/* Actions: directory.test-credentials, .hand-over, .edit-groups, .edit-excluded, .edit-privileges,
 * .propose-redirect, .copy-redirect, .test-settings, .synchronize. */
#define MUN_TYPE_DIRECTORY_PAGE (mun_directory_page_get_type ())
G_DECLARE_FINAL_TYPE (MunDirectoryPage, mun_directory_page, MUN, DIRECTORY_PAGE, MunPage)

G_END_DECLS
