/* million.c: searches, pages, messages and uploads at a real server with a million messages */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-benchmark"

#include "container-file.h"
#include "json.h"
#include "million-client.h"
#include "million-mail.h"
#include "seal.h"
#include "upload-load.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USER "bench"
#define FOLDER USER "/Mailbox/Inbox"
#define NEW_FOLDER USER "/Mailbox/New"
#define MILLISECOND 1000.0
#define FILL_BATCH 2000
#define FILLERS 2
#define CLIENTS 16

static char *corpus, *data_dir;
static int total = 1000000, rounds = 200;

static const GOptionEntry options[]
    = { { "corpus", 'c', 0, G_OPTION_ARG_FILENAME, &corpus, "Folder of messages, one a file",
          "DIR" },
        { "data", 'd', 0, G_OPTION_ARG_FILENAME, &data_dir, "Data folder of the server", "DIR" },
        { "messages", 'm', 0, G_OPTION_ARG_INT, &total, "So many messages", "N" },
        { "rounds", 'r', 0, G_OPTION_ARG_INT, &rounds, "Requests a figure", "N" },
        { NULL } };

/* The server, and the most memory that any of its processes took. */
typedef struct {
  TestServer *server;
  char *bearer;
  MillionMail *mail;
  guint64 memory; /* KiB */
  int next;       /* atomic: the next message to make */
  int stopping;   /* atomic */
} Bench;

static const struct {
  const char *name, *json;
} searches[] = {
  { "rare word", "{\"query\":\"" MILLION_RARE "\"}" },
  { "common word", "{\"query\":\"" MILLION_COMMON "\"}" },
  { "very common word", "{\"query\":\"" MILLION_VERY_COMMON "\"}" },
  { "phrase", "{\"query\":\"\\\"" MILLION_COMMON " " MILLION_VERY_COMMON "\\\"\"}" },
  { "from", "{\"from\":\"hotmail\"}" },
  { "date range", "{\"dateFrom\":\"2012-01-01\",\"dateTo\":\"2012-12-31\"}" },
  { "word in folder", "{\"query\":\"" MILLION_COMMON "\",\"folder\":\"" FOLDER "\"}" },
};

static void
print_row (const char *figure, const char *must, const char *reached, const char *rest)
{
  g_print ("%-38s %-16s %-16s %s\n", figure, must, reached, rest);
}

static void
print_times (const char *figure, const char *must, GArray *samples, const char *rest)
{
  MillionTimes times = million_times (samples);
  g_autofree char *reached = g_strdup_printf ("%.2f ms", times.median / MILLISECOND);
  g_autofree char *more = g_strdup_printf ("p99 %.2f ms%s%s", times.p99 / MILLISECOND,
                                           *rest != '\0' ? ", " : "", rest);

  print_row (figure, must, reached, more);
}

static guint64
read_memory (Bench *self)
{
  g_autofree char *path
      = g_strdup_printf ("/proc/%s/status", g_subprocess_get_identifier (self->server->process));
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  line = strstr (text, "VmHWM:");
  return line != NULL ? g_ascii_strtoull (line + strlen ("VmHWM:"), NULL, 10) : 0;
}

/* Milliseconds: on a machine that does something else too they say more than the time does. */
static double
read_cpu (Bench *self)
{
  g_autofree char *path
      = g_strdup_printf ("/proc/%s/stat", g_subprocess_get_identifier (self->server->process));
  g_autofree char *text = NULL;
  unsigned long user = 0, kernel = 0;
  const char *rest;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  /* the fields behind the name of the program: proc(5) */
  rest = strrchr (text, ')');
  if (rest == NULL
      || sscanf (rest + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel)
             != 2)
    return 0;
  return (user + kernel) * MILLISECOND / sysconf (_SC_CLK_TCK);
}

static void
stop (Bench *self)
{
  self->memory = MAX (self->memory, read_memory (self));
  test_server_stop (self->server, SIGTERM);
  g_clear_pointer (&self->server, test_server_free);
}

