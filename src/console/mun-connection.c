/* mun-connection.c: one archive server as the pages see it */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-connection"

#include "mun-connection.h"

#include "errors.h"
#include "remote-operation.h"

#include <glib/gi18n.h>

typedef struct {
  MunServerEntry *entry;
  MunOperations *operations;
  MunAdminClient *admin;   /* the last that was connected: what it knows stays while offline */
  MunAdminClient *opening; /* the one that the present or last attempt to open uses */
  MunArchiveClient *archive;
  MunSecret *password;
  GError *error;
  GError *archive_error;
  MunConnectionState state;
} MunConnectionPrivate;

G_DEFINE_ENUM_TYPE (MunConnectionState, mun_connection_state,
                    G_DEFINE_ENUM_VALUE (MUN_CONNECTION_OFFLINE, "offline"),
                    G_DEFINE_ENUM_VALUE (MUN_CONNECTION_CONNECTING, "connecting"),
                    G_DEFINE_ENUM_VALUE (MUN_CONNECTION_CONNECTED, "connected"),
                    G_DEFINE_ENUM_VALUE (MUN_CONNECTION_FAILED, "failed"))

G_DEFINE_TYPE_WITH_PRIVATE (MunConnection, mun_connection, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_ENTRY,
  PROP_OPERATIONS,
  PROP_STATE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

#define PRIVATE(self) ((MunConnectionPrivate *)mun_connection_get_instance_private (self))

/* A call that did not reach the server says so for the whole connection. */
static void
note_failure (MunConnection *self, const GError *error)
{
  if (g_error_matches (error, MUN_ERROR, MUN_ERROR_UNREACHABLE)
      && PRIVATE (self)->state == MUN_CONNECTION_CONNECTED)
    mun_connection_set_state (self, MUN_CONNECTION_OFFLINE, error);
}

static void
called_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  JsonNode *node = mun_admin_client_call_finish (MUN_ADMIN_CLIENT (source), result, &error);

  if (node) {
    g_task_return_pointer (task, node, (GDestroyNotify)json_node_unref);
    return;
  }
  note_failure (g_task_get_source_object (task), error);
  g_task_return_error (task, error);
}

static void
real_call_async (MunConnection *self, const char *function, JsonObject *arguments,
                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);
  MunConnectionPrivate *priv = PRIVATE (self);

  g_task_set_source_tag (task, real_call_async);
  if (!priv->admin || priv->state != MUN_CONNECTION_CONNECTED) {
    g_task_return_new_error (task, MUN_ERROR, MUN_ERROR_UNREACHABLE, "%s: %s is not connected",
                             function, mun_connection_get_name (self));
    return;
  }
  mun_admin_client_call_async (priv->admin, function,
                               arguments ? json_object_ref (arguments) : NULL, cancellable,
                               called_cb, g_object_ref (task));
}

