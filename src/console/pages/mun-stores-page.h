/* mun-stores-page.h: the page Storage Locations: the archive stores, and what keeps them whole */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-page.h"

G_BEGIN_DECLS

/* Actions: stores.create, stores.attach, stores.verify-all, stores.renew-master-key: each is there
 * when the server has the function. What is done to one store is in its row (mun-store-row.h). */
#define MUN_TYPE_STORES_PAGE (mun_stores_page_get_type ())
G_DECLARE_FINAL_TYPE (MunStoresPage, mun_stores_page, MUN, STORES_PAGE, MunPage)

G_END_DECLS