/* A token outlives the measurement. */
static void
start_server (Bench *self)
{
  g_autofree char *path = g_build_filename (data_dir, "benchmark.conf", NULL);
  const char *const arguments[] = { "--config", path, NULL };
  g_autoptr (GError) error = NULL;

  if (!g_file_set_contents (path, "[Limits]\nTokenLifetime=86400\n", -1, &error))
    g_error ("%s", error->message);
  self->server = test_server_start (data_dir, arguments);
}

static void
start (Bench *self)
{
  start_server (self);
  g_free (self->bearer);
  self->bearer = test_server_sign_in (self->server, USER, "b");
}

static GPtrArray *
make_batch (Bench *self, guint count)
{
  GPtrArray *batch = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

  for (guint i = 0; i < count; i++)
    g_ptr_array_add (batch, million_mail_make (self->mail, g_atomic_int_add (&self->next, 1)));
  return batch;
}

static gpointer
fill_main (gpointer data)
{
  Bench *self = data;
  MillionClient *client = million_client_new (self->server, self->bearer);

  while (g_atomic_int_get (&self->next) < total) {
    int rest = total - g_atomic_int_get (&self->next);
    g_autoptr (GPtrArray) batch = make_batch (self, CLAMP (rest, 1, FILL_BATCH));
    g_autoptr (JsonObject) reply = million_client_upload (client, FOLDER, batch);
  }
  million_client_free (client);
  return NULL;
}

static void
fill (Bench *self)
{
  GThread *threads[FILLERS];
  gint64 began = g_get_monotonic_time ();
  g_autofree char *rate = NULL;
  g_autoptr (JsonNode) user
      = test_server_call_ok (self->server, "CreateUser",
                             "userName=" USER "&privileges=login,archive&password=b");

  self->bearer = test_server_sign_in (self->server, USER, "b");
  for (guint i = 0; i < FILLERS; i++)
    threads[i] = g_thread_new ("fill", fill_main, self);
  for (guint i = 0; i < FILLERS; i++)
    g_thread_join (threads[i]);
  rate = g_strdup_printf ("%.0f/s", self->next / ((g_get_monotonic_time () - began) / 1e6));
  print_row ("uploads of 2,000, two clients", "", rate, "messages, the client's work included");
}

/* From the words to fifty rows: two requests. */
static void
time_newest (MillionClient *client, const char *json, GArray *samples)
{
  gint64 began = g_get_monotonic_time ();
  g_autofree char *id = million_client_search (client, json);
  g_autoptr (GBytes) page = million_client_page (client, id, 0, 50, "d-desc");

  million_add (samples, began);
  million_client_check_page (page);
  million_client_drop (client, id);
}

static void
measure_newest (Bench *self, MillionClient *client, const char *title, const char *must)
{
  for (guint i = 0; i < G_N_ELEMENTS (searches); i++) {
    g_autoptr (GArray) samples = g_array_new (FALSE, FALSE, sizeof (double));
    g_autofree char *figure = g_strdup_printf ("%s: %s", title, searches[i].name);
    g_autofree char *rest = NULL;
    double cpu = read_cpu (self);

    for (int round = 0; round < rounds; round++)
      time_newest (client, searches[i].json, samples);
    rest = g_strdup_printf ("server's CPU %.1f ms", (read_cpu (self) - cpu) / rounds);
    print_times (figure, must, samples, rest);
  }
}

static void
measure_counts (MillionClient *client)
{
  for (guint i = 0; i < G_N_ELEMENTS (searches); i++) {
    g_autoptr (GArray) samples = g_array_new (FALSE, FALSE, sizeof (double));
    g_autofree char *figure = g_strdup_printf ("exact count: %s", searches[i].name);
    g_autofree char *rest = NULL;
    gint64 count = 0;

    for (int round = 0; round < 7; round++) {
      gint64 began = g_get_monotonic_time ();
      g_autofree char *id = million_client_search (client, searches[i].json);

      count = million_client_count (client, id);
      million_add (samples, began);
      million_client_drop (client, id);
    }
    rest = g_strdup_printf ("%" G_GINT64_FORMAT " hits", count);
    print_times (figure, "< 250 ms", samples, rest);
  }
}

