/* test-large-upload.c: large messages on their way in: memory, files, clients that leave */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "large-mail.h"

#include "json.h"

#include <glib/gstdio.h>
#include <string.h>

#define MIB (1024 * 1024)
#define FOLDER TEST_ADMIN "/Large"
#define UPLOADS_AT_ONCE 64

static TestServer *server;
static char *bearer;

static void
assert_download (const char *id, GBytes *raw)
{
  g_auto (GStrv) numbers = g_strsplit (id, ":", 2);
  g_autofree char *path = g_strdup_printf ("/api/messages/%s/%s/download", numbers[0], numbers[1]);
  g_autoptr (GBytes) reply = NULL;

  g_assert_cmpuint (test_server_request (server, server->web_port, "GET", path, bearer, NULL,
                                         &reply),
                    ==, 200);
  g_assert_true (g_bytes_equal (reply, raw));
}

/* Large and small ones in one stream, each as it was, in their order. */
static void
test_mixed (void)
{
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  g_autoptr (JsonObject) reply = NULL;
  JsonArray *items;

  for (guint i = 0; i < 3; i++) {
    g_autofree char *subject = g_strdup_printf ("mixed %u", i);
    char *small = test_message (subject, "a@example.org", "b@example.org", "x");

    g_ptr_array_add (messages, g_bytes_new_take (small, strlen (small)));
    g_ptr_array_add (messages, large_mail_new (subject, (5 * i + 1) * MIB, 100 + i));
  }
  reply = test_server_upload_bytes (server, bearer, FOLDER, messages);
  g_assert_cmpint (mun_json_get_int (reply, "archived", 0), ==, messages->len);
  items = mun_json_get_array (reply, "items");
  for (guint i = 0; i < messages->len; i++)
    assert_download (mun_json_get_string (json_array_get_object_element (items, i), "id", ""),
                     messages->pdata[i]);
}

typedef struct {
  GBytes *raw;
  char *id;
} Upload;

static gpointer
upload_thread (gpointer data)
{
  Upload *upload = data;
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_autoptr (JsonObject) reply = NULL;

  g_ptr_array_add (messages, upload->raw);
  reply = test_server_upload_bytes (server, bearer, FOLDER, messages);
  upload->id = g_strdup (
      mun_json_get_string (json_array_get_object_element (mun_json_get_array (reply, "items"), 0),
                           "id", ""));
  return NULL;
}

/* Several clients at once: the server has few of their messages in memory at a time. */
static void
test_memory (void)
{
  Upload uploads[8];
  GThread *threads[G_N_ELEMENTS (uploads)];
  gsize before, total = 0;

  for (guint i = 0; i < G_N_ELEMENTS (uploads); i++) {
    uploads[i].raw = large_mail_new ("at once", 24 * MIB, 200 + i);
    total += g_bytes_get_size (uploads[i].raw);
  }
  large_mail_reset_peak (server);
  before = large_mail_get_peak (server);
  for (guint i = 0; i < G_N_ELEMENTS (uploads); i++)
    threads[i] = g_thread_new ("upload", upload_thread, &uploads[i]);
  for (guint i = 0; i < G_N_ELEMENTS (uploads); i++)
    g_thread_join (threads[i]);
  if (before > 0)
    g_assert_cmpuint (large_mail_get_peak (server) - before, <, total * 2 / 3);
  for (guint i = 0; i < G_N_ELEMENTS (uploads); i++) {
    assert_download (uploads[i].id, uploads[i].raw);
    g_bytes_unref (uploads[i].raw);
    g_free (uploads[i].id);
  }
}

static void
send_bytes (Wire *wire, const guint8 *data, gsize length)
{
  g_output_stream_write_all (g_io_stream_get_output_stream (wire->stream), data, length, NULL, NULL,
                             NULL);
}

/* Begins an upload of one message of @length bytes; its bytes are to follow. */
static Wire *
begin (const char *who, const char *folder, gsize length)
{
  Wire *wire = wire_open (server, server->web_port, NULL);
  g_autofree char *record = g_strdup_printf ("%zu\n", length);
  g_autofree char *head
      = g_strdup_printf ("POST /api/folders/upload?folder=%s HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                         "Authorization: %s\r\nContent-Type: application/x-muniment-messages\r\n"
                         "Content-Length: %zu\r\nExpect: 100-continue\r\n\r\n",
                         folder, who, strlen (record) + length);
  g_autofree char *reply = NULL;

  wire_send (wire, head);
  reply = wire_read_head (wire);
  if (g_str_has_prefix (reply, "HTTP/1.1 100 "))
    wire_send (wire, record);
  else
    g_byte_array_prepend (wire->read, (guint8 *)reply, strlen (reply));
  return wire;
}

