/* mun-profile-row.h: one archiving profile: what it archives, its last result, its run */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-operation.h"

#include <adwaita.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Signals: run (), when Run is pressed. Its menu has the actions profiles.edit, profiles.results
 * and profiles.delete; all take the profile's id (int64). */
#define MUN_TYPE_PROFILE_ROW (mun_profile_row_get_type ())
G_DECLARE_FINAL_TYPE (MunProfileRow, mun_profile_row, MUN, PROFILE_ROW, AdwPreferencesRow)

/* `profile`: an element of GetProfiles; `can_edit`: this console knows the connector and the server
 * can update. */
MunProfileRow *
mun_profile_row_new (JsonObject *profile, gboolean can_edit, gboolean can_run);

gint64
mun_profile_row_get_id (MunProfileRow *self);
JsonObject *
mun_profile_row_get_profile (MunProfileRow *self);
/* The newest element of GetWorkerResults for this profile; NULL: it never ran. */
void
mun_profile_row_set_result (MunProfileRow *self, JsonObject *result, gint64 now);
/* Shows a run until it ends; NULL: none. */
void
mun_profile_row_set_operation (MunProfileRow *self, MunOperation *operation);
gboolean
mun_profile_row_is_running (MunProfileRow *self);

G_END_DECLS
