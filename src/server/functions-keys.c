/* functions-keys.c: the master key, and what opens a store without it */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "handler.h"

#include "arguments.h"
#include "errors.h"
#include "master-key.h"

#include <string.h>

static void
progress_cb (double fraction, const char *text, gpointer data)
{
  mun_call_progress (data, 100 * fraction, text);
}

static JsonNode *
renew_master_key (MunCall *call, GError **error)
{
  MunKeyRenewal done;
  g_autofree char *report = NULL;

  if (!mun_master_key_renew (mun_call_get_archive (call), progress_cb, call, &done, &report, error))
    return NULL;
  mun_call_log (call, "%s", g_strchomp (report));
  mun_call_add_detail (call, "%u stores, %u credentials; %u stores and %u credentials left",
                       done.stores, done.secrets, done.stores_left, done.secrets_left);
  return NULL;
}

/* The argument "passphrase"; an empty one is NULL. */
static MunSecret *
dup_passphrase (MunCall *call)
{
  const char *text = mun_arguments_get_string (mun_call_get_arguments (call), "passphrase");

  return text != NULL && *text != '\0' ? mun_secret_new (text, strlen (text)) : NULL;
}

static gint64
get_id (MunCall *call)
{
  return mun_arguments_get_int (mun_call_get_arguments (call), "id", 0);
}

static JsonNode *
set_store_recovery_key (MunCall *call, GError **error)
{
  g_autoptr (MunSecret) passphrase = dup_passphrase (call);

  if (mun_archive_set_recovery_key (mun_call_get_archive (call), get_id (call), passphrase, error))
    mun_call_add_detail (call, passphrase != NULL ? "set" : "taken away");
  return NULL;
}

static JsonNode *
unlock_store (MunCall *call, GError **error)
{
  g_autoptr (MunSecret) passphrase = dup_passphrase (call);

  if (passphrase == NULL)
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID, "The passphrase is empty");
  else
    mun_archive_unlock_store (mun_call_get_archive (call), get_id (call), passphrase, error);
  return NULL;
}

const MunHandlerEntry mun_handlers_keys[] = {
  { "RenewMasterKey", renew_master_key },
  { "SetStoreRecoveryKey", set_store_recovery_key },
  { "UnlockStore", unlock_store },
  { NULL, NULL },
};
