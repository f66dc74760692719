/* mun-message-list.h: messages in columns, ordered by the server */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-message-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

/*
 * Signals: "selected" (MunMessageRow *, nullable), "opened" (MunMessageRow *: Enter or double
 * click), "sort-changed": mun_message_list_get_sort () has the new order; the owner sets a new
 * model.
 */
#define MUN_TYPE_MESSAGE_LIST (mun_message_list_get_type ())
G_DECLARE_FINAL_TYPE (MunMessageList, mun_message_list, MUN, MESSAGE_LIST, AdwBin)

GtkWidget *
mun_message_list_new (void);
/* NULL empties the list. A model replaced is stopped. */
void
mun_message_list_set_model (MunMessageList *self, MunMessageModel *model);
MunMessageModel *
mun_message_list_get_model (MunMessageList *self);
/* The order as the Web Access API names it: "d-desc" and so on. Owned by the list. */
const char *
mun_message_list_get_sort (MunMessageList *self);
/* Borrowed; NULL when nothing is selected or the row is still on its way. */
MunMessageRow *
mun_message_list_get_selected (MunMessageList *self);
/* Whether the folder is worth a column (search results) and whether there is room for all. */
void
mun_message_list_set_show_folder (MunMessageList *self, gboolean show);
void
mun_message_list_set_narrow (MunMessageList *self, gboolean narrow);
/* Whether the subject has a second line for the snippet. */
void
mun_message_list_set_show_snippets (MunMessageList *self, gboolean show);

G_END_DECLS
