/* mun-message-browser.h: a message list with its preview, over or beside each other */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-message-list.h"
#include "mun-message-view.h"

G_BEGIN_DECLS

/* Signals: "toast" (text), "changed" (a message was deleted). */
#define MUN_TYPE_MESSAGE_BROWSER (mun_message_browser_get_type ())
G_DECLARE_FINAL_TYPE (MunMessageBrowser, mun_message_browser, MUN, MESSAGE_BROWSER, AdwBin)

GtkWidget *
mun_message_browser_new (void);
void
mun_message_browser_set_connection (MunMessageBrowser *self, MunConnection *connection);
/* Shows what a search found, in the list's order; NULL empties it. */
void
mun_message_browser_set_search (MunMessageBrowser *self, MunRemoteSearch *search);
/* Whether the server is asked where the words of the search stand; the list shows it as a second
 * line, the preview marks the hits. Only for servers with "searchSnippets". */
void
mun_message_browser_set_show_snippets (MunMessageBrowser *self, gboolean show);
/* The order for the next search, owned by the list. */
const char *
mun_message_browser_get_sort (MunMessageBrowser *self);
MunMessageList *
mun_message_browser_get_list (MunMessageBrowser *self);
MunMessageView *
mun_message_browser_get_view (MunMessageBrowser *self);

G_END_DECLS
