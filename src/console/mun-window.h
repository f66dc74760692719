/* mun-window.h: the window: sidebar and content, which page is shown, states and toasts */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-application.h"
#include "mun-page.h"

G_BEGIN_DECLS

#define MUN_TYPE_WINDOW (mun_window_get_type ())
G_DECLARE_FINAL_TYPE (MunWindow, mun_window, MUN, WINDOW, AdwApplicationWindow)

MunWindow *
mun_window_new (MunApplication *application);

/* Shows this server's pages; NULL: the start page. Keeps the present page when the server has it.
 */
void
mun_window_set_connection (MunWindow *self, MunConnection *connection);
MunConnection *
mun_window_get_connection (MunWindow *self);

/* Shows a page by its id of the page table; FALSE when the server has it not. Pages are made when
 * first shown. */
gboolean
mun_window_show_page (MunWindow *self, const char *id);
/* The page that is shown; borrowed, NULL on the start page. */
MunPage *
mun_window_get_page (MunWindow *self);
const char *
mun_window_get_page_id (MunWindow *self);

/* A few words about an event; plain text. */
void
mun_window_toast (MunWindow *self, const char *text);

G_END_DECLS
