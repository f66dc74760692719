/* graph.h: what the parts of the simulated Microsoft Graph share */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tenant.h"

/* One request that was let in. */
typedef struct {
  Tenant *tenant;
  SoupServerMessage *message;
  char *request_id;
  GStrv segments;    /* after /v1.0, decoded; users('x') comes as two: users, x */
  GHashTable *query; /* decoded */
  TenantToken *token;
  gboolean immutable;     /* Prefer: IdType="ImmutableId" */
  guint page_size;        /* Prefer: odata.maxpagesize, 0 when absent */
  TenantMailbox *mailbox; /* set by tenant_graph_admit() */
} TenantGraphRequest;

/* Replies with the body {"error":{code, message, innerError}}. */
void
tenant_graph_fail (TenantGraphRequest *request, guint status, const char *code, const char *format,
                   ...) G_GNUC_PRINTF (4, 5);

/* Replies 200. Takes `object`, to which the context is added. */
void
tenant_graph_reply (TenantGraphRequest *request, const char *context, JsonObject *object);

/* TRUE when the token has one of the roles (NULL-ended). */
gboolean
tenant_graph_has_role (TenantGraphRequest *request, const char *const *roles);

/* The properties of $select out of `known`, or `fallback` without $select; NULL-ended, caller frees
 * with g_strfreev. NULL after a reply 400 because a property is unknown. */
GStrv
tenant_graph_select (TenantGraphRequest *request, const char *type, const char *const *known,
                     const char *const *fallback);

/* $top within 1 to `maximum`, `fallback` without it; 0 after a reply 400. */
guint
tenant_graph_top (TenantGraphRequest *request, guint fallback, guint maximum);

/* FALSE after a reply 400 when the query has an option that is not in `allowed` (by comma). */
gboolean
tenant_graph_check_options (TenantGraphRequest *request, const char *allowed);

/* Removes the members that were not selected; names that begin with '@' stay. */
void
tenant_graph_trim (JsonObject *object, GStrv selected);

char *
tenant_graph_time (gint64 unix_seconds);

/* Counts the request as work of this mailbox. FALSE after a reply 429 when it works on four
 * already. */
gboolean
tenant_graph_admit (TenantGraphRequest *request, TenantMailbox *mailbox);

/* The parts; each replies. `mail` gets the person whose mailbox is meant. */
void
tenant_graph_directory (TenantGraphRequest *request);
void
tenant_graph_mail (TenantGraphRequest *request, TenantPerson *person);

/* Pieces of the directory (graph-application.c). `n`: number of segments. */
void
tenant_graph_reply_organization (TenantGraphRequest *request);
void
tenant_graph_reply_application (TenantGraphRequest *request);
void
tenant_graph_reply_principals (TenantGraphRequest *request, guint n);

/* Replies 404 Request_ResourceNotFound. */
void
tenant_graph_not_found (TenantGraphRequest *request, const char *id);

/* Signed, opaque text for links, and back; NULL when it was not made here or is of an earlier
 * epoch. */
char *
tenant_state_seal (Tenant *self, const char *text);
char *
tenant_state_open (Tenant *self, const char *sealed, gboolean *lost);
