/* tenant.h: a simulated Microsoft 365 tenant, for tests and for trying Muniment without an account
 *
 * A program of its own, muniment-tenant. It shares no code with src/, so that a mistake there
 * cannot hide here.
 *
 *   main          options, listeners, the files that it writes for its clients
 *   tls           the certificate authority and server certificate made at start
 *   dice          the deterministic random numbers that everything is written from
 *   company       people, shared mailboxes, groups; people-* hold the names they are made of
 *   mailbox       folders, messages, ids, and the log that delta queries read
 *   fill          folder trees and how many messages of which kind lie in them
 *   writer        one message as MIME, from a letter (who, what), mime (encodings), parts
 * (attachments), malformed (messages that break the rules) and words (vocabulary by language)
 *   registration  the application in the tenant: its certificates and granted roles
 *   assertion     checks of the signed client assertion
 *   token         the token endpoint with its AADSTS errors; issued tokens
 *   graph         Microsoft Graph v1.0: routing, throttling, errors; graph-directory,
 * graph-application, graph-mail control       what tests do to the tenant; control-mail
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "company.h"
#include "registration.h"

#include <libsoup/soup.h>

/* What the control interface asked to go wrong. Counters run down to 0. */
typedef struct {
  guint throttle_requests; /* Graph requests still to be answered 429 */
  guint throttle_seconds;  /* their Retry-After */
  char *throttle_mailbox;  /* only requests to this mailbox; NULL: all */
  guint fail_requests;     /* requests still to be answered fail_status */
  guint fail_status;
  int fail_retry_after; /* seconds; -1: no such header */
  char *fail_path;      /* only when the path contains it; NULL: all */
  guint cut_bodies;     /* Graph bodies still to be cut */
  gsize cut_after;      /* bytes let through before the connection ends */
  gboolean cut_mime;    /* only $value bodies are cut */
  gboolean empty_directory;
} TenantFaults;

typedef struct {
  guint64 token_requests;
  guint64 tokens_issued;
  guint64 graph_requests;
  guint64 mime_requests;
  guint64 throttled;
  guint64 cut;
  guint most_at_a_time; /* highest number of requests at one mailbox at the same time */
} TenantCounts;

typedef struct {
  char *dir; /* where files for clients are written */
  char *login_url;
  char *graph_url;
  char *control_url;
  char *control_key;
  char *state_key;   /* signs delta and skip tokens */
  guint state_epoch; /* tokens of an earlier epoch are lost */
  guint latency;     /* milliseconds that a mailbox request takes, at least 1 */
  guint token_lifetime;
  gint64 clock_skew; /* seconds that this tenant's clock is ahead */
  TenantCompany *company;
  TenantRegistration *app;
  GHashTable *tokens;  /* access token -> TenantToken */
  GHashTable *replays; /* jti of accepted assertions */
  TenantFaults faults;
  TenantCounts counts;
  GMainLoop *loop;
} Tenant;

/* An access token that was issued. Its roles are those of that moment, as in the real service. */
typedef struct {
  GStrv roles;
  gint64 expires; /* unix seconds by the tenant's clock */
} TenantToken;

gint64
tenant_now (Tenant *self);

/* Random GUID in lower case, not deterministic. */
char *
tenant_guid (void);

/* base64url without padding. */
char *
tenant_base64url (gconstpointer data, gsize length);

/* Decodes base64url with or without padding; NULL when malformed. */
GBytes *
tenant_base64url_decode (const char *text);

/* Handlers of the three listeners (token.c, graph.c, control.c). */
void
tenant_token_add_handlers (Tenant *self, SoupServer *server);
void
tenant_graph_add_handlers (Tenant *self, SoupServer *server);
void
tenant_control_add_handlers (Tenant *self, SoupServer *server);

void
tenant_token_free (TenantToken *token);

/* Sets a JSON reply. Takes `object`. */
void
tenant_reply_json (SoupServerMessage *message, guint status, JsonObject *object);
