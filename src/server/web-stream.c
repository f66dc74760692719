/* web-stream.c: a stretch of what is stored on its way to a client, chunk by chunk */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "web-stream.h"

#include "errors.h"
#include "guest.h"

#define CHUNK (1024 * 1024)
/* Reading is decompressing and deciphering: more threads than this only wait for each other. They
 * are not those of the requests, which may take longer. */
#define READERS 4

struct _MunWebStream {
  MunWebSource source;
  guint64 left; /* bytes that were not read yet; MUN_WEB_STREAM_TO_END: up to the end */
  guint64 length;
  GBytes *next; /* read, not handed to the connection yet */
  GError *error;

  /* main loop, once it is being sent */
  SoupServerMessage *message; /* NULL: the connection is done with it */
  MunApiParts *parts;
  GMainContext *context;
  gboolean reading; /* a thread has source, left, next and error */
  gboolean hungry;  /* the connection waits for the next chunk */
};

static void
read_next (MunWebStream *self)
{
  g_autoptr (GBytes) chunk
      = self->source.read (self->source.data, CLAMP (self->left, 1, CHUNK), &self->error);
  gsize size;

  if (chunk == NULL)
    return;
  size = g_bytes_get_size (chunk);
  if (self->length == MUN_WEB_STREAM_TO_END) {
    self->left = size > 0 ? self->left : 0;
  } else if (size > 0 || self->left == 0) {
    self->left -= size;
  } else {
    self->error = g_error_new_literal (MUN_ERROR, MUN_ERROR_DAMAGED,
                                       "What is stored ends before its length");
    return;
  }
  self->next = g_steal_pointer (&chunk);
}

MunWebStream *
mun_web_stream_new (const MunWebSource *source, guint64 length, GError **error)
{
  g_autoptr (MunWebStream) self = g_new0 (MunWebStream, 1);

  self->source = *source;
  self->left = self->length = length;
  read_next (self);
  if (self->error == NULL)
    return g_steal_pointer (&self);
  g_propagate_error (error, g_steal_pointer (&self->error));
  return NULL;
}

void
mun_web_stream_free (MunWebStream *self)
{
  if (self->message != NULL)
    g_signal_handlers_disconnect_by_data (self->message, self);
  g_clear_object (&self->message);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->next, g_bytes_unref);
  g_clear_error (&self->error);
  self->source.free (self->source.data);
  g_free (self);
}

/* --- on a thread of its own --- */

static gboolean
read_cb (gpointer data);

static void
work_cb (gpointer data, gpointer user_data)
{
  MunWebStream *self = data;
  GSource *source = g_idle_source_new ();

  read_next (self);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, read_cb, self, NULL);
  g_source_attach (source, self->context);
  g_source_unref (source);
}

static GThreadPool *
shared_pool (void)
{
  static GThreadPool *pool;

  if (g_once_init_enter (&pool)) {
    GThreadPool *made = g_thread_pool_new (work_cb, NULL, READERS, FALSE, NULL);

    g_once_init_leave (&pool, made);
  }
  return pool;
}

/* --- on the main loop --- */

static void
start_reading (MunWebStream *self)
{
  if (self->left == 0)
    return;
  self->reading = TRUE;
  self->parts->pending++;
  g_thread_pool_push (shared_pool (), self, NULL);
}

/* The client must not take what it has for a message. */
static void
cut_off (MunWebStream *self)
{
  g_autoptr (GIOStream) connection = NULL;

  g_warning ("%s. The download was cut off", self->error->message);
  g_signal_handlers_disconnect_by_data (self->message, self);
  mun_guest_cut (self->message);
  connection = soup_server_message_steal_connection (self->message);
  mun_web_stream_free (self);
}

static void
append_next (MunWebStream *self)
{
  g_autoptr (GBytes) chunk = g_steal_pointer (&self->next);
  SoupMessageBody *body = soup_server_message_get_response_body (self->message);

  if (g_bytes_get_size (chunk) > 0)
    soup_message_body_append_bytes (body, chunk);
  else
    soup_message_body_complete (body);
  self->hungry = FALSE;
  start_reading (self);
}

static gboolean
read_cb (gpointer data)
{
  MunWebStream *self = data;

  self->reading = FALSE;
  self->parts->pending--;
  if (self->message == NULL) {
    mun_web_stream_free (self);
  } else if (self->error != NULL) {
    cut_off (self);
  } else if (self->hungry) {
    append_next (self);
    soup_server_message_unpause (self->message);
  }
  return G_SOURCE_REMOVE;
}

/* libsoup pauses the message itself when there is no further chunk. */
static void
wrote_chunk_cb (SoupServerMessage *message, gpointer data)
{
  MunWebStream *self = data;

  if (!self->reading && self->next != NULL)
    append_next (self);
  else
    self->hungry = TRUE;
}

/* Also when the client went away before the end. */
static void
finished_cb (SoupServerMessage *message, gpointer data)
{
  MunWebStream *self = data;

  g_signal_handlers_disconnect_by_data (message, self);
  g_clear_object (&self->message);
  if (!self->reading)
    mun_web_stream_free (self);
}

void
mun_web_stream_send (MunWebStream *self, SoupServerMessage *message, MunApiParts *parts)
{
  SoupMessageBody *body = soup_server_message_get_response_body (message);

  self->message = g_object_ref (message);
  self->parts = parts;
  self->context = g_main_context_ref_thread_default ();
  if (self->length != MUN_WEB_STREAM_TO_END)
    soup_message_headers_set_content_length (soup_server_message_get_response_headers (message),
                                             self->length);
  else
    soup_message_headers_set_encoding (soup_server_message_get_response_headers (message),
                                       SOUP_ENCODING_CHUNKED);
  /* What was sent is dropped; libsoup cuts no ranges out of such a body. */
  soup_message_body_set_accumulate (body, FALSE);
  g_signal_connect (message, "wrote-chunk", G_CALLBACK (wrote_chunk_cb), self);
  g_signal_connect (message, "finished", G_CALLBACK (finished_cb), self);
  if (self->length > 0 && soup_server_message_get_method (message) != SOUP_METHOD_HEAD)
    append_next (self);
}
