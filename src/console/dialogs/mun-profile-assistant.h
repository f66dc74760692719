/* mun-profile-assistant.h: makes or edits an archiving profile, step by step */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-connection.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Signal: saved (), after which the window closes. Actions: assistant.next, .back, .edit-users,
 * .edit-folders, .choose-target, .browse, .browse-to (s: a path). */
#define MUN_TYPE_PROFILE_ASSISTANT (mun_profile_assistant_get_type ())
G_DECLARE_FINAL_TYPE (MunProfileAssistant, mun_profile_assistant, MUN, PROFILE_ASSISTANT, AdwWindow)

/* `profile`: an element of GetProfiles of a known connector, edited as a copy that keeps what this
 * version does not know; NULL for a new one. */
MunProfileAssistant *
mun_profile_assistant_new (GtkWindow *parent, MunConnection *connection, JsonObject *profile);

G_END_DECLS
