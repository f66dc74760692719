/* entra.c: access tokens of an application (Microsoft Entra ID, formerly Azure AD) */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "mun-microsoft"

#include "entra-private.h"

#include "assertion.h"
#include "errors.h"
#include "http.h"
#include "json.h"
#include "text.h"

#include <string.h>

#define ANSWER_LIMIT (1024 * 1024)
#define ATTEMPTS 4
#define LONGEST_WAIT_SECONDS 120
#define REFRESH_MARGIN_SECONDS 300 /* a token must outlast the request it is used for */
#define LIFETIME_WHEN_UNTOLD 60
#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" /* RFC 7523 */

struct _MunEntra {
  GObject parent_instance;

  const MunCloud *cloud;
  char *tenant;
  char *client_id;
  char *endpoint;
  MunCertificate *certificate;
  MunHttp *http;

  GMutex fetching; /* one sign-in at a time; the others wait for its token */
  GMutex lock;     /* the fields below */
  char *token;
  gint64 refresh_at; /* microseconds of real time */
  GStrv roles;
  MunSignatureAlgorithm algorithm;
  gboolean proven; /* the algorithm has worked with this tenant */
  char *trace_id;
};

G_DEFINE_FINAL_TYPE (MunEntra, mun_entra, G_TYPE_OBJECT)

static void
mun_entra_finalize (GObject *object)
{
  MunEntra *self = MUN_ENTRA (object);

  mun_entra_forget_token (self, NULL);
  g_clear_pointer (&self->http, mun_http_free);
  g_clear_object (&self->certificate);
  g_strfreev (self->roles);
  g_free (self->tenant);
  g_free (self->client_id);
  g_free (self->endpoint);
  g_free (self->trace_id);
  g_mutex_clear (&self->fetching);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (mun_entra_parent_class)->finalize (object);
}

static void
mun_entra_class_init (MunEntraClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mun_entra_finalize;
}

static void
mun_entra_init (MunEntra *self)
{
  g_mutex_init (&self->fetching);
  g_mutex_init (&self->lock);
  self->roles = g_new0 (char *, 1);
}

MunEntra *
mun_entra_new (const MunCloud *cloud, const char *tenant, const char *client_id,
               MunCertificate *certificate)
{
  MunEntra *self;
  g_autofree char *escaped = NULL;

  g_return_val_if_fail (cloud != NULL && tenant != NULL && client_id != NULL, NULL);
  g_return_val_if_fail (MUN_IS_CERTIFICATE (certificate), NULL);

  escaped = g_uri_escape_string (tenant, NULL, FALSE);
  self = g_object_new (MUN_TYPE_ENTRA, NULL);
  self->cloud = cloud;
  self->tenant = g_strdup (tenant);
  self->client_id = g_strdup (client_id);
  self->endpoint = g_strdup_printf ("%s/%s/oauth2/v2.0/token", cloud->login_url, escaped);
  self->certificate = g_object_ref (certificate);
  self->http = mun_http_new (cloud);
  return self;
}

static void
discard_token (char *token)
{
  if (!token)
    return;
  mun_secret_wipe (token, strlen (token));
  g_free (token);
}

/* The permissions in a token, which is a JWT in practice although nobody promises it. */
static GStrv
read_roles (const char *token)
{
  g_auto (GStrv) parts = g_strsplit (token, ".", 4);
  g_autoptr (GBytes) payload
      = g_strv_length (parts) == 3 ? mun_text_from_base64url (parts[1]) : NULL;
  g_autoptr (JsonObject) claims = NULL;
  GStrv roles = NULL;

  if (payload && g_bytes_get_size (payload) > 0)
    claims = mun_json_parse_object (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload),
                                    NULL);
  if (claims)
    roles = mun_json_dup_strings (claims, "roles");
  return roles ? roles : g_new0 (char *, 1);
}

static gboolean
take_token (MunEntra *self, JsonObject *answer, MunSignatureAlgorithm algorithm, GError **error)
{
  const char *token = mun_json_get_string (answer, "access_token", NULL);
  gint64 lifetime = mun_json_get_int (answer, "expires_in", LIFETIME_WHEN_UNTOLD);
  gint64 margin = MIN (REFRESH_MARGIN_SECONDS, lifetime / 10);

  if (!token || *token == '\0') {
    g_set_error (error, MUN_ERROR, MUN_ERROR_PROTOCOL,
                 "Signing in to tenant %s: the answer holds no token", self->tenant);
    return FALSE;
  }
  g_mutex_lock (&self->lock);
  discard_token (self->token);
  self->token = g_strdup (token);
  self->refresh_at = g_get_real_time () + (lifetime - margin) * G_USEC_PER_SEC;
  g_strfreev (self->roles);
  self->roles = read_roles (token);
  self->algorithm = algorithm;
  self->proven = TRUE;
  g_clear_pointer (&self->trace_id, g_free);
  g_mutex_unlock (&self->lock);
  return TRUE;
}

