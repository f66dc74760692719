/* mun-search-page.h: search in all archives that the account may read */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-page.h"

G_BEGIN_DECLS

#define MUN_TYPE_SEARCH_PAGE (mun_search_page_get_type ())
G_DECLARE_FINAL_TYPE (MunSearchPage, mun_search_page, MUN, SEARCH_PAGE, MunPage)

G_END_DECLS
