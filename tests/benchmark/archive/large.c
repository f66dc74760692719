/* large.c: large messages through a real munimentd: how fast, and how much memory it needs */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-benchmark"

#include "large-mail.h"

#include "archive-deliver.h"
#include "archive-stores.h"
#include "json.h"
#include "message-reader.h"

#include <glib/gstdio.h>
#include <string.h>

/* Usage: archive-large [--uploads N] [--downloads N] [--size MIB] [--large MIB] */

#define MIB (1024.0 * 1024.0)

static int n_uploads = 16, n_downloads = 8, upload_size = 50, download_size = 100;

static const GOptionEntry options[]
    = { { "uploads", 'u', 0, G_OPTION_ARG_INT, &n_uploads, "Uploads at once", "N" },
        { "downloads", 'd', 0, G_OPTION_ARG_INT, &n_downloads, "Downloads at once", "N" },
        { "size", 's', 0, G_OPTION_ARG_INT, &upload_size, "Attachment of an upload", "MIB" },
        { "large", 'l', 0, G_OPTION_ARG_INT, &download_size, "Attachment of a download", "MIB" },
        { NULL } };

static TestServer *server;
static char *bearer, *path;
static gsize length; /* of the message that is downloaded */

static void
row (const char *figure, double value, const char *unit, const char *must)
{
  g_print ("| %-52s | %8.1f %-5s | %-24s |\n", figure, value, unit, must);
}

static double
seconds_since (gint64 start)
{
  return (g_get_monotonic_time () - start) / (double)G_USEC_PER_SEC;
}

/* --- the same message without HTTP: what unsealing, decompressing and hashing it allows --- */

static char *
deliver (MunArchive *archive, GBytes *raw)
{
  MunDelivery item = { .raw = raw, .folder = "anna/EML x/Inbox" };
  MunDelivery *items[] = { &item };
  g_autoptr (GError) error = NULL;
  char *id;

  if (!mun_archive_deliver (archive, items, 1, NULL, &error))
    g_error ("%s", error->message);
  id = g_steal_pointer (&item.message_id);
  mun_delivery_clear (&item);
  return id;
}

static double
measure_reading (GBytes *raw)
{
  g_autofree char *dir = g_dir_make_tmp ("muniment-large-XXXXXX", NULL);
  g_autofree char *key_bytes = g_strnfill (32, 'k');
  g_autoptr (MunSecret) key = mun_secret_new (key_bytes, 32);
  g_autoptr (GError) error = NULL;
  g_autoptr (MunArchive) archive = mun_archive_open (dir, key, &error);
  g_autofree char *id = NULL;
  const char *const argv[] = { "rm", "-rf", dir, NULL };
  double best = G_MAXDOUBLE;

  if (archive == NULL)
    g_error ("%s", error->message);
  id = deliver (archive, raw);
  for (guint i = 0; i < 5; i++) {
    gint64 start = g_get_monotonic_time ();
    g_autoptr (MunMessageReader) reader = mun_archive_open_message (archive, id, &error);

    if (reader == NULL || !mun_message_reader_check (reader, &error))
      g_error ("%s", error->message);
    best = MIN (best, seconds_since (start));
  }
  mun_archive_close (archive);
  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  return length / MIB / best;
}

/* --- over HTTP --- */

static gpointer
download_thread (gpointer data)
{
  g_autoptr (Wire) wire = wire_open (server, server->web_port, NULL);
  g_autofree char *buffer = g_malloc (256 * 1024);
  g_autofree char *head = NULL;
  gsize left;

  large_mail_ask (wire, path, bearer, "");
  head = wire_read_head (wire);
  if (head == NULL || !g_str_has_prefix (head, "HTTP/1.1 200 "))
    g_error ("download: %s", head);
  left = length - wire->read->len;
  while (left > 0) {
    gssize n = g_input_stream_read (g_io_stream_get_input_stream (wire->stream), buffer,
                                    MIN (left, 256 * 1024), NULL, NULL);

    if (n <= 0)
      g_error ("a download ended %zu bytes early", left);
    left -= n;
  }
  return NULL;
}

static void
print_memory (void)
{
  row ("- memory of munimentd at most", large_mail_get_peak (server) / MIB, "MiB", "under 350");
}

