/* rig.c: a running tenant and a client that signs assertions, for the tests of the tenant */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rig.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gnutls/crypto.h>
#include <string.h>

static JsonObject *
parse_object (GBytes *bytes)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  if (bytes == NULL
      || !json_parser_load_from_data (parser, g_bytes_get_data (bytes, NULL),
                                      g_bytes_get_size (bytes), NULL)
      || !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    return json_object_new ();
  return json_object_ref (json_node_get_object (json_parser_get_root (parser)));
}

RigPair
rig_pair_new (gint64 from, gint64 until)
{
  RigPair pair = { NULL, NULL };
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t crt;
  gnutls_datum_t der = { NULL, 0 };
  guchar serial[12];
  gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial);
  serial[0] = 1;
  gnutls_x509_privkey_init (&key);
  g_assert_cmpint (gnutls_x509_privkey_generate (key, GNUTLS_PK_RSA, 2048, 0), ==, 0);
  gnutls_x509_crt_init (&crt);
  gnutls_x509_crt_set_version (crt, 3);
  gnutls_x509_crt_set_serial (crt, serial, sizeof serial);
  gnutls_x509_crt_set_dn_by_oid (crt, GNUTLS_OID_X520_COMMON_NAME, 0, "Test", 4);
  gnutls_x509_crt_set_activation_time (crt, time (NULL) + from);
  gnutls_x509_crt_set_expiration_time (crt, time (NULL) + until);
  gnutls_x509_crt_set_key (crt, key);
  g_assert_cmpint (gnutls_x509_crt_sign2 (crt, crt, key, GNUTLS_DIG_SHA256, 0), ==, 0);
  gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_DER, &der);
  pair.der = g_bytes_new (der.data, der.size);
  gnutls_free (der.data);
  gnutls_x509_crt_deinit (crt);
  gnutls_privkey_init (&pair.key);
  gnutls_privkey_import_x509 (pair.key, key, GNUTLS_PRIVKEY_IMPORT_AUTO_RELEASE);
  return pair;
}

void
rig_pair_clear (RigPair *pair)
{
  gnutls_privkey_deinit (pair->key);
  g_bytes_unref (pair->der);
}

static void
read_ready (Rig *self)
{
  g_autofree char *path = g_build_filename (self->dir, "ready.json", NULL), *text = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  GStatBuf info;
  g_assert_true (g_file_get_contents (path, &text, &length, &error));
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_autoptr (GBytes) bytes = g_bytes_new (text, length);
  self->ready = parse_object (bytes);
  self->login_url = json_object_get_string_member (self->ready, "loginUrl");
  self->graph_url = json_object_get_string_member (self->ready, "graphUrl");
  self->control_url = json_object_get_string_member (self->ready, "controlUrl");
  self->tenant_id = json_object_get_string_member (self->ready, "tenantId");
  self->client_id = json_object_get_string_member (self->ready, "clientId");
}

Rig *
rig_new (guint messages)
{
  Rig *self = g_new0 (Rig, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *count = g_strdup_printf ("%u", messages);
  self->dir = g_dir_make_tmp ("tenant-XXXXXX", &error);
  g_assert_no_error (error);
  self->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                    &error, g_getenv ("MUNIMENT_TENANT"), "--dir", self->dir,
                                    "--messages", count, "--until-stdin-ends", NULL);
  g_assert_no_error (error);
  g_autoptr (GDataInputStream) out
      = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  g_autofree char *line = g_data_input_stream_read_line (out, NULL, NULL, &error);
  g_assert_nonnull (line);
  g_assert_null (strstr (line, "controlKey"));
  read_ready (self);
  g_autoptr (GTlsDatabase) database
      = g_tls_file_database_new (json_object_get_string_member (self->ready, "caFile"), &error);
  g_assert_no_error (error);
  self->session
      = soup_session_new_with_options ("tls-database", database, "max-conns-per-host", 16, NULL);
  self->pair = rig_pair_new (-3600, 86400 * 30);
  return self;
}

