/* admin-api.h: the Administration API over HTTP */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "context.h"
#include "listener.h"

/* The parts of the server that both APIs share; owned by the server. */
typedef struct {
  MunServer *server;
  struct _MunAccounts *accounts;
  struct _MunOperations *operations;
  struct _MunSessions *sessions;
  gboolean byte_order_mark;             /* at the beginning of every reply, as the manual says */
  guint pending;                        /* requests that were paused and are not answered yet */
  guint uploads;                        /* requests that archive what they bring */
  struct _MunUploadQueue *upload_queue; /* the Web Access API's */
} MunApiParts;

/* A MunListenerHandler; @data: MunApiParts. Paths: /api/get-metadata, /api/invoke/NAME,
 * /api/get-status, /api/cancel-async. */
void
mun_admin_api_handle (SoupServerMessage *message, const char *path, gpointer data);
/* A MunListenerFilter; @data: MunApiParts. Answers what needs credentials and has none. */
gboolean
mun_admin_api_filter (SoupServerMessage *message, const char *path, gpointer data);
