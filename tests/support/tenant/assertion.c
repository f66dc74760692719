/* assertion.c: checks of a signed client assertion
 *
 * Rules: "Certificate credentials" of the Microsoft identity platform documentation, RFC 7523
 * section 3, RFC 7518 section 3.5. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "assertion.h"

#include <string.h>

#define CLOCK_TOLERANCE 300 /* seconds by which clocks may differ */

/* The three parts of a JWT. */
typedef struct {
  JsonParser *header_parser;
  JsonParser *claims_parser;
  JsonObject *header; /* borrowed from its parser */
  JsonObject *claims;
  GBytes *signature;
  char *signed_text; /* header.claims as it came */
} Jwt;

static void
jwt_clear (Jwt *jwt)
{
  g_clear_object (&jwt->header_parser);
  g_clear_object (&jwt->claims_parser);
  g_clear_pointer (&jwt->signature, g_bytes_unref);
  g_clear_pointer (&jwt->signed_text, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Jwt, jwt_clear)

gboolean
tenant_refuse (TenantRefusal *refusal, guint status, const char *error, guint code,
               const char *format, ...)
{
  va_list args;
  va_start (args, format);
  refusal->status = status;
  refusal->error = error;
  refusal->code = code;
  refusal->text = g_strdup_vprintf (format, args);
  va_end (args);
  return FALSE;
}

#define REFUSE(code, ...) tenant_refuse (refusal, 401, "invalid_client", code, __VA_ARGS__)

gboolean
tenant_is_own_name (Tenant *self, const char *segment)
{
  return g_ascii_strcasecmp (segment, self->company->tenant_id) == 0
         || g_ascii_strcasecmp (segment, self->company->domain) == 0
         || g_ascii_strcasecmp (segment, self->company->initial_domain) == 0;
}

static const char *
string_of (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

/* FALSE unless the claim is a number. */
static gboolean
time_of (JsonObject *object, const char *name, gint64 *out)
{
  JsonNode *node = json_object_get_member (object, name);
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node)
      || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  *out = json_node_get_int (node);
  return TRUE;
}

static JsonObject *
decode_part (const char *text, JsonParser **parser)
{
  g_autoptr (GBytes) bytes = tenant_base64url_decode (text);
  if (bytes == NULL)
    return NULL;
  *parser = json_parser_new ();
  if (!json_parser_load_from_data (*parser, g_bytes_get_data (bytes, NULL),
                                   g_bytes_get_size (bytes), NULL))
    return NULL;
  JsonNode *root = json_parser_get_root (*parser);
  return root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
}

static gboolean
jwt_parse (Jwt *jwt, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ".", -1);
  if (g_strv_length (parts) != 3)
    return FALSE;
  jwt->header = decode_part (parts[0], &jwt->header_parser);
  jwt->claims = decode_part (parts[1], &jwt->claims_parser);
  jwt->signature = tenant_base64url_decode (parts[2]);
  jwt->signed_text = g_strconcat (parts[0], ".", parts[1], NULL);
  return jwt->header != NULL && jwt->claims != NULL && jwt->signature != NULL;
}

static char *
hex_of (GBytes *bytes)
{
  gsize n;
  const guchar *data = g_bytes_get_data (bytes, &n);
  GString *hex = g_string_new (NULL);
  for (gsize i = 0; i < n; i++)
    g_string_append_printf (hex, "%02X", data[i]);
  return g_string_free (hex, FALSE);
}

static TenantCertificate *
find_key (Tenant *self, const char *hex, gboolean sha256)
{
  for (guint i = 0; i < self->app->certificates->len; i++) {
    TenantCertificate *certificate = g_ptr_array_index (self->app->certificates, i);
    if (g_str_equal (sha256 ? certificate->sha256 : certificate->thumbprint, hex))
      return certificate;
  }
  return NULL;
}

static gboolean
signature_is_good (TenantCertificate *certificate, Jwt *jwt, gboolean pss)
{
  gsize size;
  gnutls_datum_t text, signature;
  text.data = (unsigned char *)jwt->signed_text;
  text.size = strlen (jwt->signed_text);
  signature.data = (unsigned char *)g_bytes_get_data (jwt->signature, &size);
  signature.size = size;
  return gnutls_pubkey_verify_data2 (certificate->key,
                                     pss ? GNUTLS_SIGN_RSA_PSS_RSAE_SHA256 : GNUTLS_SIGN_RSA_SHA256,
                                     0, &text, &signature)
         >= 0;
}

static char *
date_text (gint64 unix_seconds)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (unix_seconds);
  return date != NULL ? g_date_time_format (date, "%m/%d/%Y %H:%M:%S")
                      : g_strdup ("(out of range)");
}