static JsonNode *
real_call_finish (MunConnection *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
real_has_function (MunConnection *self, const char *function)
{
  MunConnectionPrivate *priv = PRIVATE (self);

  return priv->admin && mun_admin_client_has_function (priv->admin, function);
}

static gboolean
real_has_archive (MunConnection *self)
{
  return PRIVATE (self)->archive != NULL;
}

static MunArchiveClient *
real_get_archive (MunConnection *self)
{
  return PRIVATE (self)->archive;
}

static JsonObject *
real_get_server_info (MunConnection *self)
{
  MunConnectionPrivate *priv = PRIVATE (self);

  return priv->admin ? mun_admin_client_get_server_info (priv->admin) : NULL;
}

static void
remote_changed_cb (MunRemoteOperation *remote, GParamSpec *pspec, MunOperation *operation)
{
  const char *text = mun_remote_operation_get_status_text (remote);

  if (mun_remote_operation_is_stalled (remote))
    text = _ ("The connection broke; trying again…");
  mun_operation_update (operation, mun_remote_operation_get_percent (remote), text,
                        mun_remote_operation_get_progress (remote));
}

static void
remote_log_cb (MunRemoteOperation *remote, const char *text, MunOperation *operation)
{
  mun_operation_append_log (operation, text);
}

static void
remote_finished_cb (MunRemoteOperation *remote, MunOperation *operation)
{
  const GError *failure = mun_remote_operation_get_error (remote);
  g_autoptr (GError) error = NULL;

  switch (mun_remote_operation_get_state (remote)) {
  case MUN_STATUS_SUCCEEDED:
    mun_operation_succeed (operation, mun_remote_operation_get_result (remote));
    return;
  case MUN_STATUS_CANCELLED:
    g_set_error (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s was cancelled",
                 mun_operation_get_function (operation));
    break;
  default:
    if (failure)
      error = g_error_copy (failure);
    else
      g_set_error (&error, MUN_ERROR, MUN_ERROR_FAILED, "%s failed without a reason",
                   mun_operation_get_function (operation));
  }
  mun_operation_fail (operation, error);
}

static MunOperation *
real_start (MunConnection *self, const char *function, JsonObject *arguments, const char *title)
{
  MunConnectionPrivate *priv = PRIVATE (self);
  g_autoptr (MunOperation) operation
      = mun_operation_new (title, mun_connection_get_name (self), function, NULL);
  MunRemoteOperation *remote;

  mun_operations_add (priv->operations, operation);
  if (!priv->admin || priv->state != MUN_CONNECTION_CONNECTED) {
    g_autoptr (GError) error
        = g_error_new (MUN_ERROR, MUN_ERROR_UNREACHABLE, "%s: %s is not connected", function,
                       mun_connection_get_name (self));

    mun_operation_fail (operation, error);
    return operation; /* the list keeps it alive */
  }
  remote = mun_remote_operation_start (priv->admin, function,
                                       arguments ? json_object_ref (arguments) : NULL, title);
  g_signal_connect_object (remote, "notify::percent", G_CALLBACK (remote_changed_cb), operation, 0);
  g_signal_connect_object (remote, "notify::status-text", G_CALLBACK (remote_changed_cb), operation,
                           0);
  g_signal_connect_object (remote, "notify::progress", G_CALLBACK (remote_changed_cb), operation,
                           0);
  g_signal_connect_object (remote, "notify::stalled", G_CALLBACK (remote_changed_cb), operation, 0);
  g_signal_connect_object (remote, "log", G_CALLBACK (remote_log_cb), operation, 0);
  g_signal_connect_object (remote, "finished", G_CALLBACK (remote_finished_cb), operation, 0);
  g_signal_connect_object (mun_operation_get_cancellable (operation), "cancelled",
                           G_CALLBACK (mun_remote_operation_cancel), remote, G_CONNECT_SWAPPED);
  g_object_set_data_full (G_OBJECT (operation), "remote", remote, g_object_unref);
  g_object_set_data (G_OBJECT (operation), "connection", self);
  return operation;
}

static void
mun_connection_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MunConnectionPrivate *priv = PRIVATE (MUN_CONNECTION (object));

  switch (id) {
  case PROP_ENTRY:
    g_value_set_object (value, priv->entry);
    break;
  case PROP_OPERATIONS:
    g_value_set_object (value, priv->operations);
    break;
  case PROP_STATE:
    g_value_set_enum (value, priv->state);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mun_connection_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MunConnectionPrivate *priv = PRIVATE (MUN_CONNECTION (object));

  switch (id) {
  case PROP_ENTRY:
    priv->entry = g_value_dup_object (value);
    break;
  case PROP_OPERATIONS:
    priv->operations = g_value_dup_object (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mun_connection_finalize (GObject *object)
{
  MunConnectionPrivate *priv = PRIVATE (MUN_CONNECTION (object));

  g_clear_object (&priv->entry);
  g_clear_object (&priv->operations);
  g_clear_object (&priv->admin);
  g_clear_object (&priv->opening);
  g_clear_object (&priv->archive);
  g_clear_pointer (&priv->password, mun_secret_unref);
  g_clear_error (&priv->error);
  g_clear_error (&priv->archive_error);
  G_OBJECT_CLASS (mun_connection_parent_class)->finalize (object);
}

static void
mun_connection_class_init (MunConnectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mun_connection_get_property;
  object_class->set_property = mun_connection_set_property;
  object_class->finalize = mun_connection_finalize;
  klass->call_async = real_call_async;
  klass->call_finish = real_call_finish;
  klass->start = real_start;
  klass->has_function = real_has_function;
  klass->has_archive = real_has_archive;
  klass->get_server_info = real_get_server_info;
  klass->get_archive = real_get_archive;

  properties[PROP_ENTRY]
      = g_param_spec_object ("entry", NULL, NULL, MUN_TYPE_SERVER_ENTRY,
                             G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_OPERATIONS]
      = g_param_spec_object ("operations", NULL, NULL, MUN_TYPE_OPERATIONS,
                             G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_STATE]
      = g_param_spec_enum ("state", NULL, NULL, MUN_TYPE_CONNECTION_STATE, MUN_CONNECTION_OFFLINE,
                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
mun_connection_init (MunConnection *self)
{
}

MunConnection *
mun_connection_new (MunServerEntry *entry, MunOperations *operations)
{
  return g_object_new (MUN_TYPE_CONNECTION, "entry", entry, "operations", operations, NULL);
}

MunServerEntry *
mun_connection_get_entry (MunConnection *self)
{
  return PRIVATE (self)->entry;
}

const char *
mun_connection_get_name (MunConnection *self)
{
  return mun_server_entry_get_name (PRIVATE (self)->entry);
}

MunOperations *
mun_connection_get_operations (MunConnection *self)
{
  return PRIVATE (self)->operations;
}

MunConnectionState
mun_connection_get_state (MunConnection *self)
{
  return PRIVATE (self)->state;
}

const GError *
mun_connection_get_error (MunConnection *self)
{
  return PRIVATE (self)->error;
}

void
mun_connection_set_state (MunConnection *self, MunConnectionState state, const GError *error)
{
  MunConnectionPrivate *priv = PRIVATE (self);

  g_clear_error (&priv->error);
  priv->error = error ? g_error_copy (error) : NULL;
  if (priv->state == state)
    return;
  priv->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

MunAdminClient *
mun_connection_get_admin (MunConnection *self)
{
  return PRIVATE (self)->admin;
}

MunArchiveClient *
mun_connection_get_archive (MunConnection *self)
{
  return MUN_CONNECTION_GET_CLASS (self)->get_archive (self);
}

const GError *
mun_connection_get_archive_error (MunConnection *self)
{
  return PRIVATE (self)->archive_error;
}

MunServerCertificate *
mun_connection_get_certificate (MunConnection *self)
{
  MunConnectionPrivate *priv = PRIVATE (self);

  return priv->opening ? mun_admin_client_get_certificate (priv->opening) : NULL;
}

JsonObject *
mun_connection_get_server_info (MunConnection *self)
{
  return MUN_CONNECTION_GET_CLASS (self)->get_server_info (self);
}

gboolean
mun_connection_has_function (MunConnection *self, const char *function)
{
  return MUN_CONNECTION_GET_CLASS (self)->has_function (self, function);
}

gboolean
mun_connection_has_archive (MunConnection *self)
{
  return MUN_CONNECTION_GET_CLASS (self)->has_archive (self);
}

void
mun_connection_call_async (MunConnection *self, const char *function, JsonObject *arguments,
                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (JsonObject) owned = arguments;

  g_return_if_fail (MUN_IS_CONNECTION (self));

  MUN_CONNECTION_GET_CLASS (self)->call_async (self, function, owned, cancellable, callback, data);
}

JsonNode *
mun_connection_call_finish (MunConnection *self, GAsyncResult *result, GError **error)
{
  return MUN_CONNECTION_GET_CLASS (self)->call_finish (self, result, error);
}

MunOperation *
mun_connection_start (MunConnection *self, const char *function, JsonObject *arguments,
                      const char *title)
{
  g_autoptr (JsonObject) owned = arguments;

  g_return_val_if_fail (MUN_IS_CONNECTION (self), NULL);

  return MUN_CONNECTION_GET_CLASS (self)->start (self, function, owned, title);
}

/* What ran before the connection was lost is asked after at the server that answers now. */
static void
continue_operations (MunConnection *self)
{
  MunConnectionPrivate *priv = PRIVATE (self);
  GListModel *operations = G_LIST_MODEL (priv->operations);

  for (guint i = 0; i < g_list_model_get_n_items (operations); i++) {
    g_autoptr (GObject) operation = g_list_model_get_item (operations, i);
    MunRemoteOperation *remote = g_object_get_data (operation, "remote");

    if (remote && g_object_get_data (operation, "connection") == self)
      mun_remote_operation_continue (remote, priv->admin);
  }
}

static void
opened (GTask *task)
{
  MunConnection *self = g_task_get_source_object (task);

  continue_operations (self);
  mun_connection_set_state (self, MUN_CONNECTION_CONNECTED, NULL);
  g_task_return_boolean (task, TRUE);
}

static void
archive_connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  MunConnection *self = g_task_get_source_object (task);
  MunConnectionPrivate *priv = PRIVATE (self);

  g_clear_error (&priv->archive_error);
  if (!mun_archive_client_connect_finish (MUN_ARCHIVE_CLIENT (source), result,
                                          &priv->archive_error)) {
    g_message ("%s: no Web Access: %s", mun_connection_get_name (self),
               priv->archive_error->message);
    g_clear_object (&priv->archive);
  }
  opened (task);
}

static void
admin_connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  MunConnection *self = g_task_get_source_object (task);
  MunConnectionPrivate *priv = PRIVATE (self);
  GError *error = NULL;

  if (!mun_admin_client_connect_finish (MUN_ADMIN_CLIENT (source), result, &error)) {
    gboolean unreachable = g_error_matches (error, MUN_ERROR, MUN_ERROR_UNREACHABLE);

    mun_connection_set_state (self, unreachable ? MUN_CONNECTION_OFFLINE : MUN_CONNECTION_FAILED,
                              error);
    g_task_return_error (task, error);
    return;
  }
  g_set_object (&priv->admin, MUN_ADMIN_CLIENT (source));
  if (mun_server_entry_get_web_port (priv->entry) == 0) {
    opened (task);
    return;
  }
  g_clear_object (&priv->archive);
  priv->archive = mun_archive_client_new (mun_server_entry_get_host (priv->entry),
                                          mun_server_entry_get_web_port (priv->entry),
                                          mun_server_entry_get_fingerprint (priv->entry));
  mun_archive_client_set_account (priv->archive, mun_server_entry_get_user_name (priv->entry),
                                  priv->password);
  mun_archive_client_connect_async (priv->archive, g_task_get_cancellable (task),
                                    archive_connected_cb, g_object_ref (task));
}

void
mun_connection_open_async (MunConnection *self, MunSecret *password, GCancellable *cancellable,
                           GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);
  MunConnectionPrivate *priv = PRIVATE (self);

  g_task_set_source_tag (task, mun_connection_open_async);
  if (password && password != priv->password) {
    g_clear_pointer (&priv->password, mun_secret_unref);
    priv->password = mun_secret_ref (password);
  }
  mun_connection_set_state (self, MUN_CONNECTION_CONNECTING, NULL);
  g_clear_object (&priv->opening);
  priv->opening = mun_admin_client_new (mun_server_entry_get_host (priv->entry),
                                        mun_server_entry_get_admin_port (priv->entry),
                                        mun_server_entry_get_fingerprint (priv->entry));
  mun_admin_client_set_account (priv->opening, mun_server_entry_get_user_name (priv->entry),
                                priv->password);
  mun_admin_client_connect_async (priv->opening, cancellable, admin_connected_cb,
                                  g_object_ref (task));
}

gboolean
mun_connection_has_password (MunConnection *self)
{
  return PRIVATE (self)->password != NULL;
}

gboolean
mun_connection_open_finish (MunConnection *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
mun_connection_close (MunConnection *self)
{
  MunConnectionPrivate *priv = PRIVATE (self);

  g_clear_object (&priv->admin);
  g_clear_object (&priv->opening);
  g_clear_object (&priv->archive);
  mun_connection_set_state (self, MUN_CONNECTION_OFFLINE, NULL);
}
