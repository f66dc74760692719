/* mun-dashboard-page.h: the server at a glance: what runs, what needs somebody */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-page.h"

G_BEGIN_DECLS

#define MUN_TYPE_DASHBOARD_PAGE (mun_dashboard_page_get_type ())
G_DECLARE_FINAL_TYPE (MunDashboardPage, mun_dashboard_page, MUN, DASHBOARD_PAGE, MunPage)

G_END_DECLS
