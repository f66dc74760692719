/* rig.h: a running tenant and a client that signs assertions, for the tests of the tenant */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gnutls/abstract.h>
#include <gnutls/x509.h>
#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

/* A key pair with its certificate. */
typedef struct {
  gnutls_privkey_t key;
  GBytes *der;
} RigPair;

typedef struct {
  GSubprocess *process;
  SoupSession *session;
  char *dir;
  JsonObject *ready; /* ready.json */
  const char *login_url;
  const char *graph_url;
  const char *control_url;
  const char *tenant_id;
  const char *client_id;
  char *token;        /* sent by rig_get() */
  gboolean immutable; /* rig_get() asks for immutable ids */
  guint page_size;    /* rig_get() asks for pages of this size; 0: not */
  guint status;       /* HTTP status of the last reply; 0 when the connection broke */
  char *retry_after;  /* of the last reply, NULL without it */
  RigPair pair;
} Rig;

/* Starts muniment-tenant with `messages` messages; its own pair is not uploaded yet. */
Rig *
rig_new (guint messages);
void
rig_free (Rig *self);

/* `from`, `until`: seconds relative to now. */
RigPair
rig_pair_new (gint64 from, gint64 until);
void
rig_pair_clear (RigPair *pair);

/* What rig_assert() signs; NULL members take the right value. */
typedef struct {
  const char *algorithm;       /* "PS256" unless NULL; "RS256" signs so, others sign nothing real */
  const char *thumbprint_name; /* header member; "" leaves it out */
  const char *type;
  const char *audience;
  const char *issuer;
  const char *subject;
  const char *id;    /* "" leaves it out */
  gint64 not_before; /* relative to now, seconds */
  gint64 expires;    /* relative to now; 0: 600 */
  gboolean spoilt;   /* one bit of the signature is turned over */
  const RigPair *pair;
} RigAssertion;

char *
rig_assert (Rig *self, const RigAssertion *assertion);

/* Asks for a token. `fields`: name, value, …, NULL replace or (value "") leave out form fields.
 * Returns the reply's object. */
JsonObject *
rig_ask (Rig *self, const char *tenant, const char *assertion, const char *const *fields);

/* Signs in with the rig's pair; later rig_get() calls use the token. */
void
rig_sign_in (Rig *self);

/* GET of a path below /v1.0/ or a whole link. NULL for a reply without body. */
GBytes *
rig_get (Rig *self, const char *path_or_link);
JsonObject *
rig_get_json (Rig *self, const char *path_or_link);

/* A call of the control interface; `body` NULL for none. */
JsonObject *
rig_control (Rig *self, const char *method, const char *path, const char *body);
JsonObject *
rig_control_bytes (Rig *self, const char *method, const char *path, GBytes *body);

/* error.code of a Graph reply, "" without one. Consumes the object. */
char *
rig_error_code (JsonObject *object);

/* First of error_codes of a token reply, 0 without one. */
gint64
rig_aadsts (JsonObject *object);
