/* graph.h: requests to Microsoft Graph */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>

#include "entra.h"

G_BEGIN_DECLS

#define MUN_GRAPH_ERROR (mun_graph_error_quark ())
GQuark
mun_graph_error_quark (void);
typedef enum {
  MUN_GRAPH_ERROR_FAILED,          /* any other refusal */
  MUN_GRAPH_ERROR_NOT_FOUND,       /* the user, folder or message is gone */
  MUN_GRAPH_ERROR_DENIED,          /* permission missing, or a policy keeps the application out */
  MUN_GRAPH_ERROR_SYNC_STATE_LOST, /* delta link too old: start the folder anew */
  MUN_GRAPH_ERROR_NO_MAILBOX,      /* no mailbox in Exchange Online */
  MUN_GRAPH_ERROR_THROTTLED,       /* asked to wait longer than the limit, or too often */
  MUN_GRAPH_ERROR_UNAUTHORIZED,    /* a fresh token was refused, too */
  MUN_GRAPH_ERROR_UNAVAILABLE,     /* the service failed after all retries */
  MUN_GRAPH_ERROR_BAD_LINK,        /* a link in the answer leads to another origin */
} MunGraphError;

/* Details of such an error, borrowed from it; NULL or 0 when the error is another or has none. */
/* The code of Graph, such as "ErrorItemNotFound". */
const char *
mun_graph_error_get_code (const GError *error);
const char *
mun_graph_error_get_request_id (const GError *error);
/* The HTTP status. */
guint
mun_graph_error_get_status (const GError *error);
/* What an administrator should know about an error of this folder, translated; NULL when the domain
 * is not MUN_GRAPH_ERROR. */
const char *
mun_graph_explain (const GError *error);

/* Thread-safe; up to four requests at a time from as many threads is what a mailbox allows. */
#define MUN_TYPE_GRAPH (mun_graph_get_type ())
G_DECLARE_FINAL_TYPE (MunGraph, mun_graph, MUN, GRAPH, GObject)

MunGraph *
mun_graph_new (MunEntra *entra);
MunEntra *
mun_graph_get_entra (MunGraph *self);

/* Called on the calling thread before a wait (throttled, or before a retry) with its length in
 * seconds, and with 0 after it. */
typedef void (*MunGraphWaitFunc) (guint seconds, gpointer user_data);
/* To be set before the first request, if at all. */
void
mun_graph_set_wait_callback (MunGraph *self, MunGraphWaitFunc func, gpointer user_data);
/* Attempts per request (default 6) and the unit of the exponential wait without Retry-After in
 * milliseconds (default 1000); for tests. */
void
mun_graph_set_patience (MunGraph *self, guint attempts, guint backoff_ms);

/* GET of `path` ("/v1.0/users?$top=5", escaped by the caller) or of a whole nextLink/deltaLink,
 * which must have the cloud's origin. `prefer` is the value of the header Prefer or NULL. Waits as
 * Retry-After demands, renews a refused token once, repeats what broke off. */
JsonObject *
mun_graph_get (MunGraph *self, const char *path, const char *prefer, GCancellable *cancellable,
               GError **error);
/* The same for a body that is not JSON, at most `max_bytes` long (0: 512 MiB; MUN_ERROR_TOO_LARGE).
 */
GBytes *
mun_graph_get_bytes (MunGraph *self, const char *path, const char *prefer, gsize max_bytes,
                     GCancellable *cancellable, GError **error);

/* Where a body goes that is not to be in memory. Begins anew with each attempt. */
typedef struct {
  void (*begin) (gpointer data);
  gboolean (*take) (gpointer data, gconstpointer bytes, gsize length, GError **error);
  gpointer data;
} MunBodySink;
/* As mun_graph_get_bytes(); an error of the sink ends it. */
gboolean
mun_graph_get_to (MunGraph *self, const char *path, const char *prefer, gsize max_bytes,
                  const MunBodySink *sink, GCancellable *cancellable, GError **error);

/* Calls `func` for every object of "value" on every page, following @odata.nextLink. FALSE from
 * `func` ends it, with its error. */
typedef gboolean (*MunGraphItemFunc) (JsonObject *item, gpointer user_data, GError **error);
gboolean
mun_graph_for_each (MunGraph *self, const char *path, const char *prefer, MunGraphItemFunc func,
                    gpointer user_data, GCancellable *cancellable, GError **error);

G_END_DECLS