static void
measure_folder (MillionClient *client)
{
  static const char *const sorts[] = { "d-desc", "d-asc", "s-asc", "f-desc", "z-desc" };
  g_autoptr (GArray) opened = g_array_new (FALSE, FALSE, sizeof (double));

  for (int round = 0; round < 20; round++) {
    gint64 began = g_get_monotonic_time ();
    g_autofree char *id
        = million_client_search (client, "{\"folder\":\"" FOLDER "\",\"folderRecurse\":false}");
    g_autoptr (GBytes) page
        = million_client_page (client, id, g_random_int_range (0, MAX (total - 100, 1)), 100,
                               "d-desc");

    million_add (opened, began);
    million_client_check_page (page);
    million_client_drop (client, id);
  }
  print_times ("folder opened at any position", "< 5 ms", opened, "");
  for (guint i = 0; i < G_N_ELEMENTS (sorts); i++) {
    g_autoptr (GArray) samples = g_array_new (FALSE, FALSE, sizeof (double));
    g_autofree char *figure = g_strdup_printf ("page of 100 at any position, %s", sorts[i]);
    g_autofree char *id
        = million_client_search (client, "{\"folder\":\"" FOLDER "\",\"folderRecurse\":false}");
    g_autofree char *rest = NULL;
    gint64 began = g_get_monotonic_time ();
    g_autoptr (GBytes) first = million_client_page (client, id, 0, 100, sorts[i]);

    rest = g_strdup_printf ("the first %.0f ms", (g_get_monotonic_time () - began) / MILLISECOND);
    million_client_await_positions (client, id);
    for (int round = 0; round < rounds; round++) {
      guint start = g_random_int_range (0, MAX (total - 100, 1));

      g_autoptr (GBytes) page = NULL;

      began = g_get_monotonic_time ();
      page = million_client_page (client, id, start, 100, sorts[i]);
      million_add (samples, began);
      million_client_check_page (page);
    }
    print_times (figure, "< 5 ms", samples, rest);
    million_client_drop (client, id);
  }
}

static void
measure_message (MillionClient *client)
{
  g_autoptr (GPtrArray) batch = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  g_autoptr (GArray) samples = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (JsonObject) reply = NULL;
  g_auto (GStrv) id = NULL;
  g_autofree char *path = NULL;

  g_ptr_array_add (batch, million_mail_make_plain (g_random_int (), 10 * 1024));
  reply = million_client_upload (client, NEW_FOLDER, batch);
  id = g_strsplit (
      mun_json_get_string (json_array_get_object_element (mun_json_get_array (reply, "items"), 0),
                           "id", ""),
      ":", 2);
  path = g_strdup_printf ("/api/messages/%s/%s/download", id[0], id[1]);
  for (int round = 0; round < 5 * rounds; round++) {
    gint64 began = g_get_monotonic_time ();
    g_autoptr (GBytes) body = million_client_request (client, "GET", path, NULL, 0);

    million_add (samples, began);
  }
  print_times ("reading one message of 10 KiB", "< 2 ms", samples, "");
}

static gpointer
ingest_main (gpointer data)
{
  Bench *self = data;
  MillionClient *client = million_client_new (self->server, self->bearer);

  while (!g_atomic_int_get (&self->stopping)) {
    g_autoptr (GPtrArray) batch = make_batch (self, 500);
    g_autoptr (JsonObject) reply = million_client_upload (client, NEW_FOLDER, batch);
  }
  million_client_free (client);
  return NULL;
}

