/* mun-report-window.h: what one run of a profile has done, mailbox by mailbox */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-connection.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define MUN_TYPE_REPORT_WINDOW (mun_report_window_get_type ())
G_DECLARE_FINAL_TYPE (MunReportWindow, mun_report_window, MUN, REPORT_WINDOW, AdwWindow)

/* `result`: an element of GetWorkerResults. Reads the report at once, where the server has one. */
MunReportWindow *
mun_report_window_new (GtkWindow *parent, MunConnection *connection, JsonObject *result);

G_END_DECLS
