/* remote-operation.c: one long function of a server, followed to its end */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-client"

#include "remote-operation.h"

#include "admin-private.h"
#include "errors.h"
#include "json.h"
#include "text.h"

#include <string.h>

#define LOG_LIMIT (4 * 1024 * 1024)
/* How long a broken connection is tried again, and how often. */
#define STALLED_SECONDS 120
#define RETRY_MILLISECONDS 2000

struct _MunRemoteOperation {
  GObject parent_instance;

  MunAdminClient *client;
  GCancellable *cancellable; /* of the polls, not of the operation */
  char *function;
  char *title;
  char *token;
  gint64 version;
  MunStatus state;
  int percent;
  char *status_text;
  JsonObject *progress;
  GString *log;
  JsonNode *result;
  GError *error;
  gboolean cancelling;
  gboolean stalled;
  gint64 stalled_since; /* monotonic microseconds */
};

G_DEFINE_FINAL_TYPE (MunRemoteOperation, mun_remote_operation, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_STATE,
  PROP_PERCENT,
  PROP_STATUS_TEXT,
  PROP_PROGRESS,
  PROP_TOKEN,
  PROP_STALLED,
  PROP_TITLE,
  PROP_FUNCTION,
  N_PROPERTIES
};

enum { LOG, FINISHED, N_SIGNALS };

static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

static void
poll (MunRemoteOperation *self);

static void
set_stalled (MunRemoteOperation *self, gboolean stalled)
{
  if (self->stalled == stalled)
    return;
  self->stalled = stalled;
  self->stalled_since = g_get_monotonic_time ();
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STALLED]);
}

static void
append_log (MunRemoteOperation *self, const char *text)
{
  if (text == NULL || *text == '\0')
    return;
  g_string_append (self->log, text);
  if (self->log->len > LOG_LIMIT) {
    const char *cut = strchr (self->log->str + self->log->len - LOG_LIMIT / 2, '\n');

    g_string_erase (self->log, 0, cut != NULL ? cut + 1 - self->log->str : LOG_LIMIT / 2);
  }
  g_signal_emit (self, signals[LOG], 0, text);
}

/* Takes over what a reply says of the progress. */
static void
show_progress (MunRemoteOperation *self, MunEnvelope *envelope)
{
  if (self->percent != envelope->percent) {
    self->percent = envelope->percent;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PERCENT]);
  }
  if (mun_set_str (&self->status_text, envelope->status_text))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS_TEXT]);
  if (envelope->status_code == MUN_STATUS_RUNNING && envelope->result != NULL
      && JSON_NODE_HOLDS_OBJECT (envelope->result)) {
    g_clear_pointer (&self->progress, json_object_unref);
    self->progress = json_node_dup_object (envelope->result);
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROGRESS]);
  }
  append_log (self, envelope->log_output);
}

/* @error: (transfer full) (nullable). */
static void
finish (MunRemoteOperation *self, MunStatus state, GError *error)
{
  self->error = error;
  set_stalled (self, FALSE);
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
  g_signal_emit (self, signals[FINISHED], 0);
}

static void
finish_with (MunRemoteOperation *self, MunEnvelope *envelope)
{
  GError *error = mun_admin_client_envelope_error (envelope);

  if (error == NULL) {
    self->result = envelope->result != NULL ? json_node_ref (envelope->result)
                                            : json_node_new (JSON_NODE_NULL);
    finish (self, MUN_STATUS_SUCCEEDED, NULL);
  } else {
    finish (self,
            envelope->status_code == MUN_STATUS_CANCELLED ? MUN_STATUS_CANCELLED
                                                          : MUN_STATUS_FAILED,
            error);
  }
}

static gboolean
retry_cb (gpointer user_data)
{
  MunRemoteOperation *self = user_data;

  if (!g_cancellable_is_cancelled (self->cancellable))
    poll (self);
  return G_SOURCE_REMOVE;
}

/* Whether the connection is tried again after @error. */
static gboolean
retry (MunRemoteOperation *self, const GError *error)
{
  gboolean passing = g_error_matches (error, MUN_ERROR, MUN_ERROR_UNREACHABLE)
                     || g_error_matches (error, MUN_ERROR, MUN_ERROR_THROTTLED);

  /* Without a token nobody knows whether the server began; starting twice would be worse. */
  if (!passing || self->token == NULL)
    return FALSE;
  set_stalled (self, TRUE);
  if (g_get_monotonic_time () - self->stalled_since > STALLED_SECONDS * G_USEC_PER_SEC)
    return FALSE;
  g_timeout_add_full (G_PRIORITY_DEFAULT, RETRY_MILLISECONDS, retry_cb, g_object_ref (self),
                      g_object_unref);
  return TRUE;
}

