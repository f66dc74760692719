/* fake-connection.c: a connection that answers from prepared replies, without any server */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "fake-connection.h"

#include "json.h"

typedef struct {
  char *json;
  GError *error;
  guint count;
  char *last;
} Reply;

struct _FakeConnection {
  MunConnection parent_instance;
  GHashTable *replies; /* function → Reply */
  GPtrArray *held;     /* of MunOperation */
  GPtrArray *waiting;  /* of GTask */
  MunArchiveClient *archive;
  JsonObject *server_info;
  gboolean hold;
  gboolean hold_calls;
};

G_DEFINE_FINAL_TYPE (FakeConnection, fake_connection, MUN_TYPE_CONNECTION)

static void
reply_free (gpointer data)
{
  Reply *reply = data;

  g_free (reply->json);
  g_clear_error (&reply->error);
  g_free (reply->last);
  g_free (reply);
}

static Reply *
note_call (FakeConnection *self, const char *function, JsonObject *arguments)
{
  Reply *reply = g_hash_table_lookup (self->replies, function);

  if (reply == NULL)
    return NULL;
  reply->count++;
  g_free (reply->last);
  reply->last = arguments != NULL ? mun_json_object_to_string (arguments) : g_strdup ("{}");
  return reply;
}

static JsonNode *
reply_node (Reply *reply, GError **error)
{
  if (reply->error != NULL) {
    g_propagate_error (error, g_error_copy (reply->error));
    return NULL;
  }
  return mun_json_parse (reply->json, -1, error);
}

static void
fake_call_async (MunConnection *connection, const char *function, JsonObject *arguments,
                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (connection, cancellable, callback, data);
  Reply *reply = note_call (FAKE_CONNECTION (connection), function, arguments);
  GError *error = NULL;
  JsonNode *node;

  g_task_set_source_tag (task, fake_call_async);
  if (reply == NULL) {
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s is not prepared",
                             function);
    return;
  }
  if (FAKE_CONNECTION (connection)->hold_calls) {
    g_ptr_array_add (FAKE_CONNECTION (connection)->waiting, g_object_ref (task));
    return;
  }
  node = reply_node (reply, &error);
  if (node != NULL)
    g_task_return_pointer (task, node, (GDestroyNotify)json_node_unref);
  else
    g_task_return_error (task, error);
}

