/* admin.c: the Administration API over HTTP */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "mailstore.h"

#include "errors.h"
#include "json.h"

#include <string.h>

static void
add_headers (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_message_headers_replace (headers, "Cache-Control", "no-cache,private,no-store");
  soup_message_headers_replace (headers, "Pragma", "no-cache");
  soup_message_headers_replace (headers, "Server", "Microsoft-HTTPAPI/2.0");
}

void
mailstore_reply (SoupServerMessage *message, MunEnvelope *envelope)
{
  char *text = mun_envelope_to_text (envelope, TRUE);

  add_headers (message);
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE, text,
                                    strlen (text));
}

/* Every function of the table but Muniment's own ones, with a key that no client knows. */
static char *
dup_metadata (void)
{
  g_autoptr (JsonNode) root = mun_json_node_take_array (json_array_new ());
  g_autofree char *text = NULL;
  guint n;
  const MunFunctionSpec *list = mun_function_list (&n);

  for (guint i = 0; i < n; i++) {
    JsonObject *function;

    if (list[i].flags & MUN_FUNCTION_OWN)
      continue;
    function = mun_function_metadata (&list[i]);
    json_object_set_string_member (function, "path", "/api/invoke/");
    json_object_set_boolean_member (function, "vendorObsolete", FALSE);
    json_array_add_object_element (json_node_get_array (root), function);
  }
  text = mun_json_to_string (root);
  return g_strconcat ("\xef\xbb\xbf", text, NULL);
}

static gboolean
is_authorized (SoupServerMessage *message)
{
  static const char pair[] = MAILSTORE_USER ":" MAILSTORE_PASSWORD;
  g_autofree char *encoded = g_base64_encode ((const guchar *)pair, strlen (pair));
  g_autofree char *expected = g_strconcat ("Basic ", encoded, NULL);
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  return g_strcmp0 (soup_message_headers_get_one (headers, "Authorization"), expected) == 0;
}

static GHashTable *
parse_form (GBytes *body)
{
  gsize length;
  const char *text = g_bytes_get_data (body, &length);
  g_autofree char *copy = g_strndup (length > 0 ? text : "", length);

  return soup_form_decode (copy);
}

/* What came in, before anything is made of it: JSON arguments as JSON, all others as text. */
static void
record (Mailstore *self, const char *name, GHashTable *form)
{
  g_autoptr (JsonObject) line = json_object_new ();
  g_autofree char *text = NULL;
  JsonObject *arguments = json_object_new ();
  GHashTableIter iter;
  gpointer key, value;

  json_object_set_string_member (line, "function", name);
  json_object_set_object_member (line, "arguments", arguments);
  g_hash_table_iter_init (&iter, form);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    const char *string = value;
    JsonNode *node
        = *string == '{' || *string == '[' ? mun_json_parse (string, strlen (string), NULL) : NULL;

    if (node != NULL)
      json_object_set_member (arguments, key, node);
    else
      json_object_set_string_member (arguments, key, string);
  }
  text = mun_json_object_to_string (line);
  fprintf (self->record, "%s\n", text);
  fflush (self->record);
}

/* Our answer to a call, whose body is @body. */
static MunEnvelope *
invoke (Mailstore *self, const MunFunctionSpec *spec, GBytes *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunArguments) args = NULL;
  g_autoptr (JsonNode) result = NULL;
  MunEnvelope *envelope;
  gsize length;
  const char *text = g_bytes_get_data (body, &length);

  args = mun_arguments_parse_form (spec, length > 0 ? text : "", length, &error);
  if (args != NULL && spec->flags & MUN_FUNCTION_LONG)
    return mailstore_operation_start (self, args);
  if (args != NULL)
    result = mailstore_call (self, args, &error);
  if (error != NULL) {
    envelope = mun_envelope_new_failed (error);
    envelope->error_details = g_strconcat ("MailStore.Exception: ", error->message,
                                           "\r\n   at MailStore.Api.Invoke()", NULL);
    return envelope;
  }
  envelope = mun_envelope_new ();
  envelope->result = g_steal_pointer (&result);
  return envelope;
}

static void
invoke_named (Mailstore *self, SoupServerMessage *message, const char *name, GBytes *body)
{
  const MunFunctionSpec *spec = mun_function_lookup (name);
  g_autoptr (MunEnvelope) envelope = NULL;

  if (spec == NULL || spec->flags & MUN_FUNCTION_OWN) {
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
    return;
  }
  if (self->record != NULL) {
    g_autoptr (GHashTable) form = parse_form (body);

    record (self, name, form);
  }
  if (self->deny) {
    g_autoptr (GError) error
        = g_error_new_literal (MUN_ERROR, MUN_ERROR_DENIED,
                               "The user has no privilege to use the Administration API.");

    envelope = mun_envelope_new_failed (error);
    mailstore_reply (message, envelope);
    return;
  }
  envelope = invoke (self, spec, body);
  mailstore_reply (message, envelope);
}

static GBytes *
dup_body (SoupServerMessage *message)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  return soup_message_body_flatten (body);
}

/* A double slash is one: clients write /api//get-status. */
static char *
collapse (const char *path)
{
  GString *out = g_string_new (NULL);

  for (; *path != '\0'; path++)
    if (*path != '/' || out->len == 0 || out->str[out->len - 1] != '/')
      g_string_append_c (out, *path);
  return g_string_free (out, FALSE);
}

void
mailstore_admin_cb (SoupServer *server, SoupServerMessage *message, const char *raw_path,
                    GHashTable *query, gpointer user_data)
{
  Mailstore *self = user_data;
  g_autofree char *path = collapse (raw_path);
  g_autoptr (GBytes) body = NULL;

  add_headers (message);
  if (g_str_equal (path, "/api/get-metadata")) {
    char *text = dup_metadata ();

    soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
    soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE, text,
                                      strlen (text));
    return;
  }
  if (!is_authorized (message)) {
    soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                  "WWW-Authenticate", "Basic realm=\"MailStore Server\"");
    soup_server_message_set_status (message, SOUP_STATUS_UNAUTHORIZED, NULL);
    return;
  }
  /* What Microsoft's HTTP stack insists on. */
  if (soup_message_headers_get_one (soup_server_message_get_request_headers (message),
                                    "Content-Length")
      == NULL) {
    soup_server_message_set_status (message, SOUP_STATUS_LENGTH_REQUIRED, NULL);
    return;
  }
  body = dup_body (message);
  if (g_str_has_prefix (path, "/api/invoke/")) {
    invoke_named (self, message, path + strlen ("/api/invoke/"), body);
  } else if (g_str_equal (path, "/api/get-status") || g_str_equal (path, "/api/cancel-async")) {
    g_autoptr (GHashTable) form = parse_form (body);

    if (g_str_equal (path, "/api/get-status"))
      mailstore_operation_status (self, message, form);
    else
      mailstore_operation_cancel (self, message, form);
  } else {
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
  }
}
