/* web-stretch.c: one range of what is stored, as HTTP asks for it */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "web-messages.h"

#include <libsoup/soup.h>
#include <string.h>

/* A range of another thing than the one that is here is none (If-Range). Returns: (nullable). */
static const char *
get_range (MunWebRequest *request, const char *etag)
{
  const char *condition = soup_message_headers_get_one (request->headers, "If-Range");

  if (request->is_head || (condition != NULL && strcmp (condition, etag) != 0))
    return NULL;
  return soup_message_headers_get_one (request->headers, "Range");
}

gboolean
mun_web_stretch_needs_size (MunWebRequest *request, const char *etag)
{
  return request->is_head || get_range (request, etag) != NULL;
}

static SoupMessageHeaders *
use_headers (MunWebRequest *request)
{
  if (request->reply_headers == NULL)
    request->reply_headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);
  return request->reply_headers;
}

static void
set_headers (MunWebRequest *request, const MunWebStretch *stretch)
{
  SoupMessageHeaders *headers = use_headers (request);

  soup_message_headers_replace (headers, "Accept-Ranges", "bytes");
  soup_message_headers_replace (headers, "ETag", stretch->etag);
}

static void
refuse (MunWebRequest *request, const MunWebStretch *stretch)
{
  g_autofree char *all = g_strdup_printf ("bytes */%" G_GUINT64_FORMAT, stretch->size);

  set_headers (request, stretch);
  soup_message_headers_replace (request->reply_headers, "Content-Range", all);
  mun_web_request_fail (request, SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE,
                        "There are %" G_GUINT64_FORMAT " bytes: the range begins behind them",
                        stretch->size);
}

/* Several ranges, and what is no range, mean all of it, as RFC 9110 allows. */
gboolean
mun_web_stretch_choose (MunWebRequest *request, guint64 size, const char *etag,
                        MunWebStretch *stretch)
{
  const char *text = get_range (request, etag);
  SoupRange *ranges;
  int n_ranges;
  gboolean is_there = TRUE;

  *stretch = (MunWebStretch){ size, 0, size, SOUP_STATUS_OK, etag };
  if (size == MUN_WEB_STREAM_TO_END || text == NULL
      || !soup_message_headers_get_ranges (request->headers, size, &ranges, &n_ranges))
    return TRUE;
  if (n_ranges == 1) {
    /* The last bytes, more of them than there are; else the number was too large for libsoup. */
    if (ranges->start < 0 && strstr (text, "=-") != NULL)
      ranges->start = 0;
    is_there = ranges->start >= 0 && (guint64)ranges->start < size;
    if (is_there) {
      stretch->status = SOUP_STATUS_PARTIAL_CONTENT;
      stretch->start = ranges->start;
      stretch->length = MIN ((guint64)ranges->end, size - 1) - stretch->start + 1;
    }
  }
  soup_message_headers_free_ranges (request->headers, ranges);
  if (!is_there)
    refuse (request, stretch);
  return is_there;
}

void
mun_web_stretch_reply (MunWebRequest *request, const MunWebStretch *stretch,
                       const char *content_type, MunWebStream *stream)
{
  set_headers (request, stretch);
  if (stretch->status == SOUP_STATUS_PARTIAL_CONTENT)
    soup_message_headers_set_content_range (request->reply_headers, stretch->start,
                                            stretch->start + stretch->length - 1, stretch->size);
  mun_web_request_reply (request, content_type, NULL);
  request->status = stretch->status;
  request->stream = stream;
}