static void
measure_during_ingest (Bench *self, MillionClient *client)
{
  int before = self->next;
  gint64 began = g_get_monotonic_time ();
  g_autofree char *rate = NULL;
  GThread *thread;

  self->stopping = FALSE;
  thread = g_thread_new ("ingest", ingest_main, self);
  measure_newest (self, client, "newest 50, ingest running", "p99 < 20 ms");
  g_atomic_int_set (&self->stopping, TRUE);
  g_thread_join (thread);
  rate = g_strdup_printf ("%.0f/s",
                          (self->next - before) / ((g_get_monotonic_time () - began) / 1e6));
  print_row ("  ingest meanwhile", "", rate, "messages");
}

static void
measure_uploads (Bench *self, guint clients, guint count, const char *figure, const char *must)
{
  g_autoptr (GPtrArray) messages = make_batch (self, count);
  g_autofree char *rate = NULL, *rest = NULL;
  UploadFigures figures;

  upload_load_run (self->server, self->bearer, NEW_FOLDER, messages, clients, &figures);
  rate = g_strdup_printf ("%.0f/s", count / figures.seconds);
  rest = g_strdup_printf ("one message a request, %.2f ms; processors: server %.0f us, client %.0f",
                          figures.median / MILLISECOND, figures.server_cpu / count * 1e6,
                          figures.client_cpu / count * 1e6);
  print_row (figure, must, rate, rest);
}

/* What one write of 4 KiB to be durable takes here: an upload cannot be faster. */
static void
measure_disk (void)
{
  g_autofree char *path = g_build_filename (data_dir, "benchmark-sync", NULL);
  g_autofree char *rate = NULL;
  char block[4096] = { 0 };
  gint64 began = g_get_monotonic_time ();
  int fd = g_open (path, O_CREAT | O_WRONLY, 0600);

  for (int i = 0; fd >= 0 && i < 200; i++)
    if (write (fd, block, sizeof block) != sizeof block || fdatasync (fd) != 0)
      g_error ("%s cannot be written", path);
  close (fd);
  g_unlink (path);
  rate = g_strdup_printf ("%.2f ms", (g_get_monotonic_time () - began) / 200.0 / MILLISECOND);
  print_row ("  the disk: 4 KiB and fdatasync", "", rate, "an upload takes two or more");
}

static gboolean
drop_caches (void)
{
  int fd = open ("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);
  gboolean ok;

  sync ();
  ok = fd >= 0 && write (fd, "3", 1) == 1;
  if (fd >= 0)
    close (fd);
  return ok;
}

/* Each search meets a server that has just started and a disk cache with nothing in it. */
static void
measure_cold (Bench *self)
{
  g_autoptr (GArray) samples = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < G_N_ELEMENTS (searches); i++) {
    MillionClient *client;

    stop (self);
    start (self);
    client = million_client_new (self->server, self->bearer);
    if (!drop_caches ()) {
      print_row ("cold cache: newest 50", "< 10 ms", "not measured",
                 "only root can drop the cache");
      million_client_free (client);
      return;
    }
    time_newest (client, searches[i].json, samples);
    million_client_free (client);
  }
  print_times ("cold cache: newest 50", "< 10 ms", samples, "the worst of all kinds as p99");
}

static double
rate_of_hash (void)
{
  gsize size = 64 * 1024 * 1024;
  g_autofree guint8 *data = g_malloc0 (size);
  guint8 digest[MUN_DIGEST_SIZE];
  gint64 began = g_get_monotonic_time ();

  for (gsize at = 0; at < size; at += 16384)
    mun_digest (data + at, 16384, digest);
  return (double)size / (g_get_monotonic_time () - began);
}

/* Reads every file below PATH. Returns: their bytes. */
static guint64
read_all (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  g_autofree char *buffer = g_malloc (1 << 20);
  guint64 bytes = 0;
  const char *name;
  int fd;
  gssize n;

  if (dir == NULL) {
    fd = open (path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && (n = read (fd, buffer, 1 << 20)) > 0)
      bytes += n;
    if (fd >= 0)
      close (fd);
    return bytes;
  }
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    bytes += read_all (child);
  }
  return bytes;
}