static SoupMessage *
build_request (MunEntra *self, MunSignatureAlgorithm algorithm, GError **error)
{
  g_autofree char *scope = g_strconcat (self->cloud->graph_url, "/.default", NULL);
  g_autofree char *assertion
      = mun_assertion_create (self->certificate, algorithm, self->client_id, self->endpoint,
                              g_get_real_time () / G_USEC_PER_SEC, error);
  g_autofree char *form = NULL;
  g_autoptr (GBytes) body = NULL;
  SoupMessage *message;

  if (!assertion)
    return NULL;
  message = soup_message_new (SOUP_METHOD_POST, self->endpoint);
  if (!message) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "%s is not an address", self->endpoint);
    return NULL;
  }
  form = soup_form_encode ("client_id", self->client_id, "client_assertion_type", ASSERTION_TYPE,
                           "client_assertion", assertion, "grant_type", "client_credentials",
                           "scope", scope, NULL);
  body = g_bytes_new_take (g_steal_pointer (&form), strlen (form));
  soup_message_set_request_body_from_bytes (message, "application/x-www-form-urlencoded", body);
  soup_message_headers_replace (soup_message_get_request_headers (message), "Accept",
                                "application/json");
  return message;
}

/* AADSTS numbers that say "not now". */
static gboolean
is_passing (guint status, const GError *refusal)
{
  static const int codes[] = { 90055, 50087, 90024, 90033 };

  if (status == 429 || status >= 500)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_error_matches (refusal, MUN_ENTRA_ERROR, codes[i]))
      return TRUE;
  return FALSE;
}

/* One request. *wait becomes the milliseconds after which another may succeed, -1 when none will.
 */
static gboolean
sign_in_once (MunEntra *self, MunSignatureAlgorithm algorithm, guint attempt, gint64 *wait,
              GCancellable *cancellable, GError **error)
{
  g_autoptr (SoupMessage) message = build_request (self, algorithm, error);
  g_autoptr (MunHttpReply) reply = NULL;
  g_autoptr (JsonObject) answer = NULL;
  g_autoptr (GError) refusal = NULL;
  gint64 told;

  *wait = -1;
  if (!message)
    return FALSE;
  reply = mun_http_send (self->http, message, ANSWER_LIMIT, cancellable, error);
  if (!reply) {
    if (error && g_error_matches (*error, MUN_ERROR, MUN_ERROR_UNREACHABLE))
      *wait = 1000 << attempt;
    return FALSE;
  }
  answer = mun_http_reply_parse (reply, NULL);
  if (reply->status == 200 && answer)
    return take_token (self, answer, algorithm, error);
  if (answer)
    refusal = mun_entra_error_from_answer (self, reply->status, answer);
  else
    g_set_error (&refusal, MUN_ERROR,
                 reply->status == 429 ? MUN_ERROR_THROTTLED : MUN_ERROR_PROTOCOL,
                 "Signing in to tenant %s: the answer (HTTP %u) cannot be understood", self->tenant,
                 reply->status);
  told = mun_http_reply_get_retry_after (reply);
  if (is_passing (reply->status, refusal) && told <= LONGEST_WAIT_SECONDS)
    *wait = told >= 0 ? told * 1000 : 1000 << attempt;
  g_propagate_error (error, g_steal_pointer (&refusal));
  return FALSE;
}

