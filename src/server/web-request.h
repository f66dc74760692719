/* web-request.h: one request of the Web Access API on its worker thread */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "context.h"
#include "part-cache.h"
#include "web-searches.h"
#include "web-stream.h"
#include "web-tokens.h"

/* What a request's handler sees and fills in. */
typedef struct {
  MunServer *server;
  MunWebTokens *tokens;
  MunWebSearches *searches;
  MunPartCache *parts;
  GStrv segments;    /* of the path, without "api" */
  GHashTable *query; /* name -> value */
  gboolean is_head;  /* only what a reply's headers would be is asked */
  SoupMessageHeaders *headers;
  GBytes *body;
  char *user_name;           /* whose token it is, or who is signing in */
  JsonObject *user;          /* the user's document */
  GCancellable *cancellable; /* (nullable): the client has left; for what may take long */

  guint status;
  char *content_type;
  SoupMessageHeaders *reply_headers; /* further ones */
  GBytes *reply;
  MunWebStream *stream; /* (nullable): instead of a reply */
} MunWebRequest;

/* Answers in one of the three ways below; may block. */
typedef void (*MunWebHandler) (MunWebRequest *request);

void
mun_web_request_reply (MunWebRequest *request, const char *content_type, GBytes *body);
/* @node: (transfer full) */
void
mun_web_request_reply_json (MunWebRequest *request, JsonNode *node);
/* {"message": …}, as every error of this API */
void
mun_web_request_fail (MunWebRequest *request, guint status, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
/* The same with the status that fits the error's code. */
void
mun_web_request_fail_error (MunWebRequest *request, const GError *error);

/* Returns: borrowed, "" when the query lacks it. */
const char *
mun_web_request_get_query (MunWebRequest *request, const char *name);

/* web-folders.c */
void
mun_web_list_archives (MunWebRequest *request);
void
mun_web_list_folders (MunWebRequest *request);
/* web-searches.c */
void
mun_web_start_search (MunWebRequest *request);
void
mun_web_get_search (MunWebRequest *request);
void
mun_web_get_results (MunWebRequest *request);
void
mun_web_drop_search (MunWebRequest *request);
/* web-saved-searches.c */
void
mun_web_list_saved_searches (MunWebRequest *request);
void
mun_web_add_saved_search (MunWebRequest *request);
void
mun_web_change_saved_search (MunWebRequest *request);
void
mun_web_delete_saved_search (MunWebRequest *request);
/* web-messages.c */
/* GET and HEAD; one Range with If-Range, the ETag is the message's SHA-256 (RFC 9110). */
void
mun_web_download (MunWebRequest *request);
void
mun_web_archive_info (MunWebRequest *request);
/* web-attachments.c */
/* GET and HEAD, likewise: one attachment, decoded; the last segment is its number, from 1 on. */
void
mun_web_attachment (MunWebRequest *request);
/* What of a message is needed to show it, without its large parts:
 * {size, sha256, skeleton, isCut, attachments: [{number, name, type, size, contentId, isInline,
 * isOmitted}]}. "skeleton" is the message in base64, with nothing where the contents of the omitted
 * attachments were; "isCut": it lacks more than those. */
void
mun_web_outline (MunWebRequest *request);
