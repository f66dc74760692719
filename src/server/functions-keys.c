/* functions-keys.c: the master key */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "handler.h"

#include "master-key.h"

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

const MunHandlerEntry mun_handlers_keys[] = {
  { "RenewMasterKey", renew_master_key },
  { NULL, NULL },
};