static gboolean
sign_in (MunEntra *self, MunSignatureAlgorithm algorithm, GCancellable *cancellable, GError **error)
{
  for (guint attempt = 0;; attempt++) {
    g_autoptr (GError) cause = NULL;
    gint64 wait;

    if (sign_in_once (self, algorithm, attempt, &wait, cancellable, &cause))
      return TRUE;
    if (wait < 0 || attempt + 1 >= ATTEMPTS) {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
    g_debug ("%s; next attempt in %" G_GINT64_FORMAT " ms", cause->message, wait);
    if (!mun_http_wait (wait, cancellable, error))
      return FALSE;
  }
}

/* Refusals that the older signature may cure: some tenants did not find a certificate by its
 * SHA-256. */
static gboolean
is_signature_refusal (const GError *error)
{
  return g_error_matches (error, MUN_ENTRA_ERROR, 700027)
         || g_error_matches (error, MUN_ENTRA_ERROR, 50027)
         || g_error_matches (error, MUN_ENTRA_ERROR, 50012);
}

/* Remembers the trace id of the refusal that is told, and tells it; always FALSE. */
static gboolean
give_up (MunEntra *self, GError *refusal, GError **error)
{
  g_mutex_lock (&self->lock);
  mun_set_str (&self->trace_id, mun_entra_error_get_trace_id (refusal));
  g_mutex_unlock (&self->lock);
  g_propagate_error (error, refusal);
  return FALSE;
}

/* Once an algorithm has worked, a refusal means that the certificate was removed, not that the
 * other algorithm might do. */
static gboolean
sign_in_either_way (MunEntra *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) first = NULL;
  g_autoptr (GError) second = NULL;

  if (sign_in (self, self->algorithm, cancellable, &first))
    return TRUE;
  if (self->proven || !is_signature_refusal (first))
    return give_up (self, g_steal_pointer (&first), error);
  if (sign_in (self, MUN_SIGNATURE_RS256, cancellable, &second)) {
    g_message ("Tenant %s accepts RS256 with x5t, but not PS256 with x5t#S256", self->tenant);
    return TRUE;
  }
  if (second->domain == G_IO_ERROR) /* cancelled */
    return give_up (self, g_steal_pointer (&second), error);
  return give_up (self, g_steal_pointer (&first), error);
}

static char *
dup_cached_token (MunEntra *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->token && g_get_real_time () < self->refresh_at ? g_strdup (self->token) : NULL;
}

char *
mun_entra_dup_token (MunEntra *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMutexLocker) fetching = NULL;
  char *token;

  g_return_val_if_fail (MUN_IS_ENTRA (self), NULL);

  token = dup_cached_token (self);
  if (token)
    return token;
  fetching = g_mutex_locker_new (&self->fetching);
  token = dup_cached_token (self); /* another thread may have just fetched it */
  if (token)
    return token;
  if (g_cancellable_set_error_if_cancelled (cancellable, error)
      || !sign_in_either_way (self, cancellable, error))
    return NULL;
  /* Not through the cache's clock: a lifetime of zero is still good for one request. */
  g_mutex_lock (&self->lock);
  token = g_strdup (self->token);
  g_mutex_unlock (&self->lock);
  if (!token) /* another thread called forget_token at this very moment */
    g_set_error (error, MUN_ERROR, MUN_ERROR_EXPIRED, "Signing in to tenant %s: token discarded",
                 self->tenant);
  return token;
}

void
mun_entra_forget_token (MunEntra *self, const char *token)
{
  g_return_if_fail (MUN_IS_ENTRA (self));

  g_mutex_lock (&self->lock);
  if (!token || mun_text_equal_secret (token, self->token))
    g_clear_pointer (&self->token, discard_token);
  g_mutex_unlock (&self->lock);
}

GStrv
mun_entra_dup_roles (MunEntra *self)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_val_if_fail (MUN_IS_ENTRA (self), NULL);
  locker = g_mutex_locker_new (&self->lock);
  return g_strdupv (self->roles);
}

const char *
mun_entra_get_algorithm (MunEntra *self)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_val_if_fail (MUN_IS_ENTRA (self), NULL);
  locker = g_mutex_locker_new (&self->lock);
  if (!self->proven)
    return "";
  return self->algorithm == MUN_SIGNATURE_PS256 ? "PS256" : "RS256";
}

char *
mun_entra_dup_trace_id (MunEntra *self)
{
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_val_if_fail (MUN_IS_ENTRA (self), NULL);
  locker = g_mutex_locker_new (&self->lock);
  return g_strdup (self->trace_id);
}

const MunCloud *
mun_entra_get_cloud (MunEntra *self)
{
  g_return_val_if_fail (MUN_IS_ENTRA (self), NULL);
  return self->cloud;
}

const char *
mun_entra_get_tenant (MunEntra *self)
{
  g_return_val_if_fail (MUN_IS_ENTRA (self), NULL);
  return self->tenant;
}

const char *
mun_entra_get_client_id (MunEntra *self)
{
  g_return_val_if_fail (MUN_IS_ENTRA (self), NULL);
  return self->client_id;
}

MunCertificate *
mun_entra_get_certificate (MunEntra *self)
{
  g_return_val_if_fail (MUN_IS_ENTRA (self), NULL);
  return self->certificate;
}
