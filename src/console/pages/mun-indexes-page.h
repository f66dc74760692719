/* mun-indexes-page.h: the search indexes of all archives and stores */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-page.h"

G_BEGIN_DECLS

/* Actions: indexes.select-all, indexes.rebuild (the selected ones). */
#define MUN_TYPE_INDEXES_PAGE (mun_indexes_page_get_type ())
G_DECLARE_FINAL_TYPE (MunIndexesPage, mun_indexes_page, MUN, INDEXES_PAGE, MunPage)

G_END_DECLS
