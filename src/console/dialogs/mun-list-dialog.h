/* mun-list-dialog.h: edits a list of names: groups, users, folders */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <adwaita.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Signal: applied (JsonArray *), when the user accepts a list that differs. An item is an object
 * with "id" and "name"; for lists of plain names both are the same. Members that the caller's
 * objects have besides stay. */
#define MUN_TYPE_LIST_DIALOG (mun_list_dialog_get_type ())
G_DECLARE_FINAL_TYPE (MunListDialog, mun_list_dialog, MUN, LIST_DIALOG, AdwWindow)

/* `entry_title`: of the field that adds an item ("User name"). `items`: borrowed, copied. */
MunListDialog *
mun_list_dialog_new (GtkWindow *parent, const char *title, const char *description,
                     const char *entry_title, JsonArray *items);

/* What can be chosen with a click, found by typing; NULL: nothing is known. `note` (nullable) is
 * shown above, for instance why nothing is known. */
void
mun_list_dialog_set_suggestions (MunListDialog *self, JsonArray *items, const char *note);

/* Between a list of strings and such an array. Both return what the caller owns. */
JsonArray *
mun_list_dialog_items_from_strings (const char *const *values);
GStrv
mun_list_dialog_strings_from_items (JsonArray *items);

G_END_DECLS
