/* mun-hits.h: the hits of a search, marked in lists and previews */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gtk/gtk.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* SNIPPET: {"text", "marks": [[start, length], …]} in characters, as servers with "searchSnippets"
 * send it. Returns: (transfer full): the marks in bold; what does not fit the text is left out. */
PangoAttrList *
mun_hits_new_attributes (JsonObject *snippet);
/* Puts TAG on every place where one of WORDS stands by itself, in any case. */
void
mun_hits_mark_buffer (GtkTextBuffer *buffer, const char *tag, const char *const *words);
/* The one text that finds them all, or NULL: WebKit looks for one at a time. */
char *
mun_hits_dup_common (const char *const *words);

G_END_DECLS