static void
measure_verify (Bench *self)
{
  g_autoptr (JsonNode) stores = test_server_call_ok (self->server, "GetStores", "");
  JsonObject *store = json_array_get_object_element (json_node_get_array (stores), 0);
  double plain = mun_json_get_int (store, "statisticsSize", 0);
  g_autofree char *path = g_strdup (mun_json_get_string (store, "databasePath", ""));
  g_autofree char *must = NULL, *reached = NULL, *rest = NULL;
  g_autoptr (JsonNode) verified = NULL;
  double hash = rate_of_hash (), disk, seconds, stored;
  gint64 began;
  gboolean is_cold = drop_caches ();

  began = g_get_monotonic_time ();
  stored = read_all (path);
  disk = stored / (g_get_monotonic_time () - began);
  drop_caches ();
  began = g_get_monotonic_time ();
  verified = test_server_call_ok (self->server, "VerifyStore", "id=1&includeIndexes=true");
  seconds = (g_get_monotonic_time () - began) / 1e6;
  must = g_strdup_printf ("> %.0f MB/s", 0.7 * MIN (hash, disk * plain / stored));
  reached = g_strdup_printf ("%.0f MB/s", plain / seconds / 1e6);
  rest = g_strdup_printf (
      "of mail in %.0f s; SHA-256 %.0f MB/s; disk %.0f MB/s%s, as mail %.0f MB/s", seconds, hash,
      disk, is_cold ? "" : " (cached)", disk * plain / stored);
  print_row ("VerifyStore", must, reached, rest);
}

static void
measure (Bench *self)
{
  MillionClient *client = million_client_new (self->server, self->bearer);
  g_autofree char *memory = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (searches); i++) {
    g_autoptr (GArray) ignored = g_array_new (FALSE, FALSE, sizeof (double));

    time_newest (client, searches[i].json, ignored);
  }
  measure_newest (self, client, "newest 50", "< 5 ms");
  measure_counts (client);
  measure_folder (client);
  measure_message (client);
  measure_during_ingest (self, client);
  million_client_free (client);
  measure_uploads (self, 1, 1000, "uploads, one client", "> 1000/s");
  measure_uploads (self, CLIENTS, 16000, "uploads, 16 clients", "> 5000/s");
  measure_disk ();
  measure_cold (self);
  measure_verify (self);
  stop (self);
  memory = g_strdup_printf ("%.0f MiB", self->memory / 1024.0);
  print_row ("peak memory of munimentd", "< 350 MiB", memory, "");
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *ready = NULL, *load = NULL, *next = NULL;
  Bench bench = { 0 };

  setvbuf (stdout, NULL, _IOLBF, 0);
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || corpus == NULL || data_dir == NULL
      || total < 1 || rounds < 1) {
    g_printerr ("%s\n", error != NULL ? error->message : "--corpus and --data are needed");
    return EXIT_FAILURE;
  }
  bench.mail = million_mail_new (corpus, total);
  ready = g_build_filename (data_dir, "benchmark-messages", NULL);
  g_file_get_contents ("/proc/loadavg", &load, NULL, NULL);
  g_print ("%d messages, %u cores, load %s\n", total, g_get_num_processors (), load);
  print_row ("figure", "must reach", "reached", "");
  /* A new run must not make messages that are there. */
  if (g_file_get_contents (ready, &next, NULL, NULL)) {
    start (&bench);
    bench.next = atoi (next);
  } else {
    start_server (&bench);
    fill (&bench);
  }
  measure (&bench);
  g_free (next);
  next = g_strdup_printf ("%d\n", bench.next);
  if (!g_file_set_contents (ready, next, -1, &error))
    g_printerr ("%s\n", error->message);
  million_mail_free (bench.mail);
  g_free (bench.bearer);
  return EXIT_SUCCESS;
}