static JsonNode *
fake_call_finish (MunConnection *connection, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
finish_idle (gpointer data)
{
  MunOperation *operation = data;
  Reply *reply = g_object_get_data (G_OBJECT (operation), "reply");
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = reply_node (reply, &error);

  if (node != NULL)
    mun_operation_succeed (operation, node);
  else
    mun_operation_fail (operation, error);
  return G_SOURCE_REMOVE;
}

static MunOperation *
fake_start (MunConnection *connection, const char *function, JsonObject *arguments,
            const char *title)
{
  FakeConnection *self = FAKE_CONNECTION (connection);
  Reply *reply = note_call (self, function, arguments);
  g_autoptr (MunOperation) operation
      = mun_operation_new (title, mun_connection_get_name (connection), function, NULL);

  g_assert_nonnull (reply);
  g_object_set_data (G_OBJECT (operation), "reply", reply);
  mun_operations_add (mun_connection_get_operations (connection), operation);
  if (self->hold)
    g_ptr_array_add (self->held, g_object_ref (operation));
  else
    g_idle_add_full (G_PRIORITY_DEFAULT, finish_idle, g_object_ref (operation), g_object_unref);
  return operation;
}

static gboolean
fake_has_function (MunConnection *connection, const char *function)
{
  return g_hash_table_contains (FAKE_CONNECTION (connection)->replies, function);
}

static gboolean
fake_has_archive (MunConnection *connection)
{
  return FAKE_CONNECTION (connection)->archive != NULL;
}

static MunArchiveClient *
fake_get_archive (MunConnection *connection)
{
  return FAKE_CONNECTION (connection)->archive;
}

static JsonObject *
fake_get_server_info (MunConnection *connection)
{
  return FAKE_CONNECTION (connection)->server_info;
}

static void
fake_connection_finalize (GObject *object)
{
  FakeConnection *self = FAKE_CONNECTION (object);

  g_hash_table_unref (self->replies);
  g_ptr_array_unref (self->held);
  g_ptr_array_unref (self->waiting);
  g_clear_object (&self->archive);
  g_clear_pointer (&self->server_info, json_object_unref);
  G_OBJECT_CLASS (fake_connection_parent_class)->finalize (object);
}

static void
fake_connection_class_init (FakeConnectionClass *klass)
{
  MunConnectionClass *connection_class = MUN_CONNECTION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = fake_connection_finalize;
  connection_class->call_async = fake_call_async;
  connection_class->call_finish = fake_call_finish;
  connection_class->start = fake_start;
  connection_class->has_function = fake_has_function;
  connection_class->has_archive = fake_has_archive;
  connection_class->get_archive = fake_get_archive;
  connection_class->get_server_info = fake_get_server_info;
}

static void
fake_connection_init (FakeConnection *self)
{
  self->replies = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, reply_free);
  self->held = g_ptr_array_new_with_free_func (g_object_unref);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

FakeConnection *
fake_connection_new_on (MunOperations *operations)
{
  g_autoptr (MunServerEntry) entry
      = mun_server_entry_new ("archive.example.com", "archive.example.com", 8463, 8462, "admin");
  FakeConnection *self
      = g_object_new (FAKE_TYPE_CONNECTION, "entry", entry, "operations", operations, NULL);

  mun_connection_set_state (MUN_CONNECTION (self), MUN_CONNECTION_CONNECTED, NULL);
  return self;
}

FakeConnection *
fake_connection_new (void)
{
  g_autoptr (MunOperations) operations = mun_operations_new ();

  return fake_connection_new_on (operations);
}

static Reply *
ensure_reply (FakeConnection *self, const char *function)
{
  Reply *reply = g_hash_table_lookup (self->replies, function);

  if (reply == NULL) {
    reply = g_new0 (Reply, 1);
    g_hash_table_insert (self->replies, g_strdup (function), reply);
  }
  g_clear_pointer (&reply->json, g_free);
  g_clear_error (&reply->error);
  return reply;
}

void
fake_connection_answer (FakeConnection *self, const char *function, const char *json)
{
  ensure_reply (self, function)->json = g_strdup (json);
}

void
fake_connection_fail (FakeConnection *self, const char *function, const GError *error)
{
  ensure_reply (self, function)->error = g_error_copy (error);
}

void
fake_connection_hold_operations (FakeConnection *self, gboolean hold)
{
  self->hold = hold;
}

void
fake_connection_finish_operations (FakeConnection *self)
{
  for (guint i = 0; i < self->held->len; i++)
    finish_idle (g_ptr_array_index (self->held, i));
  g_ptr_array_set_size (self->held, 0);
}

void
fake_connection_hold_calls (FakeConnection *self, gboolean hold)
{
  self->hold_calls = hold;
  if (hold)
    return;
  for (guint i = 0; i < self->waiting->len; i++)
    g_task_return_new_error (g_ptr_array_index (self->waiting, i), G_IO_ERROR, G_IO_ERROR_CANCELLED,
                             "nobody waits any more");
  g_ptr_array_set_size (self->waiting, 0);
}

void
fake_connection_set_archive (FakeConnection *self, MunArchiveClient *archive)
{
  g_set_object (&self->archive, archive);
}

void
fake_connection_set_server_info (FakeConnection *self, const char *json)
{
  g_clear_pointer (&self->server_info, json_object_unref);
  self->server_info = mun_json_parse_object (json, -1, NULL);
}

guint
fake_connection_count (FakeConnection *self, const char *function)
{
  Reply *reply = g_hash_table_lookup (self->replies, function);

  return reply != NULL ? reply->count : 0;
}

const char *
fake_connection_get_last (FakeConnection *self, const char *function)
{
  Reply *reply = g_hash_table_lookup (self->replies, function);

  return reply != NULL ? reply->last : NULL;
}
