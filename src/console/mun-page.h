/* mun-page.h: base class of every page that the sidebar can show */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-connection.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* What the sidebar shows at the right end of the page's row. */
typedef enum {
  MUN_BADGE_NONE,
  MUN_BADGE_ATTENTION,
  MUN_BADGE_RUNNING,
} MunBadge;

#define MUN_TYPE_BADGE (mun_badge_get_type ())
GType
mun_badge_get_type (void);

#define MUN_TYPE_PAGE (mun_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (MunPage, mun_page, MUN, PAGE, AdwBin)

/*
 * A page is made when it is first shown and lives as long as its connection's window contents do.
 *
 * load:     fetch what the page shows. Called when the page gets its connection, on refresh (F5),
 * on Retry and after a reconnect. mun_page_get_cancellable () is fresh in every call; use it for
 * all requests. save, discard:  for pages with an explicit Save: set "modified" and "can-save", the
 * window shows the buttons. start_search:   Ctrl+F.
 *
 * Actions that work inside a page: page.refresh, page.save, page.discard.
 */
struct _MunPageClass {
  AdwBinClass parent_class;

  void (*load) (MunPage *self);
  void (*save) (MunPage *self);
  void (*discard) (MunPage *self);
  void (*start_search) (MunPage *self);
  const char *create_action; /* what Ctrl+N does: an action of the page; NULL: nothing */
  gpointer padding[5];
};

const char *
mun_page_get_title (MunPage *self);
void
mun_page_set_title (MunPage *self, const char *title);
const char *
mun_page_get_icon_name (MunPage *self);
MunBadge
mun_page_get_badge (MunPage *self);
void
mun_page_set_badge (MunPage *self, MunBadge badge);

/* The server this page shows; borrowed, NULL before it is set. Setting it loads the page. */
MunConnection *
mun_page_get_connection (MunPage *self);
void
mun_page_set_connection (MunPage *self, MunConnection *connection);

/* A widget of the page's own that stands at the end of the window's header bar while the page is
 * shown. */
GtkWidget *
mun_page_get_header_widget (MunPage *self);
void
mun_page_set_header_widget (MunPage *self, GtkWidget *widget);

/* Something differs from what the server has: the window shows Save and Discard. */
gboolean
mun_page_get_modified (MunPage *self);
void
mun_page_set_modified (MunPage *self, gboolean modified);
/* What differs may be saved as it is; otherwise Save is insensitive and `reason` (nullable) says
 * why. */
gboolean
mun_page_get_can_save (MunPage *self);
void
mun_page_set_can_save (MunPage *self, gboolean can_save, const char *reason);
/* Why it may not be saved, for the Save button's tooltip; borrowed, NULL when nothing is in the
 * way. */
const char *
mun_page_get_save_hint (MunPage *self);

/* Cancels what the last load still fetches, then calls the load function. Without connection:
 * nothing. */
void
mun_page_refresh (MunPage *self);
void
mun_page_save (MunPage *self);
void
mun_page_discard (MunPage *self);
void
mun_page_start_search (MunPage *self);
/* Makes a new one of what the page lists; nothing on a page that lists nothing. */
void
mun_page_create (MunPage *self);

/* Cancelled when the page goes away and before the next load; borrowed. */
GCancellable *
mun_page_get_cancellable (MunPage *self);

/* An event, in a few words; text is plain (never markup). */
void
mun_page_toast (MunPage *self, const char *text);
/* The same with a toast made by the caller (button, time-out); takes the toast. Escape its title
 * yourself. */
void
mun_page_add_toast (MunPage *self, AdwToast *toast);
/* An action that failed, in words for people. Cancellation is no error; error stays the caller's.
 */
void
mun_page_report_error (MunPage *self, const GError *error);
/* Shows another page, by its id of the page table. */
void
mun_page_go_to (MunPage *self, const char *page_id);

G_END_DECLS