void
rig_free (Rig *self)
{
  static const char *const files[] = { "ready.json", "ca.pem", "clouds.ini" };
  g_autoptr (JsonObject) reply = rig_control (self, "POST", "shutdown", NULL);
  g_assert_true (g_subprocess_wait_check (self->process, NULL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_build_filename (self->dir, files[i], NULL);
    g_unlink (path);
  }
  g_rmdir (self->dir);
  g_object_unref (self->process);
  g_object_unref (self->session);
  json_object_unref (self->ready);
  g_free (self->dir);
  g_free (self->token);
  g_free (self->retry_after);
  rig_pair_clear (&self->pair);
  g_free (self);
}

static GBytes *
send (Rig *self, SoupMessage *message)
{
  g_autoptr (GError) error = NULL;
  GBytes *body = soup_session_send_and_read (self->session, message, NULL, &error);
  g_free (self->retry_after);
  self->status = error == NULL ? soup_message_get_status (message) : 0;
  self->retry_after = g_strdup (
      soup_message_headers_get_one (soup_message_get_response_headers (message), "Retry-After"));
  return body;
}

static char *
base64url (gconstpointer data, gsize size)
{
  char *text = g_base64_encode (data, size);
  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  g_strdelimit (text, "=", '\0');
  return text;
}

static char *
encode_object (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);
  g_autofree char *text = json_to_string (node, FALSE);
  return base64url (text, strlen (text));
}

static char *
header_of (const RigAssertion *assertion, const RigPair *pair)
{
  const char *algorithm = assertion->algorithm != NULL ? assertion->algorithm : "PS256";
  const char *name = assertion->thumbprint_name;
  guint8 digest[32];
  if (name == NULL)
    name = g_str_equal (algorithm, "RS256") ? "x5t" : "x5t#S256";
  gboolean sha1 = g_str_equal (name, "x5t");
  gsize size;
  gconstpointer der = g_bytes_get_data (pair->der, &size);
  gnutls_hash_fast (sha1 ? GNUTLS_DIG_SHA1 : GNUTLS_DIG_SHA256, der, size, digest);
  g_autofree char *print = base64url (digest, sha1 ? 20 : 32);
  g_autoptr (JsonObject) header = json_object_new ();
  json_object_set_string_member (header, "alg", algorithm);
  json_object_set_string_member (header, "typ", assertion->type != NULL ? assertion->type : "JWT");
  if (*name != '\0')
    json_object_set_string_member (header, name, print);
  return encode_object (header);
}

static char *
claims_of (Rig *self, const RigAssertion *assertion)
{
  g_autofree char *audience
      = g_strdup_printf ("%s/%s/oauth2/v2.0/token", self->login_url, self->tenant_id);
  g_autofree char *id = g_uuid_string_random ();
  g_autoptr (JsonObject) claims = json_object_new ();
  gint64 now = time (NULL);
  json_object_set_string_member (claims, "aud",
                                 assertion->audience != NULL ? assertion->audience : audience);
  json_object_set_string_member (claims, "iss",
                                 assertion->issuer != NULL ? assertion->issuer : self->client_id);
  json_object_set_string_member (claims, "sub",
                                 assertion->subject != NULL ? assertion->subject : self->client_id);
  json_object_set_int_member (claims, "nbf", now + assertion->not_before);
  json_object_set_int_member (claims, "exp",
                              now + (assertion->expires != 0 ? assertion->expires : 600));
  if (assertion->id == NULL || *assertion->id != '\0')
    json_object_set_string_member (claims, "jti", assertion->id != NULL ? assertion->id : id);
  return encode_object (claims);
}

char *
rig_assert (Rig *self, const RigAssertion *assertion)
{
  const RigPair *pair = assertion->pair != NULL ? assertion->pair : &self->pair;
  gboolean rs256 = g_strcmp0 (assertion->algorithm, "RS256") == 0;
  g_autofree char *header = header_of (assertion, pair), *claims = claims_of (self, assertion);
  g_autofree char *text = g_strconcat (header, ".", claims, NULL);
  gnutls_datum_t data = { (unsigned char *)text, strlen (text) }, signature = { NULL, 0 };
  g_assert_cmpint (gnutls_privkey_sign_data2 (pair->key,
                                              rs256 ? GNUTLS_SIGN_RSA_SHA256
                                                    : GNUTLS_SIGN_RSA_PSS_RSAE_SHA256,
                                              0, &data, &signature),
                   ==, 0);
  if (assertion->spoilt)
    signature.data[signature.size / 2] ^= 1;
  g_autofree char *third = base64url (signature.data, signature.size);
  gnutls_free (signature.data);
  return g_strconcat (text, ".", third, NULL);
}

