/* mun-dashboard.h: what the Dashboard makes of a server's replies: figures, expiry, needs (no GTK)
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-profile.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* A certificate is mentioned from this many days before its end. */
#define MUN_EXPIRY_DAYS 60

/* Sums over GetStores. */
typedef struct {
  guint stores;
  guint faulty;    /* stores that report an error */
  gint64 messages; /* -1 when no store says it */
  gint64 bytes;    /* -1 when no store says it */
} MunStoreFigures;

/* `stores`: the result of GetStores, of any shape, nullable. */
void
mun_dashboard_sum_stores (JsonNode *stores, MunStoreFigures *figures);
/* "2026-01 receives mail · 1 write-protected"; "" without stores. Owned by the caller. */
char *
mun_dashboard_describe_stores (JsonNode *stores);

/* One import profile and its newest run. */
typedef struct {
  JsonObject *profile;
  JsonObject *result; /* NULL: none in the time that was asked for */
} MunLastRun;

/* `profiles`: the result of GetProfiles, `results`: that of GetWorkerResults; both nullable.
 * Returns: (transfer full): of MunLastRun, in the order of the profiles, never NULL. */
GPtrArray *
mun_dashboard_list_runs (JsonNode *profiles, JsonNode *results);

/* One certificate that ends. */
typedef struct {
  char *name;
  gint64 not_after;
  gint64 days; /* whole days left; below 0: expired */
  gboolean of_server;
} MunExpiry;

/* `choices`: a list of MunCredentialChoice, nullable. `server_name`, `server_not_after`: the
 * certificate that the server shows; 0: not known. Returns: (transfer full): of MunExpiry, all that
 * end, the first to end first, never NULL. */
GPtrArray *
mun_dashboard_list_expiry (GListModel *choices, const char *server_name, gint64 server_not_after,
                           gint64 now);

/* Something that somebody has to do. */
typedef struct {
  MunResultLevel level;
  char *title;
  char *detail;
  const char *page_id; /* where it is done; NULL: outside of this console */
} MunNeed;

/* What the needs are found in; everything that the server did not say is NULL. */
typedef struct {
  JsonNode *stores;
  JsonNode *users;
  JsonNode *profiles;
  JsonNode *directory; /* GetDirectoryServicesConfiguration */
  GPtrArray *runs;     /* of MunLastRun */
  GPtrArray *expiry;   /* of MunExpiry */
  GListModel *choices; /* of MunCredentialChoice */
  gboolean can_renew;  /* the server has SetCredentials */
} MunDashboardFacts;

/* Returns: (transfer full): of MunNeed, the worst first, never NULL. */
GPtrArray *
mun_dashboard_find_needs (const MunDashboardFacts *facts);

G_END_DECLS
