/* mun-html-view.h: the HTML of a message, without scripts and without the network */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "message.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Images come from the message only (cid:). A link that is clicked asks before it opens. */
#define MUN_TYPE_HTML_VIEW (mun_html_view_get_type ())
G_DECLARE_FINAL_TYPE (MunHtmlView, mun_html_view, MUN, HTML_VIEW, AdwBin)

GtkWidget *
mun_html_view_new (void);
/* MESSAGE: referenced while it is shown; NULL empties the view. */
void
mun_html_view_set_message (MunHtmlView *self, MunMessage *message);
/* Marks TEXT wherever it stands in the message, in any case, once that is loaded: to be called
 * after mun_html_view_set_message(). NULL: nothing. */
void
mun_html_view_mark (MunHtmlView *self, const char *text);
/* Whether the HTML wants something from the network, which is not fetched. */
gboolean
mun_html_view_wants_network (const char *html);

/* Scrolls by one page. */
void
mun_html_view_page (MunHtmlView *self, gboolean down);

G_END_DECLS