static void
reply_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MunRemoteOperation) self = user_data;
  GError *error = NULL;
  g_autoptr (MunEnvelope) envelope
      = mun_admin_client_post_finish (MUN_ADMIN_CLIENT (source), result, &error);

  if (g_cancellable_is_cancelled (self->cancellable)) {
    g_clear_error (&error);
    return;
  }
  if (envelope == NULL) {
    if (retry (self, error))
      g_error_free (error);
    else
      finish (self, MUN_STATUS_FAILED, error);
    return;
  }
  set_stalled (self, FALSE);
  if (self->token == NULL && envelope->token != NULL) {
    self->token = g_strdup (envelope->token);
    if (self->cancelling)
      mun_admin_client_cancel_token (self->client, self->token);
    if (envelope->status_code == MUN_STATUS_RUNNING)
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TOKEN]);
  }
  self->version = envelope->status_version;
  show_progress (self, envelope);
  if (envelope->status_code != MUN_STATUS_RUNNING)
    finish_with (self, envelope);
  else if (self->token == NULL)
    finish (self, MUN_STATUS_FAILED,
            g_error_new_literal (MUN_ERROR, MUN_ERROR_PROTOCOL,
                                 "The server started an operation without naming its token"));
  else if (!g_cancellable_is_cancelled (self->cancellable))
    poll (self);
}

static void
poll (MunRemoteOperation *self)
{
  mun_admin_client_poll_async (self->client, self->token, self->version, self->cancellable,
                               reply_cb, g_object_ref (self));
}

