/* script-server.h: an HTTPS server that answers what a test wrote down, for what no tenant would do
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "cloud.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct _ScriptServer ScriptServer;

ScriptServer *
script_server_new (void);
void
script_server_free (ScriptServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScriptServer, script_server_free)

/* A cloud whose sign-in and Graph are both this server. */
const MunCloud *
script_server_get_cloud (ScriptServer *self);

/* The next answer. `headers`: "Name: value" lines or NULL. "%s" in the body stands for the server's
 * own address. */
void
script_server_push (ScriptServer *self, guint status, const char *headers, const char *body);
/* An answer that a token request understands. */
void
script_server_push_token (ScriptServer *self, const char *token, int expires_in);

/* What was asked so far, one line a request: "GET /path?query", and of the last one a header or the
 * body. */
char *
script_server_dup_log (ScriptServer *self);
char *
script_server_dup_header (ScriptServer *self, const char *name);
char *
script_server_dup_body (ScriptServer *self);

G_END_DECLS
