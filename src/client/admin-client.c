/* admin-client.c: the Administration API of one server */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-client"

#include "admin-client.h"

#include "admin-private.h"
#include "errors.h"
#include "json.h"
#include "text.h"

#include <string.h>

#define METADATA_LIMIT (4 * 1024 * 1024)
/* A person waits for this one. */
#define CONNECT_SECONDS 20

struct _MunAdminClient {
  GObject parent_instance;

  MunTransport *transport;
  char *user;
  MunSecret *password;
  GPtrArray *functions; /* names, ended by NULL */
  JsonObject *server_info;
};

G_DEFINE_FINAL_TYPE (MunAdminClient, mun_admin_client, G_TYPE_OBJECT)

static void
mun_admin_client_finalize (GObject *object)
{
  MunAdminClient *self = MUN_ADMIN_CLIENT (object);

  g_clear_object (&self->transport);
  g_free (self->user);
  g_clear_pointer (&self->password, mun_secret_unref);
  g_clear_pointer (&self->functions, g_ptr_array_unref);
  g_clear_pointer (&self->server_info, json_object_unref);
  G_OBJECT_CLASS (mun_admin_client_parent_class)->finalize (object);
}

static void
mun_admin_client_class_init (MunAdminClientClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mun_admin_client_finalize;
}

static void
mun_admin_client_init (MunAdminClient *self)
{
  self->functions = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->functions, NULL);
}

MunAdminClient *
mun_admin_client_new (const char *host, guint port, const char *pinned)
{
  MunAdminClient *self;

  g_return_val_if_fail (host != NULL, NULL);

  self = g_object_new (MUN_TYPE_ADMIN_CLIENT, NULL);
  self->transport = mun_transport_new (host, port != 0 ? port : MUN_ADMIN_PORT, pinned);
  return self;
}

void
mun_admin_client_set_account (MunAdminClient *self, const char *user, MunSecret *password)
{
  MunSecret *held;

  g_return_if_fail (MUN_IS_ADMIN_CLIENT (self));

  held = password != NULL ? mun_secret_ref (password) : NULL;
  mun_set_str (&self->user, user);
  g_clear_pointer (&self->password, mun_secret_unref);
  self->password = held;
}

gboolean
mun_admin_client_set_pinned (MunAdminClient *self, const char *fingerprint)
{
  g_return_val_if_fail (MUN_IS_ADMIN_CLIENT (self), FALSE);

  return mun_transport_set_pinned (self->transport, fingerprint);
}

MunTransport *
mun_admin_client_get_transport (MunAdminClient *self)
{
  return self->transport;
}

const char *
mun_admin_client_get_host (MunAdminClient *self)
{
  g_return_val_if_fail (MUN_IS_ADMIN_CLIENT (self), NULL);

  return mun_transport_get_host (self->transport);
}

guint
mun_admin_client_get_port (MunAdminClient *self)
{
  g_return_val_if_fail (MUN_IS_ADMIN_CLIENT (self), 0);

  return mun_transport_get_port (self->transport);
}

const char *
mun_admin_client_get_user (MunAdminClient *self)
{
  g_return_val_if_fail (MUN_IS_ADMIN_CLIENT (self), NULL);

  return self->user;
}

MunServerCertificate *
mun_admin_client_get_certificate (MunAdminClient *self)
{
  g_return_val_if_fail (MUN_IS_ADMIN_CLIENT (self), NULL);

  return mun_transport_get_certificate (self->transport);
}

void
mun_admin_client_authorize (MunAdminClient *self, SoupMessage *message)
{
  g_autofree char *header = NULL;
  char *pair, *encoded;

  if (self->user == NULL || self->password == NULL)
    return;
  pair = g_strdup_printf ("%s:%s", self->user, mun_secret_get_string (self->password));
  encoded = g_base64_encode ((const guchar *)pair, strlen (pair));
  header = g_strconcat ("Basic ", encoded, NULL);
  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization",
                                header);
  mun_secret_wipe (pair, strlen (pair));
  mun_secret_wipe (encoded, strlen (encoded));
  mun_secret_wipe (header, strlen (header));
  g_free (pair);
  g_free (encoded);
}

/* Whether @root is what get-metadata answers; fills the list of functions. */
static gboolean
read_metadata (MunAdminClient *self, JsonNode *root)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  JsonArray *array;

  if (root == NULL || !JSON_NODE_HOLDS_ARRAY (root))
    return FALSE;
  array = json_node_get_array (root);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *element = json_array_get_element (array, i);
    const char *name = JSON_NODE_HOLDS_OBJECT (element)
                           ? mun_json_get_string (json_node_get_object (element), "name", NULL)
                           : NULL;

    if (name != NULL)
      g_ptr_array_add (names, g_strdup (name));
  }
  if (names->len == 0)
    return FALSE;
  g_ptr_array_add (names, NULL);
  g_ptr_array_unref (self->functions);
  self->functions = g_steal_pointer (&names);
  return TRUE;
}

