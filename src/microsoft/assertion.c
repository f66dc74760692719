/* assertion.c: the signed statement by which an application proves who it is */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "mun-microsoft"

#include "assertion.h"

#include "json.h"
#include "text.h"

#include <string.h>

#define LIFETIME_SECONDS 600

static char *
encode_part (JsonObject *part)
{
  g_autofree char *text = mun_json_object_to_string (part);

  return mun_text_base64url (text, strlen (text));
}

static char *
encode_header (MunCertificate *certificate, MunSignatureAlgorithm algorithm)
{
  g_autoptr (JsonObject) header = json_object_new ();
  gboolean pss = algorithm == MUN_SIGNATURE_PS256;
  g_autoptr (GBytes) digest = pss ? mun_certificate_dup_sha256_bytes (certificate)
                                  : mun_certificate_dup_sha1_bytes (certificate);
  g_autofree char *thumbprint
      = mun_text_base64url (g_bytes_get_data (digest, NULL), g_bytes_get_size (digest));

  json_object_set_string_member (header, "alg", pss ? "PS256" : "RS256");
  json_object_set_string_member (header, "typ", "JWT");
  json_object_set_string_member (header, pss ? "x5t#S256" : "x5t", thumbprint);
  return encode_part (header);
}

static char *
encode_claims (const char *client_id, const char *audience, gint64 now)
{
  g_autoptr (JsonObject) claims = json_object_new ();
  g_autofree char *id = g_uuid_string_random ();

  json_object_set_string_member (claims, "aud", audience);
  json_object_set_int_member (claims, "exp", now + LIFETIME_SECONDS);
  json_object_set_string_member (claims, "iss", client_id);
  json_object_set_string_member (claims, "jti", id);
  json_object_set_int_member (claims, "nbf", now);
  json_object_set_int_member (claims, "iat", now);
  json_object_set_string_member (claims, "sub", client_id);
  return encode_part (claims);
}

char *
mun_assertion_create (MunCertificate *certificate, MunSignatureAlgorithm algorithm,
                      const char *client_id, const char *audience, gint64 now, GError **error)
{
  g_autofree char *header = encode_header (certificate, algorithm);
  g_autofree char *claims = encode_claims (client_id, audience, now);
  g_autofree char *input = g_strdup_printf ("%s.%s", header, claims);
  g_autoptr (GBytes) signature
      = mun_certificate_sign (certificate, algorithm, input, strlen (input), error);
  g_autofree char *encoded = NULL;

  if (!signature)
    return NULL;
  encoded = mun_text_base64url (g_bytes_get_data (signature, NULL), g_bytes_get_size (signature));
  return g_strdup_printf ("%s.%s", input, encoded);
}
