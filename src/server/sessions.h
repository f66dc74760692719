/* sessions.h: who is using the server now */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

/* Neither API has log-ons that last: a session is a user at an address who called in the last
 * minutes. Thread-safe. */
typedef struct _MunSessions MunSessions;

MunSessions *
mun_sessions_new (void);
void
mun_sessions_free (MunSessions *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunSessions, mun_sessions_free)

/* @client_type: "api" or "web", as in loginPrivileges. */
void
mun_sessions_touch (MunSessions *self, const char *user_name, const char *address,
                    const char *client_type);

/* Returns: (transfer full): the result of GetActiveSessions, times in this machine's zone. */
JsonNode *
mun_sessions_list (MunSessions *self);
