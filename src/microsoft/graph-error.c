/* graph-error.c: what Microsoft Graph refuses, as errors and in words */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "mun-microsoft"

#include "graph-private.h"

#include "errors.h"
#include "json.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What travels with an error of the domain. */
typedef struct {
  char *code;
  char *request_id;
  guint status;
} MunGraphErrorPrivate;

static void
mun_graph_error_private_init (MunGraphErrorPrivate *details)
{
  *details = (MunGraphErrorPrivate){ 0 };
}

static void
mun_graph_error_private_copy (const MunGraphErrorPrivate *from, MunGraphErrorPrivate *to)
{
  to->code = g_strdup (from->code);
  to->request_id = g_strdup (from->request_id);
  to->status = from->status;
}

static void
mun_graph_error_private_clear (MunGraphErrorPrivate *details)
{
  g_free (details->code);
  g_free (details->request_id);
}

G_DEFINE_EXTENDED_ERROR (MunGraphError, mun_graph_error)

static const MunGraphErrorPrivate *
get_details (const GError *error)
{
  return error && error->domain == MUN_GRAPH_ERROR ? mun_graph_error_get_private (error) : NULL;
}

const char *
mun_graph_error_get_code (const GError *error)
{
  const MunGraphErrorPrivate *details = get_details (error);

  return details ? details->code : NULL;
}

const char *
mun_graph_error_get_request_id (const GError *error)
{
  const MunGraphErrorPrivate *details = get_details (error);

  return details ? details->request_id : NULL;
}

guint
mun_graph_error_get_status (const GError *error)
{
  const MunGraphErrorPrivate *details = get_details (error);

  return details ? details->status : 0;
}

/* Codes that say more than their HTTP status. Sources: learn.microsoft.com "Microsoft Graph error
 * responses and resource types", and issue reports where it is silent. */
static const struct {
  const char *name;
  MunGraphError code;
  gboolean passing;
} codes[] = {
  { "SyncStateNotFound", MUN_GRAPH_ERROR_SYNC_STATE_LOST, FALSE },
  { "SyncStateInvalid", MUN_GRAPH_ERROR_SYNC_STATE_LOST, FALSE },
  { "ResyncRequired", MUN_GRAPH_ERROR_SYNC_STATE_LOST, FALSE },
  { "ErrorInvalidSyncStateData", MUN_GRAPH_ERROR_SYNC_STATE_LOST, FALSE },
  { "MailboxNotEnabledForRESTAPI", MUN_GRAPH_ERROR_NO_MAILBOX, FALSE },
  { "MailboxNotSupportedForRESTAPI", MUN_GRAPH_ERROR_NO_MAILBOX, FALSE },
  { "ErrorItemNotFound", MUN_GRAPH_ERROR_NOT_FOUND, FALSE },
  { "ErrorFolderNotFound", MUN_GRAPH_ERROR_NOT_FOUND, FALSE },
  { "ErrorInvalidUser", MUN_GRAPH_ERROR_NOT_FOUND, FALSE },
  { "Request_ResourceNotFound", MUN_GRAPH_ERROR_NOT_FOUND, FALSE },
  { "ResourceNotFound", MUN_GRAPH_ERROR_NOT_FOUND, FALSE },
  { "ErrorAccessDenied", MUN_GRAPH_ERROR_DENIED, FALSE },
  { "Authorization_RequestDenied", MUN_GRAPH_ERROR_DENIED, FALSE },
  { "InvalidAuthenticationToken", MUN_GRAPH_ERROR_UNAUTHORIZED, FALSE },
  { "TooManyRequests", MUN_GRAPH_ERROR_THROTTLED, TRUE },
  { "ApplicationThrottled", MUN_GRAPH_ERROR_THROTTLED, TRUE },
  { "ErrorServerBusy", MUN_GRAPH_ERROR_UNAVAILABLE, TRUE },
  { "ErrorMailboxStoreUnavailable", MUN_GRAPH_ERROR_UNAVAILABLE, TRUE },
  { "ErrorMailboxMoveInProgress", MUN_GRAPH_ERROR_UNAVAILABLE, TRUE },
  { "ErrorInternalServerTransientError", MUN_GRAPH_ERROR_UNAVAILABLE, TRUE },
};