/* As a browser saves it; decoded, so that its bytes are fewer than those that are read. */
static void
measure_attachment (double reading)
{
  g_autofree char *stem = g_strndup (path, strlen (path) - strlen ("download"));
  g_autofree char *part = g_strconcat (stem, "attachments/1", NULL);
  gsize bytes = 0;
  double first = 0, best = G_MAXDOUBLE;

  large_mail_reset_peak (server);
  for (guint i = 0; i < 5; i++) {
    gint64 start = g_get_monotonic_time ();
    g_autoptr (GBytes) reply = NULL;
    double taken;

    if (test_server_request (server, server->web_port, "GET", part, bearer, NULL, &reply) != 200)
      g_error ("attachment");
    taken = seconds_since (start);
    first = i == 0 ? taken : first;
    best = MIN (best, taken);
    bytes = g_bytes_get_size (reply);
  }
  row ("its attachment, decoded", bytes / MIB / best, "MiB/s", "");
  row ("- of the message, of the rate above", 100 * (length / MIB / best) / reading, "%",
       "at least 60");
  row ("- the first time, while it is looked for", bytes / MIB / first, "MiB/s", "");
  print_memory ();
}

static gpointer
upload_thread (gpointer data)
{
  g_free (large_mail_upload (server, bearer, data));
  return NULL;
}

static double
run (GThreadFunc function, gpointer *data, guint count)
{
  g_autofree GThread **threads = g_new0 (GThread *, count);
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < count; i++)
    threads[i] = g_thread_new ("client", function, data != NULL ? data[i] : NULL);
  for (guint i = 0; i < count; i++)
    g_thread_join (threads[i]);
  return seconds_since (start);
}

static GPtrArray *
make_uploads (guint32 seed, double *bytes)
{
  GPtrArray *raws = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

  *bytes = 0;
  for (int i = 0; i < n_uploads; i++) {
    g_ptr_array_add (raws, large_mail_new ("upload", (gsize)upload_size * MIB, seed + i));
    *bytes += g_bytes_get_size (raws->pdata[i]);
  }
  return raws;
}

static void
measure_uploads (void)
{
  double bytes, taken;
  g_autoptr (GPtrArray) raws = make_uploads (1000, &bytes);
  g_autofree char *figure
      = g_strdup_printf ("%d uploads of %d MiB at once", n_uploads, upload_size);

  large_mail_reset_peak (server);
  taken = run (upload_thread, raws->pdata, raws->len);
  row (figure, bytes / MIB / taken, "MiB/s", "");
  print_memory ();
}

static gpointer
uploads_thread (gpointer data)
{
  GPtrArray *raws = data;

  run (upload_thread, raws->pdata, raws->len);
  return NULL;
}

static void
measure_together (void)
{
  double bytes, taken;
  g_autoptr (GPtrArray) raws = make_uploads (2000, &bytes);
  gint64 start = g_get_monotonic_time ();
  GThread *uploads;

  large_mail_reset_peak (server);
  uploads = g_thread_new ("uploads", uploads_thread, raws);
  run (download_thread, NULL, n_downloads);
  g_thread_join (uploads);
  taken = seconds_since (start);
  bytes += (double)n_downloads * length;
  row ("all of these uploads and downloads at once", bytes / MIB / taken, "MiB/s", "");
  print_memory ();
}

static void
measure_downloads (double reading)
{
  g_autofree char *alone = g_strdup_printf ("a download of %d MiB, alone", download_size);
  g_autofree char *figure
      = g_strdup_printf ("%d downloads of %d MiB at once", n_downloads, download_size);
  double best = G_MAXDOUBLE, taken, rate;

  large_mail_reset_peak (server);
  for (guint i = 0; i < 5; i++)
    best = MIN (best, run (download_thread, NULL, 1));
  rate = length / MIB / best;
  row ("unsealed, decompressed, hashed in one thread", reading, "MiB/s", "");
  row (alone, rate, "MiB/s", "");
  row ("- of the rate above", 100 * rate / reading, "%", "at least 60");
  print_memory ();
  large_mail_reset_peak (server);
  taken = run (download_thread, NULL, n_downloads);
  row (figure, n_downloads * (length / MIB) / taken, "MiB/s", "");
  print_memory ();
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) raw = NULL;
  double reading;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  raw = large_mail_new ("download", (gsize)download_size * MIB, 1);
  length = g_bytes_get_size (raw);
  reading = measure_reading (raw);
  server = test_server_start (NULL, NULL);
  bearer = test_server_sign_in (server, TEST_ADMIN, TEST_PASSWORD);
  g_print ("| %-52s | %-14s | %-24s |\n", "figure", "measured", "must be");
  row ("memory of munimentd, idle", large_mail_get_peak (server) / MIB, "MiB", "");
  measure_uploads ();
  path = large_mail_upload (server, bearer, raw);
  measure_downloads (reading);
  measure_attachment (reading);
  measure_together ();
  test_server_free (server);
  g_free (path);
  g_free (bearer);
  return 0;
}
