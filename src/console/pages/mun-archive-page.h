/* mun-archive-page.h: archives as a tree, their messages, and a preview */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-page.h"

G_BEGIN_DECLS

#define MUN_TYPE_ARCHIVE_PAGE (mun_archive_page_get_type ())
G_DECLARE_FINAL_TYPE (MunArchivePage, mun_archive_page, MUN, ARCHIVE_PAGE, MunPage)

G_END_DECLS
