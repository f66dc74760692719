/* million-client.c: one client of the Web Access API on one connection that is kept */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-benchmark"

#include "million-client.h"

#include "json.h"

#include <string.h>

/* How soon the state of a search is asked for again */
#define POLL_MICROSECONDS 2000

MillionClient *
million_client_new (TestServer *server, const char *bearer)
{
  MillionClient *self = g_new0 (MillionClient, 1);

  self->wire = wire_open (server, server->web_port, NULL);
  self->bearer = g_strdup (bearer);
  return self;
}

void
million_client_free (MillionClient *self)
{
  wire_free (self->wire);
  g_free (self->bearer);
  g_free (self);
}

GBytes *
million_client_request (MillionClient *self, const char *method, const char *path, const char *body,
                        gsize length)
{
  g_autoptr (GString) text = g_string_sized_new (length + 512);
  g_autoptr (WireReply) reply = NULL;
  g_autoptr (GError) error = NULL;

  g_string_append_printf (text, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: %s\r\n",
                          method, path, self->bearer);
  if (body != NULL)
    g_string_append_printf (text, "Content-Type: application/json\r\nContent-Length: %zu\r\n",
                            length);
  g_string_append (text, "\r\n");
  g_string_append_len (text, body, length);
  if (!g_output_stream_write_all (g_io_stream_get_output_stream (self->wire->stream), text->str,
                                  text->len, NULL, NULL, &error))
    g_error ("%s %s: %s", method, path, error->message);
  reply = wire_read (self->wire);
  if (reply == NULL)
    g_error ("%s %s: no reply", method, path);
  if (reply->status != 200)
    g_error ("%s %s: %u %.*s", method, path, reply->status, (int)g_bytes_get_size (reply->body),
             (char *)g_bytes_get_data (reply->body, NULL));
  return g_bytes_ref (reply->body);
}

static JsonObject *
parse (GBytes *body)
{
  g_autoptr (GError) error = NULL;
  JsonObject *object
      = mun_json_parse_object (g_bytes_get_data (body, NULL), g_bytes_get_size (body), &error);

  if (object == NULL)
    g_error ("%s", error->message);
  return object;
}

JsonObject *
million_client_get (MillionClient *self, const char *path)
{
  g_autoptr (GBytes) body = million_client_request (self, "GET", path, NULL, 0);

  return parse (body);
}

char *
million_client_search (MillionClient *self, const char *json)
{
  g_autoptr (GBytes) body
      = million_client_request (self, "POST", "/api/searches", json, strlen (json));
  g_autoptr (JsonObject) reply = parse (body);

  return g_strdup (mun_json_get_string (reply, "searchId", NULL));
}

gint64
million_client_count (MillionClient *self, const char *id)
{
  g_autofree char *path = g_strconcat ("/api/searches/", id, NULL);

  for (;;) {
    g_autoptr (JsonObject) state = million_client_get (self, path);

    if (strcmp (mun_json_get_string (state, "status", ""), "Active") == 0) {
      g_usleep (POLL_MICROSECONDS);
      continue;
    }
    if (mun_json_get_bool (state, "foundMessageCountIsLimited", FALSE))
      g_printerr ("Counting was given up at %" G_GINT64_FORMAT "\n",
                  mun_json_get_int (state, "foundMessageCount", 0));
    return mun_json_get_int (state, "foundMessageCount", 0);
  }
}

void
million_client_await_positions (MillionClient *self, const char *id)
{
  g_autofree char *path = g_strconcat ("/api/searches/", id, NULL);

  for (;;) {
    g_autoptr (JsonObject) state = million_client_get (self, path);

    if (mun_json_get_bool (state, "positionsKnown", FALSE))
      return;
    g_usleep (POLL_MICROSECONDS);
  }
}

GBytes *
million_client_page (MillionClient *self, const char *id, guint start, guint count,
                     const char *sort)
{
  g_autofree char *path = g_strdup_printf (
      "/api/searches/%s/results?messageIndexStart=%u&messageCount=%u&sortCriteria=%s", id, start,
      count, sort);

  return million_client_request (self, "GET", path, NULL, 0);
}

void
million_client_check_page (GBytes *page)
{
  g_autoptr (JsonObject) reply = parse (page);

  if (json_array_get_length (mun_json_get_array (reply, "searchResultItems")) == 0)
    g_error ("a page is empty");
}

void
million_client_drop (MillionClient *self, const char *id)
{
  g_autofree char *path = g_strconcat ("/api/searches/", id, NULL);
  g_autoptr (GBytes) body = million_client_request (self, "DELETE", path, NULL, 0);
}

JsonObject *
million_client_upload (MillionClient *self, const char *folder, GPtrArray *messages)
{
  g_autofree char *escaped = g_uri_escape_string (folder, NULL, FALSE);
  g_autofree char *path = g_strconcat ("/api/folders/upload?folder=", escaped, NULL);
  g_autoptr (GString) stream = g_string_new (NULL);
  g_autoptr (GBytes) body = NULL;
  JsonObject *reply;

  for (guint i = 0; i < messages->len; i++) {
    gsize length;
    const char *text = g_bytes_get_data (g_ptr_array_index (messages, i), &length);

    g_string_append_printf (stream, "%zu\n", length);
    g_string_append_len (stream, text, length);
  }
  body = million_client_request (self, "POST", path, stream->str, stream->len);
  reply = parse (body);
  if (mun_json_get_int (reply, "archived", 0) != messages->len)
    g_error ("%" G_GINT64_FORMAT " of %u messages archived",
             mun_json_get_int (reply, "archived", 0), messages->len);
  return reply;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  double first = *(const double *)a, second = *(const double *)b;

  return (first > second) - (first < second);
}

MillionTimes
million_times (GArray *samples)
{
  MillionTimes times = { 0, 0 };

  if (samples->len == 0)
    return times;
  g_array_sort (samples, compare);
  times.median = g_array_index (samples, double, samples->len / 2);
  times.p99 = g_array_index (samples, double, MIN (samples->len - 1, samples->len * 99 / 100));
  return times;
}

void
million_add (GArray *samples, gint64 since)
{
  double spent = g_get_monotonic_time () - since;

  g_array_append_val (samples, spent);
}