/* The server's files that have no name, apart from SQLite's. */
static guint
count_nameless (void)
{
  g_autofree char *path
      = g_build_filename ("/proc", g_subprocess_get_identifier (server->process), "fd", NULL);
  g_autoptr (GDir) open = g_dir_open (path, 0, NULL);
  const char *name;
  guint count = 0;

  while (open != NULL && (name = g_dir_read_name (open)) != NULL) {
    g_autofree char *link = g_build_filename (path, name, NULL);
    g_autofree char *target = g_file_read_link (link, NULL);

    if (target != NULL && g_str_has_prefix (target, server->data_dir)
        && g_str_has_suffix (target, " (deleted)"))
      count++;
  }
  return count;
}

static void
wait_for_nameless (guint wanted)
{
  gint64 start = g_get_monotonic_time ();

  while (count_nameless () != wanted) {
    g_assert_cmpuint (test_server_request (server, server->web_port, "GET", "/api/archives", bearer,
                                           NULL, NULL),
                      ==, 200);
    g_assert_cmpint (g_get_monotonic_time () - start, <, 60 * G_USEC_PER_SEC);
  }
}

/* What has come of a large message is in a file, which goes with the client. */
static void
test_client_leaves (void)
{
  g_autoptr (GBytes) raw = large_mail_new ("half", 6 * MIB, 300);
  Wire *wires[3];

  wait_for_nameless (0);
  for (guint i = 0; i < G_N_ELEMENTS (wires); i++) {
    wires[i] = begin (bearer, FOLDER, g_bytes_get_size (raw));
    send_bytes (wires[i], g_bytes_get_data (raw, NULL), 4 * MIB);
  }
  wait_for_nameless (G_N_ELEMENTS (wires));
  for (guint i = 0; i < G_N_ELEMENTS (wires); i++)
    wire_free (wires[i]);
  wait_for_nameless (0);
}

/* Who may not archive there is told so, also about a message that would have gone into a file. */
static void
test_denied (void)
{
  g_autoptr (GBytes) raw = large_mail_new ("denied", 3 * MIB, 301);
  g_autoptr (JsonNode) made
      = test_server_call_ok (server, "CreateUser", "userName=ann&privileges=login&password=a");
  g_autofree char *ann = test_server_sign_in (server, "ann", "a");
  g_autoptr (Wire) wire = begin (ann, FOLDER, g_bytes_get_size (raw));
  g_autoptr (WireReply) reply = NULL;

  send_bytes (wire, g_bytes_get_data (raw, NULL), g_bytes_get_size (raw));
  reply = wire_read (wire);
  g_assert_cmpuint (reply->status, ==, 403);
}

/* One more than are taken at once: it may come again later, and the others are served. */
static void
test_too_many (void)
{
  g_autofree char *message = test_message ("many", "a@example.org", "b@example.org", "x");
  Wire *wires[UPLOADS_AT_ONCE];
  g_autoptr (Wire) late = NULL, later = NULL;
  g_autoptr (WireReply) refused = NULL, taken = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (wires); i++)
    wires[i] = begin (bearer, FOLDER, strlen (message));
  late = begin (bearer, FOLDER, strlen (message));
  g_assert_true (g_str_has_prefix ((const char *)late->read->data, "HTTP/1.1 503 "));
  g_assert_nonnull (
      g_strstr_len ((const char *)late->read->data, late->read->len, "\r\nRetry-After: 30\r\n"));
  for (guint i = 0; i < G_N_ELEMENTS (wires); i++) {
    g_autoptr (WireReply) reply = NULL;

    wire_send (wires[i], message);
    reply = wire_read (wires[i]);
    g_assert_cmpuint (reply->status, ==, 200);
    wire_free (wires[i]);
  }
  later = begin (bearer, FOLDER, strlen (message));
  wire_send (later, message);
  taken = wire_read (later);
  g_assert_cmpuint (taken->status, ==, 200);
}

/* The data directory has no more names than before: nothing is left there. */
static void
test_nothing_left (void)
{
  g_autoptr (GDir) open = g_dir_open (server->data_dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (open)) != NULL)
    g_assert_false (g_str_has_prefix (name, "message-"));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  server = test_server_start (NULL, NULL);
  bearer = test_server_sign_in (server, TEST_ADMIN, TEST_PASSWORD);
  g_test_add_func ("/munimentd/large-upload/mixed", test_mixed);
  g_test_add_func ("/munimentd/large-upload/memory", test_memory);
  g_test_add_func ("/munimentd/large-upload/client-leaves", test_client_leaves);
  g_test_add_func ("/munimentd/large-upload/denied", test_denied);
  g_test_add_func ("/munimentd/large-upload/too-many", test_too_many);
  g_test_add_func ("/munimentd/large-upload/nothing-left", test_nothing_left);
  status = g_test_run ();
  g_free (bearer);
  test_server_free (server);
  return status;
}
