/* functions-stores.c: archive stores: list, create, state, verification */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "handler.h"

#include "archive-attach.h"
#include "archive-keys.h"
#include "archive-recover.h"
#include "archive-stores.h"
#include "arguments.h"
#include "errors.h"
#include "json.h"

#include <string.h>

static JsonNode *
get_stores (MunCall *call, GError **error)
{
  gboolean include_size
      = mun_arguments_get_bool (mun_call_get_arguments (call), "includeSize", TRUE);

  return mun_json_node_take_array (
      mun_archive_list_stores (mun_call_get_archive (call), include_size));
}

/* Places and database servers are for store types that this server does not have; @place: the one
 * that may be given, or NULL. */
static gboolean
check_place (MunArguments *arguments, const char *place, GError **error)
{
  static const char *const members[] = { "databaseName", "databasePath", "contentPath", "indexPath",
                                         "serverName",   "userName",     "password",    NULL };
  const char *type = mun_arguments_get_string (arguments, "type");

  if (type != NULL && strcmp (type, "FileSystemInternal") != 0) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_UNSUPPORTED,
                 "Stores of type %s are not supported, only FileSystemInternal", type);
    return FALSE;
  }
  for (guint i = 0; members[i] != NULL; i++)
    if (g_strcmp0 (members[i], place) != 0 && mun_arguments_has (arguments, members[i])) {
      g_set_error (error, MUN_ERROR, MUN_ERROR_UNSUPPORTED,
                   "%s cannot be chosen: stores are kept in the data directory", members[i]);
      return FALSE;
    }
  return TRUE;
}

/* NULL for 0: there is an error. */
static JsonNode *
make_id (gint64 id)
{
  JsonObject *result;

  if (id == 0)
    return NULL;
  result = json_object_new ();
  json_object_set_int_member (result, "id", id);
  return mun_json_node_take_object (result);
}

static JsonNode *
create_store (MunCall *call, GError **error)
{
  MunArguments *arguments = mun_call_get_arguments (call);
  gint64 id;

  if (!check_place (arguments, NULL, error))
    return NULL;
  id = mun_archive_create_store (mun_call_get_archive (call),
                                 mun_arguments_get_string (arguments, "name"),
                                 mun_arguments_get_string (arguments, "requestedState"), error);
  return make_id (id);
}

/* databasePath: where the folder of the store lies. */
static JsonNode *
attach_store (MunCall *call, GError **error)
{
  MunArguments *arguments = mun_call_get_arguments (call);
  gint64 id;

  if (!check_place (arguments, "databasePath", error))
    return NULL;
  id = mun_archive_attach_store (mun_call_get_archive (call),
                                 mun_arguments_get_string (arguments, "name"),
                                 mun_arguments_get_string (arguments, "databasePath"),
                                 mun_arguments_get_string (arguments, "requestedState"), error);
  return make_id (id);
}

static JsonNode *
set_store_requested_state (MunCall *call, GError **error)
{
  MunArguments *arguments = mun_call_get_arguments (call);

  mun_archive_set_store_state (mun_call_get_archive (call),
                               mun_arguments_get_int (arguments, "id", 0),
                               mun_arguments_get_string (arguments, "requestedState"), error);
  return NULL;
}

/* The progress of one store among several. */
typedef struct {
  MunCall *call;
  guint index;
  guint count;
} Progress;

static void
progress_cb (double fraction, const char *text, gpointer data)
{
  Progress *progress = data;

  mun_call_progress (progress->call, 100 * (progress->index + fraction) / progress->count, text);
}

static gboolean
verify (Progress *progress, gint64 id, guint64 *faults, GError **error)
{
  MunCall *call = progress->call;
  gboolean indexes = mun_arguments_get_bool (mun_call_get_arguments (call), "includeIndexes", TRUE);
  g_autofree char *report = NULL;
  guint64 found = 0;

  if (!mun_archive_verify_store (mun_call_get_archive (call), id, indexes, progress_cb, progress,
                                 mun_call_get_cancellable (call), &report, &found, error))
    return FALSE;
  if (report != NULL)
    mun_call_log (call, "%s", g_strchomp (report));
  *faults += found;
  return TRUE;
}