static void
server_info_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  MunAdminClient *self = MUN_ADMIN_CLIENT (source);
  GError *error = NULL;
  g_autoptr (MunEnvelope) envelope = mun_admin_client_post_finish (self, result, &error);

  if (envelope == NULL) {
    g_task_return_error (task, error);
    return;
  }
  error = mun_admin_client_envelope_error (envelope);
  if (error != NULL) {
    /* The account is right, but may not do this: MailStore says so in an envelope. */
    if (g_error_matches (error, MUN_ERROR, MUN_ERROR_FAILED))
      error->code = MUN_ERROR_DENIED;
    g_task_return_error (task, error);
    return;
  }
  g_clear_pointer (&self->server_info, json_object_unref);
  self->server_info = envelope->result != NULL && JSON_NODE_HOLDS_OBJECT (envelope->result)
                          ? json_node_dup_object (envelope->result)
                          : json_object_new ();
  g_task_return_boolean (task, TRUE);
}

static void
send_metadata (GTask *task, gboolean authorized);

/* Whether a refusal asks for HTTP Basic: only that comes from an Administration API. Web Access
 * refuses, too, and must not be given the password in a form that it does not take. */
static gboolean
asks_for_basic (SoupMessage *message)
{
  const char *challenge
      = soup_message_headers_get_list (soup_message_get_response_headers (message),
                                       "WWW-Authenticate");

  return challenge != NULL && g_ascii_strncasecmp (challenge, "Basic", strlen ("Basic")) == 0;
}

static void
metadata_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  MunAdminClient *self = g_task_get_source_object (task);
  SoupMessage *message = g_task_get_task_data (task);
  gboolean challenged;
  GError *error = NULL;
  g_autoptr (MunResponse) response
      = mun_transport_send_finish (MUN_TRANSPORT (source), result, &error);
  g_autoptr (JsonNode) root = NULL;
  const char *text;
  gsize length;

  if (response == NULL) {
    g_task_return_error (task, error);
    return;
  }
  challenged = response->status == SOUP_STATUS_UNAUTHORIZED && asks_for_basic (message);
  if (challenged && self->password != NULL
      && !soup_message_headers_get_one (soup_message_get_request_headers (message),
                                        "Authorization")) {
    send_metadata (g_steal_pointer (&task), TRUE);
    return;
  }
  if (challenged) {
    g_task_return_new_error (task, MUN_ERROR, MUN_ERROR_AUTHENTICATION,
                             "The server does not accept the user name or the password");
    return;
  }
  text = g_bytes_get_data (response->body, &length);
  if (response->status == SOUP_STATUS_OK && length > 0)
    root = mun_json_parse (text, length, NULL);
  if (!read_metadata (self, root)) {
    g_task_return_new_error (
        task, MUN_ERROR, MUN_ERROR_NOT_AN_ARCHIVE,
        "What answers at %s is not an archive server: get-metadata gave HTTP %u and no list",
        mun_transport_get_origin (self->transport), response->status);
    return;
  }
  mun_admin_client_post_async (self, "invoke/GetServerInfo", NULL, CONNECT_SECONDS,
                               g_task_get_cancellable (task), server_info_cb, g_object_ref (task));
}

/* Without the account first: the password goes only to what looks like an archive server. Some
 * editions want it here too. The task data is the message that was sent last. */
static void
send_metadata (GTask *task, gboolean authorized)
{
  MunAdminClient *self = g_task_get_source_object (task);
  g_autoptr (SoupMessage) message
      = mun_transport_message (self->transport, "POST", "/api/get-metadata");
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);

  soup_message_set_request_body_from_bytes (message, "application/x-www-form-urlencoded", empty);
  if (authorized)
    mun_admin_client_authorize (self, message);
  g_task_set_task_data (task, g_object_ref (message), g_object_unref);
  mun_transport_send_async (self->transport, message, METADATA_LIMIT, CONNECT_SECONDS,
                            g_task_get_cancellable (task), metadata_cb, task);
}

void
mun_admin_client_connect_async (MunAdminClient *self, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (MUN_IS_ADMIN_CLIENT (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, mun_admin_client_connect_async);
  send_metadata (task, FALSE);
}

gboolean
mun_admin_client_connect_finish (MunAdminClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
mun_admin_client_has_function (MunAdminClient *self, const char *function)
{
  g_return_val_if_fail (MUN_IS_ADMIN_CLIENT (self) && function != NULL, FALSE);

  return g_strv_contains (mun_admin_client_get_functions (self), function);
}

const char *const *
mun_admin_client_get_functions (MunAdminClient *self)
{
  g_return_val_if_fail (MUN_IS_ADMIN_CLIENT (self), NULL);

  return (const char *const *)self->functions->pdata;
}

JsonObject *
mun_admin_client_get_server_info (MunAdminClient *self)
{
  g_return_val_if_fail (MUN_IS_ADMIN_CLIENT (self), NULL);

  return self->server_info;
}

gboolean
mun_admin_client_has_capability (MunAdminClient *self, const char *capability)
{
  g_auto (GStrv) names = NULL;

  g_return_val_if_fail (MUN_IS_ADMIN_CLIENT (self) && capability != NULL, FALSE);

  names = mun_json_dup_strings (self->server_info, "capabilities");
  return g_strv_contains ((const char *const *)names, capability);
}
