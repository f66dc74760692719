/* mun-window-leave.h: what would lose changes that are not saved asks first */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-window.h"

G_BEGIN_DECLS

/* What is done when nothing is lost by it; `id` as given, nullable. */
typedef void (*MunLeaveFunc) (MunWindow *window, const char *id);

/* Whether a page of the stack has changes that are not saved. */
gboolean
mun_window_has_changes (GtkStack *pages);
/* Calls `then` at once when no page of the stack has changes, else after a question whose answer is
 * to discard them; not at all when the person keeps editing. */
void
mun_window_leave (MunWindow *window, GtkStack *pages, MunLeaveFunc then, const char *id);
/* For a page that is left with changes: they stay, and a toast says so and leads back. Owned by the
 * caller; NULL for a page without changes. `id`: the page's. */
AdwToast *
mun_window_make_reminder (MunPage *page, const char *id);

G_END_DECLS