JsonObject *
rig_ask (Rig *self, const char *tenant, const char *assertion, const char *const *fields)
{
  g_autofree char *url = g_strdup_printf ("%s/%s/oauth2/v2.0/token", self->login_url, tenant);
  g_autofree char *scope = g_strconcat (self->graph_url, "/.default", NULL);
  g_autoptr (GHashTable) form = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_insert (form, (gpointer) "grant_type", (gpointer) "client_credentials");
  g_hash_table_insert (form, (gpointer) "client_id", (gpointer)self->client_id);
  g_hash_table_insert (form, (gpointer) "scope", scope);
  g_hash_table_insert (form, (gpointer) "client_assertion_type",
                       (gpointer) "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
  if (assertion != NULL)
    g_hash_table_insert (form, (gpointer) "client_assertion", (gpointer)assertion);
  for (guint i = 0; fields != NULL && fields[i] != NULL; i += 2) {
    if (*fields[i + 1] != '\0')
      g_hash_table_insert (form, (gpointer)fields[i], (gpointer)fields[i + 1]);
    else
      g_hash_table_remove (form, fields[i]);
  }
  char *body = soup_form_encode_hash (form);
  g_autoptr (SoupMessage) message = soup_message_new_from_encoded_form ("POST", url, body);
  g_autoptr (GBytes) reply = send (self, message);
  return parse_object (reply);
}

void
rig_sign_in (Rig *self)
{
  RigAssertion right = { 0 };
  g_autofree char *assertion = rig_assert (self, &right);
  g_autoptr (JsonObject) reply = rig_ask (self, self->tenant_id, assertion, NULL);
  g_assert_cmpuint (self->status, ==, 200);
  g_free (self->token);
  self->token = g_strdup (json_object_get_string_member (reply, "access_token"));
}

GBytes *
rig_get (Rig *self, const char *path_or_link)
{
  gboolean link = g_str_has_prefix (path_or_link, "https://");
  g_autofree char *url
      = g_strconcat (link ? "" : self->graph_url, link ? "" : "/v1.0/", path_or_link, NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  g_autofree char *bearer = g_strconcat ("Bearer ", self->token != NULL ? self->token : "", NULL);
  g_autofree char *pages = g_strdup_printf ("odata.maxpagesize=%u", self->page_size);
  soup_message_headers_append (headers, "Authorization", bearer);
  if (self->immutable)
    soup_message_headers_append (headers, "Prefer", "IdType=\"ImmutableId\"");
  if (self->page_size > 0)
    soup_message_headers_append (headers, "Prefer", pages);
  return send (self, message);
}

JsonObject *
rig_get_json (Rig *self, const char *path_or_link)
{
  g_autoptr (GBytes) bytes = rig_get (self, path_or_link);
  return parse_object (bytes);
}

JsonObject *
rig_control_bytes (Rig *self, const char *method, const char *path, GBytes *body)
{
  g_autofree char *url = g_strdup_printf ("%s/control/%s", self->control_url, path);
  g_autofree char *key
      = g_strconcat ("Bearer ", json_object_get_string_member (self->ready, "controlKey"), NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, url);
  soup_message_headers_append (soup_message_get_request_headers (message), "Authorization", key);
  if (body != NULL)
    soup_message_set_request_body_from_bytes (message, "application/octet-stream", body);
  g_autoptr (GBytes) reply = send (self, message);
  return parse_object (reply);
}

JsonObject *
rig_control (Rig *self, const char *method, const char *path, const char *body)
{
  g_autoptr (GBytes) bytes = body != NULL ? g_bytes_new (body, strlen (body)) : NULL;
  return rig_control_bytes (self, method, path, bytes);
}

char *
rig_error_code (JsonObject *object)
{
  char *code = g_strdup ("");
  if (json_object_has_member (object, "error")) {
    g_free (code);
    code = g_strdup (
        json_object_get_string_member (json_object_get_object_member (object, "error"), "code"));
  }
  json_object_unref (object);
  return code;
}

gint64
rig_aadsts (JsonObject *object)
{
  if (!json_object_has_member (object, "error_codes"))
    return 0;
  return json_array_get_int_element (json_object_get_array_member (object, "error_codes"), 0);
}