static gboolean
check_key (Tenant *self, Jwt *jwt, const char *client_id, TenantRefusal *refusal)
{
  const char *algorithm = string_of (jwt->header, "alg");
  const char *type = string_of (jwt->header, "typ");
  const char *sha256 = string_of (jwt->header, "x5t#S256");
  const char *print = sha256 != NULL ? sha256 : string_of (jwt->header, "x5t");
  if (algorithm == NULL || type == NULL || !g_str_equal (type, "JWT")
      || !(g_str_equal (algorithm, "PS256") || g_str_equal (algorithm, "RS256")))
    return REFUSE (
        50027,
        "JWT token is invalid or malformed: the header's algorithm or type is not supported.");
  if (print == NULL)
    return REFUSE (
        50027, "JWT token is invalid or malformed: no certificate thumbprint in the token header.");
  g_autoptr (GBytes) digest = tenant_base64url_decode (print);
  if (digest == NULL || g_bytes_get_size (digest) != (sha256 != NULL ? 32 : 20))
    return REFUSE (50027,
                   "JWT token is invalid or malformed: the certificate thumbprint is not one.");

  gboolean pss = g_str_equal (algorithm, "PS256");
  g_autofree char *hex = hex_of (digest);
  TenantCertificate *certificate = find_key (self, hex, sha256 != NULL);
  if (certificate == NULL || pss != (sha256 != NULL))
    return REFUSE (700027,
                   "The client assertion's certificate is not registered on the application. "
                   "[Reason - The key was "
                   "not found., Thumbprint of key used by client: '%s', configured keys of the "
                   "application with "
                   "Id '%s' can be seen in the portal or by Graph.]",
                   hex, client_id);
  g_autofree char *start = date_text (certificate->not_before);
  g_autofree char *end = date_text (certificate->not_after);
  if (!signature_is_good (certificate, jwt, pss))
    return REFUSE (700027,
                   "Client assertion failed signature validation. [Reason - The key was found, but "
                   "the signature "
                   "value does not match., Thumbprint of key used by client: '%s', Found key "
                   "'Start=%s, End=%s']",
                   hex, start, end);
  gint64 now = tenant_now (self);
  if (now < certificate->not_before || now > certificate->not_after)
    return REFUSE (
        1000502,
        "The provided certificate is not within its specified validity period: Start=%s, End=%s.",
        start, end);
  return TRUE;
}

static gboolean
check_lifetime (Tenant *self, Jwt *jwt, TenantRefusal *refusal)
{
  gint64 now = tenant_now (self), from = now, until;
  if (!time_of (jwt->claims, "exp", &until))
    return REFUSE (50027, "JWT token is invalid or malformed: the expiry claim is missing.");
  if (json_object_has_member (jwt->claims, "nbf") && !time_of (jwt->claims, "nbf", &from))
    return REFUSE (50027,
                   "JWT token is invalid or malformed: the not-before claim is not a number.");
  if (until > now - CLOCK_TOLERANCE && from < now + CLOCK_TOLERANCE && from < until)
    return TRUE;
  g_autofree char *current = date_text (now), *start = date_text (from), *end = date_text (until);
  return REFUSE (700024,
                 "Client assertion is not within its valid time range. Current time: %s, assertion "
                 "valid from %s, "
                 "expiry time of assertion %s.",
                 current, start, end);
}

static gboolean
check_audience (Tenant *self, Jwt *jwt, const char *segment, TenantRefusal *refusal)
{
  static const char tail[] = "/oauth2/v2.0/token";
  const char *audience = string_of (jwt->claims, "aud");
  gsize host = strlen (self->login_url);
  gboolean good = FALSE;
  if (audience != NULL && g_str_has_prefix (audience, self->login_url) && audience[host] == '/'
      && g_str_has_suffix (audience, tail)) {
    g_autofree char *name
        = g_strndup (audience + host + 1,
                     MAX (0, (gssize)(strlen (audience) - host - strlen (tail)) - 1));
    good = g_ascii_strcasecmp (name, segment) == 0 || tenant_is_own_name (self, name);
  }
  return good
         || REFUSE (50027,
                    "JWT token is invalid or malformed: audience '%s' is not this token endpoint.",
                    audience != NULL ? audience : "");
}

gboolean
tenant_assertion_check (Tenant *self, const char *jwt_text, const char *client_id,
                        const char *segment, TenantRefusal *refusal)
{
  g_auto (Jwt) jwt = { 0 };
  if (!jwt_parse (&jwt, jwt_text))
    return REFUSE (
        50027, "JWT token is invalid or malformed: it is not three parts of base64url and JSON.");
  if (!check_key (self, &jwt, client_id, refusal) || !check_audience (self, &jwt, segment, refusal))
    return FALSE;

  const char *issuer = string_of (jwt.claims, "iss"), *subject = string_of (jwt.claims, "sub");
  const char *id = string_of (jwt.claims, "jti");
  if (issuer == NULL || g_ascii_strcasecmp (issuer, client_id) != 0)
    return REFUSE (50027, "JWT token is invalid or malformed: issuer '%s' is not the client.",
                   issuer != NULL ? issuer : "");
  if (subject == NULL || !g_str_equal (subject, issuer))
    return REFUSE (50048, "Subject '%s' does not match issuer '%s' in the client assertion.",
                   subject != NULL ? subject : "", issuer);
  if (!check_lifetime (self, &jwt, refusal))
    return FALSE;
  if (id == NULL || *id == '\0')
    return REFUSE (50027, "JWT token is invalid or malformed: the token has no identifier.");
  if (!g_hash_table_add (self->replays, g_strdup (id)))
    return REFUSE (50013,
                   "Assertion is not valid: the assertion with identifier '%s' was used before.",
                   id);
  return TRUE;
}