static MunGraphError
code_for_status (guint status)
{
  switch (status) {
  case 401:
    return MUN_GRAPH_ERROR_UNAUTHORIZED;
  case 403:
    return MUN_GRAPH_ERROR_DENIED;
  case 404:
    return MUN_GRAPH_ERROR_NOT_FOUND;
  case 410:
    return MUN_GRAPH_ERROR_SYNC_STATE_LOST;
  case 429:
    return MUN_GRAPH_ERROR_THROTTLED;
  default:
    return status >= 500 ? MUN_GRAPH_ERROR_UNAVAILABLE : MUN_GRAPH_ERROR_FAILED;
  }
}

/* The status decides about a whole service, the code about one thing: 401 and 429 win over a code.
 */
static MunGraphError
classify (guint status, const char *name, gboolean *passing)
{
  *passing = status == 429 || status >= 500;
  if (status != 401 && status != 429)
    for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
      if (g_ascii_strcasecmp (codes[i].name, name) == 0) {
        *passing = *passing || codes[i].passing;
        return codes[i].code;
      }
  return code_for_status (status);
}

static char *
read_request_id (MunHttpReply *reply, JsonObject *inner)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (reply->message);
  const char *id = soup_message_headers_get_one (headers, "request-id");

  return g_strdup (id ? id : mun_json_get_string (inner, "request-id", NULL));
}

GError *
mun_graph_error_from_reply (MunHttpReply *reply, gboolean *passing)
{
  g_autoptr (JsonObject) answer = mun_http_reply_parse (reply, NULL);
  JsonObject *what = answer ? mun_json_get_object (answer, "error") : NULL;
  const char *name = what ? mun_json_get_string (what, "code", "") : "";
  const char *text = what ? mun_json_get_string (what, "message", "") : "";
  JsonObject *inner = what ? mun_json_get_object (what, "innerError") : NULL;
  g_autofree char *request_id = read_request_id (reply, inner);
  MunGraphErrorPrivate *details;
  GError *error
      = g_error_new (MUN_GRAPH_ERROR, classify (reply->status, name, passing),
                     "Microsoft Graph, %s: HTTP %u %s: %s [request id %s]",
                     g_uri_get_path (soup_message_get_uri (reply->message)), reply->status,
                     *name ? name : "without a code", text, request_id ? request_id : "none");

  details = mun_graph_error_get_private (error);
  details->code = *name ? g_strdup (name) : NULL;
  details->request_id = g_steal_pointer (&request_id);
  details->status = reply->status;
  return error;
}

/* Of the codes for "not found" those that do not speak of a folder or message. */
static gboolean
is_about_user (const GError *error)
{
  static const char *const names[]
      = { "ErrorInvalidUser", "Request_ResourceNotFound", "ResourceNotFound" };
  const char *code = mun_graph_error_get_code (error);

  for (guint i = 0; code && i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (names[i], code) == 0)
      return TRUE;
  return FALSE;
}

const char *
mun_graph_explain (const GError *error)
{
  if (!error || error->domain != MUN_GRAPH_ERROR)
    return NULL;
  switch ((MunGraphError)error->code) {
  case MUN_GRAPH_ERROR_NOT_FOUND:
    if (is_about_user (error))
      return _ (
          "The tenant does not know this user or group. Check whether it still exists there.");
    return _ ("The tenant does not have this user, folder or message any more.");
  case MUN_GRAPH_ERROR_DENIED:
    /* Nothing but the text tells a policy from a missing permission. */
    if (strstr (error->message, "OData is disabled"))
      return _ ("A policy of Exchange Online keeps the application away from this mailbox. Add the "
                "mailbox to the application access policy or to the scope of the role.");
    return _ ("The tenant denied the access: a permission of the application is missing, or a "
              "policy keeps the application away from this mailbox.");
  case MUN_GRAPH_ERROR_SYNC_STATE_LOST:
    return _ ("The tenant has forgotten how far the folder was read. It is read again from its "
              "beginning; what is archived already is skipped.");
  case MUN_GRAPH_ERROR_NO_MAILBOX:
    return _ ("The user has no mailbox in Exchange Online.");
  case MUN_GRAPH_ERROR_THROTTLED:
    return _ ("The tenant asked for a longer pause than one run may take. Start the run again "
              "later.");
  case MUN_GRAPH_ERROR_UNAUTHORIZED:
    return _ ("The tenant did not accept its own token. Test the credentials.");
  case MUN_GRAPH_ERROR_UNAVAILABLE:
    return _ ("Microsoft’s service did not answer properly. Try again in a few minutes.");
  case MUN_GRAPH_ERROR_BAD_LINK:
    return _ ("The answer led to a foreign address and was not followed.");
  case MUN_GRAPH_ERROR_FAILED:
  default:
    return _ ("The tenant refused the request.");
  }
}
