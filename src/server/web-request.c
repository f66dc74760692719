/* web-request.c: one request of the Web Access API on its worker thread */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "web-request.h"

#include "errors.h"
#include "json.h"

#include <libsoup/soup.h>

void
mun_web_request_reply (MunWebRequest *request, const char *content_type, GBytes *body)
{
  request->status = SOUP_STATUS_OK;
  g_free (request->content_type);
  request->content_type = g_strdup (content_type);
  g_clear_pointer (&request->reply, g_bytes_unref);
  request->reply = body;
}

void
mun_web_request_reply_json (MunWebRequest *request, JsonNode *node)
{
  char *text = mun_json_to_string (node);

  json_node_unref (node);
  mun_web_request_reply (request, "application/json", g_bytes_new_take (text, strlen (text)));
}

void
mun_web_request_fail (MunWebRequest *request, guint status, const char *format, ...)
{
  g_autofree char *message = NULL;
  JsonObject *object = json_object_new ();
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  json_object_set_string_member (object, "message", message);
  mun_web_request_reply_json (request, mun_json_node_take_object (object));
  request->status = status;
}

static guint
status_for (const GError *error)
{
  if (error->domain != MUN_ERROR)
    return SOUP_STATUS_INTERNAL_SERVER_ERROR;
  switch (error->code) {
  case MUN_ERROR_INVALID:
  case MUN_ERROR_PROTOCOL:
  case MUN_ERROR_UNSUPPORTED:
    return SOUP_STATUS_BAD_REQUEST;
  case MUN_ERROR_NOT_FOUND:
    return SOUP_STATUS_NOT_FOUND;
  case MUN_ERROR_EXISTS:
    return SOUP_STATUS_CONFLICT;
  case MUN_ERROR_DENIED:
  case MUN_ERROR_READ_ONLY:
    return SOUP_STATUS_FORBIDDEN;
  case MUN_ERROR_TOO_LARGE:
    return SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE;
  case MUN_ERROR_BUSY:
  case MUN_ERROR_THROTTLED:
    return SOUP_STATUS_SERVICE_UNAVAILABLE;
  case MUN_ERROR_NO_SPACE:
    return 507; /* Insufficient Storage (RFC 4918) */
  default:
    return SOUP_STATUS_INTERNAL_SERVER_ERROR;
  }
}

void
mun_web_request_fail_error (MunWebRequest *request, const GError *error)
{
  mun_web_request_fail (request, status_for (error), "%s", error->message);
}

const char *
mun_web_request_get_query (MunWebRequest *request, const char *name)
{
  const char *value = g_hash_table_lookup (request->query, name);

  return value != NULL ? value : "";
}