static void
mun_remote_operation_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MunRemoteOperation *self = MUN_REMOTE_OPERATION (object);

  switch (id) {
  case PROP_STATE:
    g_value_set_int (value, self->state);
    break;
  case PROP_PERCENT:
    g_value_set_int (value, self->percent);
    break;
  case PROP_STATUS_TEXT:
    g_value_set_string (value, self->status_text);
    break;
  case PROP_PROGRESS:
    g_value_set_boxed (value, self->progress);
    break;
  case PROP_TOKEN:
    g_value_set_string (value, self->token);
    break;
  case PROP_STALLED:
    g_value_set_boolean (value, self->stalled);
    break;
  case PROP_TITLE:
    g_value_set_string (value, self->title);
    break;
  case PROP_FUNCTION:
    g_value_set_string (value, self->function);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mun_remote_operation_set_property (GObject *object, guint id, const GValue *value,
                                   GParamSpec *pspec)
{
  MunRemoteOperation *self = MUN_REMOTE_OPERATION (object);

  switch (id) {
  case PROP_TITLE:
    self->title = g_value_dup_string (value);
    break;
  case PROP_FUNCTION:
    self->function = g_value_dup_string (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mun_remote_operation_finalize (GObject *object)
{
  MunRemoteOperation *self = MUN_REMOTE_OPERATION (object);

  g_clear_object (&self->client);
  g_clear_object (&self->cancellable);
  g_free (self->function);
  g_free (self->title);
  g_free (self->token);
  g_free (self->status_text);
  g_clear_pointer (&self->progress, json_object_unref);
  g_string_free (self->log, TRUE);
  g_clear_pointer (&self->result, json_node_unref);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (mun_remote_operation_parent_class)->finalize (object);
}

static void
mun_remote_operation_class_init (MunRemoteOperationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GParamFlags construct = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = mun_remote_operation_get_property;
  object_class->set_property = mun_remote_operation_set_property;
  object_class->finalize = mun_remote_operation_finalize;

  properties[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, MUN_STATUS_RUNNING,
                                             MUN_STATUS_CANCELLED, MUN_STATUS_RUNNING, readable);
  properties[PROP_PERCENT] = g_param_spec_int ("percent", NULL, NULL, -1, 100, -1, readable);
  properties[PROP_STATUS_TEXT] = g_param_spec_string ("status-text", NULL, NULL, NULL, readable);
  properties[PROP_PROGRESS]
      = g_param_spec_boxed ("progress", NULL, NULL, JSON_TYPE_OBJECT, readable);
  properties[PROP_TOKEN] = g_param_spec_string ("token", NULL, NULL, NULL, readable);
  properties[PROP_STALLED] = g_param_spec_boolean ("stalled", NULL, NULL, FALSE, readable);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, construct);
  properties[PROP_FUNCTION] = g_param_spec_string ("function", NULL, NULL, NULL, construct);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  signals[LOG] = g_signal_new ("log", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[FINISHED] = g_signal_new ("finished", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
mun_remote_operation_init (MunRemoteOperation *self)
{
  self->cancellable = g_cancellable_new ();
  self->percent = -1;
  self->log = g_string_new (NULL);
}

MunRemoteOperation *
mun_remote_operation_start (MunAdminClient *client, const char *function, JsonObject *args,
                            const char *title)
{
  g_autoptr (JsonObject) owned = args;
  g_autofree char *escaped = NULL;
  g_autofree char *path = NULL;
  MunRemoteOperation *self;

  g_return_val_if_fail (MUN_IS_ADMIN_CLIENT (client) && function != NULL, NULL);

  self = g_object_new (MUN_TYPE_REMOTE_OPERATION, "function", function, "title", title, NULL);
  self->client = g_object_ref (client);
  escaped = g_uri_escape_string (function, NULL, FALSE);
  path = g_strconcat ("invoke/", escaped, NULL);
  mun_admin_client_post_async (client, path, mun_admin_client_form_from_object (owned), 0,
                               self->cancellable, reply_cb, g_object_ref (self));
  return self;
}

MunRemoteOperation *
mun_remote_operation_follow (MunAdminClient *client, const char *token, const char *title)
{
  MunRemoteOperation *self;

  g_return_val_if_fail (MUN_IS_ADMIN_CLIENT (client) && token != NULL, NULL);

  self = g_object_new (MUN_TYPE_REMOTE_OPERATION, "title", title, NULL);
  self->client = g_object_ref (client);
  self->token = g_strdup (token);
  self->version = -1;
  poll (self);
  return self;
}

void
mun_remote_operation_continue (MunRemoteOperation *self, MunAdminClient *client)
{
  g_return_if_fail (MUN_IS_REMOTE_OPERATION (self));
  g_return_if_fail (MUN_IS_ADMIN_CLIENT (client));

  g_set_object (&self->client, client);
}

void
mun_remote_operation_cancel (MunRemoteOperation *self)
{
  g_return_if_fail (MUN_IS_REMOTE_OPERATION (self));

  if (self->cancelling || mun_remote_operation_is_finished (self))
    return;
  self->cancelling = TRUE;
  if (self->token != NULL)
    mun_admin_client_cancel_token (self->client, self->token);
}

void
mun_remote_operation_abandon (MunRemoteOperation *self)
{
  g_return_if_fail (MUN_IS_REMOTE_OPERATION (self));

  g_cancellable_cancel (self->cancellable);
}

const char *
mun_remote_operation_get_function (MunRemoteOperation *self)
{
  g_return_val_if_fail (MUN_IS_REMOTE_OPERATION (self), NULL);

  return self->function;
}

const char *
mun_remote_operation_get_title (MunRemoteOperation *self)
{
  g_return_val_if_fail (MUN_IS_REMOTE_OPERATION (self), NULL);

  return self->title;
}

const char *
mun_remote_operation_get_token (MunRemoteOperation *self)
{
  g_return_val_if_fail (MUN_IS_REMOTE_OPERATION (self), NULL);

  return self->token;
}

MunStatus
mun_remote_operation_get_state (MunRemoteOperation *self)
{
  g_return_val_if_fail (MUN_IS_REMOTE_OPERATION (self), MUN_STATUS_FAILED);

  return self->state;
}

gboolean
mun_remote_operation_is_finished (MunRemoteOperation *self)
{
  return mun_remote_operation_get_state (self) != MUN_STATUS_RUNNING;
}

gboolean
mun_remote_operation_is_stalled (MunRemoteOperation *self)
{
  g_return_val_if_fail (MUN_IS_REMOTE_OPERATION (self), FALSE);

  return self->stalled;
}

gboolean
mun_remote_operation_is_cancelling (MunRemoteOperation *self)
{
  g_return_val_if_fail (MUN_IS_REMOTE_OPERATION (self), FALSE);

  return self->cancelling;
}

int
mun_remote_operation_get_percent (MunRemoteOperation *self)
{
  g_return_val_if_fail (MUN_IS_REMOTE_OPERATION (self), -1);

  return self->percent;
}

const char *
mun_remote_operation_get_status_text (MunRemoteOperation *self)
{
  g_return_val_if_fail (MUN_IS_REMOTE_OPERATION (self), NULL);

  return self->status_text;
}

JsonObject *
mun_remote_operation_get_progress (MunRemoteOperation *self)
{
  g_return_val_if_fail (MUN_IS_REMOTE_OPERATION (self), NULL);

  return self->progress;
}

const char *
mun_remote_operation_get_log (MunRemoteOperation *self)
{
  g_return_val_if_fail (MUN_IS_REMOTE_OPERATION (self), NULL);

  return self->log->str;
}

JsonNode *
mun_remote_operation_get_result (MunRemoteOperation *self)
{
  g_return_val_if_fail (MUN_IS_REMOTE_OPERATION (self), NULL);

  return self->result;
}

const GError *
mun_remote_operation_get_error (MunRemoteOperation *self)
{
  g_return_val_if_fail (MUN_IS_REMOTE_OPERATION (self), NULL);

  return self->error;
}
