/* mun-archive-email-page.h: the page Archive Email: profiles, their runs, recent results */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-page.h"

G_BEGIN_DECLS

/* Actions: profiles.create; profiles.edit, .run, .results, .delete (int64: the profile's id);
 * profiles.report (int64: the id of a result). */
#define MUN_TYPE_ARCHIVE_EMAIL_PAGE (mun_archive_email_page_get_type ())
G_DECLARE_FINAL_TYPE (MunArchiveEmailPage, mun_archive_email_page, MUN, ARCHIVE_EMAIL_PAGE, MunPage)

G_END_DECLS
