/* million-client.h: one client of the Web Access API on one connection that is kept */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wire.h"

typedef struct {
  Wire *wire;
  char *bearer;
} MillionClient;

MillionClient *
million_client_new (TestServer *server, const char *bearer);
void
million_client_free (MillionClient *self);

/* One request; the server must answer with 200. Returns: (transfer full): the body. */
GBytes *
million_client_request (MillionClient *self, const char *method, const char *path, const char *body,
                        gsize length);
JsonObject *
million_client_get (MillionClient *self, const char *path);

/* Starts a search. Returns: its id. */
char *
million_client_search (MillionClient *self, const char *json);
/* Waits until it is counted. Returns: the number of hits. */
gint64
million_client_count (MillionClient *self, const char *id);
/* Waits until a page is found as quickly at any position. */
void
million_client_await_positions (MillionClient *self, const char *id);
/* The reply, to be looked at when the time was taken: reading it is the client's work. */
GBytes *
million_client_page (MillionClient *self, const char *id, guint start, guint count,
                     const char *sort);
void
million_client_check_page (GBytes *page);
void
million_client_drop (MillionClient *self, const char *id);

/* Uploads messages (GBytes). Returns: the reply; all of them must be archived. */
JsonObject *
million_client_upload (MillionClient *self, const char *folder, GPtrArray *messages);

/* Microseconds of many requests. */
typedef struct {
  double median, p99;
} MillionTimes;

MillionTimes
million_times (GArray *samples);
void
million_add (GArray *samples, gint64 since);
