/* render.h: pictures of pages and dialogs, and what must hold for each of them */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*   render.c          the looks, the window, the picture and its checks
 *   render-server.c   the server that is shown: replies.json, and an archive in a real munimentd
 *   pages.c           the pages in their states
 *   search-folders.c  searches kept by name
 *   stores.c          the archive stores
 *   dialogs.c         dialogs and windows over the pages
 *   test-render.c     one run is one look */

#pragma once

#include "console-test.h"
#include "fake-connection.h"
#include "mun-window.h"

G_BEGIN_DECLS

/* Makes libadwaita, the application and the folder for pictures ready for LOOK; FALSE when there is
 * no such look. */
gboolean
render_init (int *argc, char ***argv, const char *look);

/* Whether the look has windows as on a desk. */
gboolean
render_is_wide (void);

/* The console's window without server, as wide and high as the look wants it, on the screen. */
MunWindow *
render_window (void);
/* The same with a server's page, when that has reached the state of this name ("content" …). */
MunWindow *
render_page (FakeConnection *connection, const char *page_id, const char *state);
/* Waits until the page of the window has reached the state. */
void
render_wait_for_state (MunWindow *window, const char *state);
/* The end of the window; the calls of a server that nobody answers are cancelled. */
void
render_close (MunWindow *window);

/* Writes the picture NAME.png of a window that has come to rest, and checks it. A dialog is made no
 * wider than the look's windows. */
void
render_shoot (GtkWindow *window, const char *name);
/* The same for a popover, which is a surface of its own; it is closed again. */
void
render_shoot_popover (GtkPopover *popover, const char *name);
/* The newest window of the type, when it is there. */
GtkWindow *
render_wait_for_window (GType type);
/* The first widget of the type below ROOT, in depth; borrowed, NULL when there is none. */
gpointer
render_find (GtkWidget *root, GType type);

/* render-server.c */

/* A server with everything, from replies.json; owned. */
FakeConnection *
render_server_new (void);
/* The same with an archive (made once for all). ALLOWED: an administrator may read all of it. */
FakeConnection *
render_server_new_with_archive (gboolean allowed);
void
render_server_stop (void);
/* A member of replies.json as JSON text; owned. */
char *
render_server_dup_reply (const char *member);

/* pages.c, search-folders.c, dialogs.c */

void
render_add_pages (void);
void
render_add_search_folders (void);
void
render_add_stores (void);
void
render_add_dialogs (void);

G_END_DECLS