static JsonNode *
make_verdict (MunCall *call, guint64 faults)
{
  JsonObject *result = json_object_new ();

  mun_call_add_detail (call, "%" G_GUINT64_FORMAT " faults", faults);
  json_object_set_int_member (result, "faults", faults);
  return mun_json_node_take_object (result);
}

static JsonNode *
verify_store (MunCall *call, GError **error)
{
  Progress progress = { call, 0, 1 };
  guint64 faults = 0;

  if (!verify (&progress, mun_arguments_get_int (mun_call_get_arguments (call), "id", 0), &faults,
               error))
    return NULL;
  return make_verdict (call, faults);
}

static JsonNode *
verify_stores (MunCall *call, GError **error)
{
  g_autoptr (JsonArray) stores = mun_archive_list_stores (mun_call_get_archive (call), FALSE);
  Progress progress = { call, 0, json_array_get_length (stores) };
  guint64 faults = 0;

  for (; progress.index < progress.count; progress.index++) {
    JsonObject *store = json_array_get_object_element (stores, progress.index);

    /* a disabled store is closed on purpose; that is no fault of it */
    if (strcmp (mun_json_get_string (store, "requestedState", ""), "disabled") == 0)
      mun_call_log (call, "Store %s is disabled and was not verified",
                    mun_json_get_string (store, "name", ""));
    else if (!verify (&progress, mun_json_get_int (store, "id", 0), &faults, error))
      return NULL;
  }
  return make_verdict (call, faults);
}

/* The recovery key of a store that the master key does not open. */
static gboolean
unlock_for_recovery (MunCall *call, GError **error)
{
  MunArguments *arguments = mun_call_get_arguments (call);
  const char *text = mun_arguments_get_string (arguments, "encryptionKey");
  g_autoptr (MunSecret) passphrase = NULL;

  if (text == NULL || *text == '\0')
    return TRUE;
  passphrase = mun_secret_new (text, strlen (text));
  return mun_archive_unlock_closed (mun_call_get_archive (call),
                                    mun_arguments_get_int (arguments, "id", 0), passphrase, error);
}

static JsonNode *
recover_store (MunCall *call, GError **error)
{
  MunArguments *arguments = mun_call_get_arguments (call);
  Progress progress = { call, 0, 1 };
  g_autofree char *report = NULL;

  if (!unlock_for_recovery (call, error))
    return NULL;
  if (!mun_archive_recover_store (
          mun_call_get_archive (call), mun_arguments_get_int (arguments, "id", 0),
          mun_arguments_get_bool (arguments, "recoverDeletedMessages", FALSE), progress_cb,
          &progress, mun_call_get_cancellable (call), &report, error))
    return NULL;
  mun_call_log (call, "%s", g_strchomp (report));
  mun_call_add_detail (call, "%s",
                       strrchr (report, '\n') != NULL ? strrchr (report, '\n') + 1 : report);
  return NULL;
}

static JsonNode *
recreate_recovery_records (MunCall *call, GError **error)
{
  Progress progress = { call, 0, 1 };
  g_autofree char *report = NULL;

  if (!mun_archive_recreate_records (mun_call_get_archive (call),
                                     mun_arguments_get_int (mun_call_get_arguments (call), "id", 0),
                                     progress_cb, &progress, mun_call_get_cancellable (call),
                                     &report, error))
    return NULL;
  mun_call_log (call, "%s", g_strchomp (report));
  return NULL;
}

const MunHandlerEntry mun_handlers_stores[] = {
  { "GetStores", get_stores },
  { "CreateStore", create_store },
  { "AttachStore", attach_store },
  { "SetStoreRequestedState", set_store_requested_state },
  { "VerifyStore", verify_store },
  { "VerifyStores", verify_stores },
  { "RecoverStore", recover_store },
  { "RecreateRecoveryRecords", recreate_recovery_records },
  { NULL, NULL },
};
