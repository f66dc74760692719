/* functions-misc.c: what the server says about itself */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "handler.h"

#include "json.h"
#include "server-private.h"
#include "sessions.h"
#include "timezone.h"

static JsonNode *
get_server_info (MunCall *call, GError **error)
{
  static const char *const capabilities[] = {
    "searchDates", "searchOperators", "searchSnippets", "savedSearches", "upload", "archiveInfo",
    NULL
  };
  JsonObject *info = json_object_new ();

  json_object_set_string_member (info, "version", MUN_VERSION);
  json_object_set_string_member (info, "machineName", g_get_host_name ());
  json_object_set_string_member (info, "product", "Muniment");
  mun_json_set_strings (info, "capabilities", capabilities);
  return mun_json_node_take_object (info);
}

/* The product that this contract comes from shows certificates by their SHA-1 (contract 1.9). */
static char *
dup_thumbprint (MunServer *server)
{
  g_autoptr (GByteArray) der = NULL;
  g_autofree char *lower = NULL;

  g_object_get (mun_server_get_certificate (server), "certificate", &der, NULL);
  lower = g_compute_checksum_for_data (G_CHECKSUM_SHA1, der->data, der->len);
  return g_ascii_strup (lower, -1);
}

static JsonNode *
get_service_configuration (MunCall *call, GError **error)
{
  MunServer *server = mun_call_get_server (call);
  g_autofree char *thumbprint = dup_thumbprint (server);
  JsonObject *configuration = json_object_new ();
  JsonObject *certificate = json_object_new ();

  json_object_set_string_member (configuration, "baseDirectory", mun_server_get_data_dir (server));
  json_object_set_boolean_member (configuration, "debugLog", FALSE);
  json_object_set_string_member (configuration, "auditLogLocation", "integrated");
  json_object_set_string_member (certificate, "thumbprint", thumbprint);
  json_object_set_object_member (configuration, "serverCertificate", certificate);
  json_object_set_int_member (configuration, "adminPort", mun_server_get_admin_port (server));
  json_object_set_int_member (configuration, "webAccessPort", mun_server_get_web_port (server));
  json_object_set_string_member (configuration, "certificateFingerprint",
                                 mun_server_get_fingerprint (server));
  return mun_json_node_take_object (configuration);
}

static JsonNode *
get_time_zones (MunCall *call, GError **error)
{
  return mun_timezone_list ();
}

static JsonNode *
get_active_sessions (MunCall *call, GError **error)
{
  return mun_sessions_list (mun_server_get_sessions (mun_call_get_server (call)));
}

const MunHandlerEntry mun_handlers_misc[] = {
  { "GetServerInfo", get_server_info },
  { "GetServiceConfiguration", get_service_configuration },
  { "GetTimeZones", get_time_zones },
  { "GetActiveSessions", get_active_sessions },
  { NULL, NULL },
};
