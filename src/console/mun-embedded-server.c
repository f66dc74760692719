/* mun-embedded-server.c: "This Computer": starts, joins and stops munimentd */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-embedded"

#include "mun-embedded-server.h"

#include "errors.h"
#include "json.h"
#include "keyring.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#define PASSWORD_BYTES 24
#define READY_FD 3
#define JOIN_TIMEOUT_SECONDS 3
#define LAST_WORDS 4

struct _MunEmbeddedServer {
  GObject parent_instance;

  MunServerEntry *entry;
  MunSecret *password;
  GSubprocess *process;
  GError *keyring_problem; /* why the password is only known to this process */
  GQueue last_words;       /* the newest lines of its standard error */
  GTask *starting;         /* waits for the ready line */
  GTask *queued;           /* a start that waits for the end of a stopped one */
  int joined_pid;          /* a server that ran already, 0: our own */
  int end_signal;
  gboolean listening; /* its standard error is still open */
  gboolean ready;
  gboolean stopping;
};

G_DEFINE_FINAL_TYPE (MunEmbeddedServer, mun_embedded_server, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_RUNNING,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

enum {
  DIED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
look_up_password (GTask *task);

char *
mun_embedded_server_dup_data_dir (void)
{
  return g_build_filename (g_get_user_data_dir (), "muniment", "server", NULL);
}

char *
mun_embedded_server_find_program (void)
{
  const char *chosen = g_getenv ("MUNIMENT_SERVER");
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self ? g_path_get_dirname (self) : NULL;
  g_autofree char *beside = folder ? g_build_filename (folder, "munimentd", NULL) : NULL;

  if (chosen && *chosen)
    return g_file_test (chosen, G_FILE_TEST_IS_EXECUTABLE) ? g_strdup (chosen) : NULL;
  if (beside && g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&beside);
  return g_find_program_in_path ("munimentd");
}

static gboolean
take_ready_line (MunEmbeddedServer *self, const char *line, GError **error)
{
  g_autoptr (JsonObject) ready = mun_json_parse_object (line, -1, error);
  const char *fingerprint;

  if (!ready)
    return FALSE;
  fingerprint = mun_json_get_string (ready, "certificateFingerprint", NULL);
  if (!fingerprint || mun_json_get_int (ready, "adminPort", 0) <= 0) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_PROTOCOL,
                 "munimentd: its ready line names no port or no certificate");
    return FALSE;
  }
  mun_server_entry_set_ports (self->entry, mun_json_get_int (ready, "adminPort", 0),
                              mun_json_get_int (ready, "webPort", 0));
  mun_server_entry_set_fingerprint (self->entry, fingerprint);
  return TRUE;
}

static char *
dup_last_words (MunEmbeddedServer *self)
{
  GString *text = g_string_new (NULL);

  for (GList *link = self->last_words.head; link; link = link->next)
    g_string_append_printf (text, "%s%s", text->len ? "\n" : "", (char *)link->data);
  return g_string_free (text, FALSE);
}

static GError *
describe_end (MunEmbeddedServer *self)
{
  g_autofree char *words = dup_last_words (self);
  g_autofree char *how = NULL;

  if (self->end_signal)
    /* Translators: %s is the description of a signal: “Killed” */
    how = g_strdup_printf (_ ("The archive server on this computer was ended by a signal (%s)."),
                           g_strsignal (self->end_signal));
  else
    how = g_strdup (_ ("The archive server on this computer has ended."));
  if (!*words)
    return g_error_new_literal (MUN_ERROR, MUN_ERROR_FAILED, how);
  /* Translators: the first %s is a sentence, the second the program’s own last words */
  return g_error_new (MUN_ERROR, MUN_ERROR_FAILED, _ ("%s It said: %s"), how, words);
}

/* Called when the process is gone and when its standard error is at its end: only both together
 * give the whole reason. */
static void
check_ended (MunEmbeddedServer *self)
{
  g_autoptr (GError) error = NULL;
  gboolean unexpected = self->ready && !self->stopping;

  if (self->process || self->listening)
    return;
  self->ready = FALSE;
  if (self->starting) {
    g_autoptr (GTask) task = g_steal_pointer (&self->starting);

    g_task_return_error (task, describe_end (self));
  } else if (unexpected) {
    error = describe_end (self);
    g_warning ("%s", error->message);
    g_signal_emit (self, signals[DIED], 0, error);
  }
  if (self->queued) {
    g_autoptr (GTask) task = g_steal_pointer (&self->queued);

    look_up_password (task);
  }
}

static void
read_words_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunEmbeddedServer) self = data;
  g_autofree char *line = g_data_input_stream_read_line_finish_utf8 (G_DATA_INPUT_STREAM (source),
                                                                     result, NULL, NULL);

  if (!line) {
    self->listening = FALSE;
    check_ended (self);
    return;
  }
  g_message ("munimentd: %s", line);
  /* What it says in passing explains no end. */
  if (*line && !strstr (line, "-Message: "))
    g_queue_push_tail (&self->last_words, g_steal_pointer (&line));
  while (self->last_words.length > LAST_WORDS)
    g_free (g_queue_pop_head (&self->last_words));
  g_data_input_stream_read_line_async (G_DATA_INPUT_STREAM (source), G_PRIORITY_DEFAULT, NULL,
                                       read_words_cb, g_object_ref (self));
}

static void
ended_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunEmbeddedServer) self = data;

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  if (self->process != G_SUBPROCESS (source))
    return;
  if (g_subprocess_get_if_signaled (self->process))
    self->end_signal = g_subprocess_get_term_sig (self->process);
  g_clear_object (&self->process);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUNNING]);
  check_ended (self);
}

static void
ready_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunEmbeddedServer) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = g_data_input_stream_read_line_finish_utf8 (G_DATA_INPUT_STREAM (source),
                                                                     result, NULL, &error);

  if (!self->starting || (!line && !error))
    return; /* it ended: check_ended() says why */
  if (error || !take_ready_line (self, line, &error)) {
    g_autoptr (GTask) task = g_steal_pointer (&self->starting);

    mun_embedded_server_stop (self);
    g_task_return_error (task, g_steal_pointer (&error));
  } else {
    g_autoptr (GTask) task = g_steal_pointer (&self->starting);

    self->ready = TRUE;
    g_task_return_boolean (task, TRUE);
  }
}

static void
hand_over_password (MunEmbeddedServer *self)
{
  GOutputStream *input = g_subprocess_get_stdin_pipe (self->process);
  gsize length;
  gconstpointer text = mun_secret_get_data (self->password, &length);

  /* Below the size of a pipe's buffer, so this cannot block. */
  if (g_output_stream_write_all (input, text, length, NULL, NULL, NULL))
    g_output_stream_write_all (input, "\n", 1, NULL, NULL, NULL);
  g_output_stream_close (input, NULL, NULL);
}

static GSubprocess *
spawn (const char *program, int *ready_fd, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autofree char *number = g_strdup_printf ("%d", READY_FD);
  GSubprocess *process;
  int pipe_fds[2];

  if (!g_unix_open_pipe (pipe_fds, FD_CLOEXEC, error))
    return NULL;
  g_subprocess_launcher_take_fd (launcher, pipe_fds[1], READY_FD);
  process = g_subprocess_launcher_spawn (launcher, error, program, "--session", "--ready-fd",
                                         number, NULL);
  if (!process)
    g_close (pipe_fds[0], NULL);
  *ready_fd = pipe_fds[0];
  return process;
}

static void
launch (GTask *task)
{
  MunEmbeddedServer *self = g_task_get_source_object (task);
  g_autofree char *program = mun_embedded_server_find_program ();
  g_autoptr (GInputStream) ready = NULL;
  g_autoptr (GDataInputStream) ready_lines = NULL;
  g_autoptr (GDataInputStream) words = NULL;
  GError *error = NULL;
  int fd = -1;

  if (!program) {
    g_task_return_new_error (task, MUN_ERROR, MUN_ERROR_NOT_FOUND,
                             _ ("The archive server is not installed on this computer: the program "
                                "munimentd was not found."));
    return;
  }
  g_queue_clear_full (&self->last_words, g_free);
  self->stopping = FALSE;
  self->joined_pid = 0;
  self->end_signal = 0;
  self->process = spawn (program, &fd, &error);
  if (!self->process) {
    g_task_return_error (task, error);
    return;
  }
  self->starting = g_object_ref (task);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUNNING]);
  self->listening = TRUE;
  hand_over_password (self);
  words = g_data_input_stream_new (g_subprocess_get_stderr_pipe (self->process));
  g_data_input_stream_read_line_async (words, G_PRIORITY_DEFAULT, NULL, read_words_cb,
                                       g_object_ref (self));
  g_subprocess_wait_async (self->process, NULL, ended_cb, g_object_ref (self));
  ready = g_unix_input_stream_new (fd, TRUE);
  ready_lines = g_data_input_stream_new (ready);
  g_data_input_stream_read_line_async (ready_lines, G_PRIORITY_DEFAULT,
                                       g_task_get_cancellable (task), ready_cb,
                                       g_object_ref (self));
}

static void
join_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  MunEmbeddedServer *self = g_task_get_source_object (task);
  g_autoptr (GSocketConnection) connection
      = g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source), result, NULL);

  if (!connection) {
    launch (task);
  } else if (self->keyring_problem) {
    /* It was started by a console that ended badly; what it was told is lost. */
    g_task_return_new_error (task, MUN_ERROR, MUN_ERROR_BUSY,
                             _ ("An archive server from an earlier session still runs on this "
                                "computer (process %d), and its password cannot be read from the "
                                "keyring. End that process, then try again."),
                             self->joined_pid);
  } else {
    g_task_return_boolean (task, TRUE);
  }
}

static void
ready_file_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  MunEmbeddedServer *self = g_task_get_source_object (task);
  g_autofree char *text = NULL;
  g_autoptr (JsonObject) ready = NULL;
  g_autoptr (GSocketClient) client = NULL;
  gint64 pid;

  if (g_file_load_contents_finish (G_FILE (source), result, &text, NULL, NULL, NULL))
    ready = mun_json_parse_object (text, -1, NULL);
  pid = ready ? mun_json_get_int (ready, "pid", 0) : 0;
  if (pid <= 0 || (kill (pid, 0) != 0 && errno == ESRCH) || !take_ready_line (self, text, NULL)) {
    launch (task);
    return;
  }
  self->joined_pid = pid;
  client = g_socket_client_new ();
  g_socket_client_set_timeout (client, JOIN_TIMEOUT_SECONDS);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_to_host_async (client, mun_server_entry_get_host (self->entry),
                                         mun_server_entry_get_admin_port (self->entry),
                                         g_task_get_cancellable (task), join_cb,
                                         g_object_ref (task));
}

/* Another console, or one that was killed, may have left a server running on the same data. */
static void
join_or_launch (GTask *task)
{
  g_autofree char *folder = mun_embedded_server_dup_data_dir ();
  g_autoptr (GFile) file = g_file_new_build_filename (folder, "ready.json", NULL);

  g_file_load_contents_async (file, g_task_get_cancellable (task), ready_file_cb,
                              g_object_ref (task));
}

/* The server takes the password of each start, so one that nobody keeps will do. */
static void
go_on_without_keyring (GTask *task, GError *problem)
{
  MunEmbeddedServer *self = g_task_get_source_object (task);

  if (problem->domain != MUN_ERROR) {
    g_task_return_error (task, problem);
    return;
  }
  g_message ("keyring: %s", problem->message);
  self->keyring_problem = problem;
  if (!self->password)
    self->password = mun_secret_new_take_string (mun_text_random_hex (PASSWORD_BYTES));
  join_or_launch (task);
}

static void
stored_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (mun_keyring_store_password_finish (result, &error))
    join_or_launch (task);
  else
    go_on_without_keyring (task, error);
}

static void
looked_up_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  MunEmbeddedServer *self = g_task_get_source_object (task);
  g_autofree char *address = mun_server_entry_dup_address (self->entry);
  GError *error = NULL;

  g_clear_error (&self->keyring_problem);
  g_clear_pointer (&self->password, mun_secret_unref);
  self->password = mun_keyring_lookup_password_finish (result, &error);
  if (self->password) {
    join_or_launch (task);
  } else if (g_error_matches (error, MUN_ERROR, MUN_ERROR_NOT_FOUND)) {
    g_error_free (error);
    self->password = mun_secret_new_take_string (mun_text_random_hex (PASSWORD_BYTES));
    mun_keyring_store_password_async (address, mun_server_entry_get_user_name (self->entry),
                                      self->password, g_task_get_cancellable (task), stored_cb,
                                      g_object_ref (task));
  } else {
    go_on_without_keyring (task, error);
  }
}

static void
look_up_password (GTask *task)
{
  MunEmbeddedServer *self = g_task_get_source_object (task);
  g_autofree char *address = mun_server_entry_dup_address (self->entry);

  mun_keyring_lookup_password_async (address, mun_server_entry_get_user_name (self->entry),
                                     g_task_get_cancellable (task), looked_up_cb,
                                     g_object_ref (task));
}

static void
mun_embedded_server_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_RUNNING)
    g_value_set_boolean (value, mun_embedded_server_is_running (MUN_EMBEDDED_SERVER (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
mun_embedded_server_finalize (GObject *object)
{
  MunEmbeddedServer *self = MUN_EMBEDDED_SERVER (object);

  g_clear_object (&self->entry);
  g_clear_object (&self->process);
  g_clear_pointer (&self->password, mun_secret_unref);
  g_clear_error (&self->keyring_problem);
  g_queue_clear_full (&self->last_words, g_free);
  G_OBJECT_CLASS (mun_embedded_server_parent_class)->finalize (object);
}

static void
mun_embedded_server_class_init (MunEmbeddedServerClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = mun_embedded_server_get_property;
  G_OBJECT_CLASS (klass)->finalize = mun_embedded_server_finalize;

  properties[PROP_RUNNING]
      = g_param_spec_boolean ("running", NULL, NULL, FALSE,
                              G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);

  signals[DIED] = g_signal_new ("died", MUN_TYPE_EMBEDDED_SERVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
mun_embedded_server_init (MunEmbeddedServer *self)
{
  g_queue_init (&self->last_words);
}

MunEmbeddedServer *
mun_embedded_server_new (MunServerEntry *entry)
{
  MunEmbeddedServer *self = g_object_new (MUN_TYPE_EMBEDDED_SERVER, NULL);

  self->entry = g_object_ref (entry);
  return self;
}

void
mun_embedded_server_start_async (MunEmbeddedServer *self, GCancellable *cancellable,
                                 GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);

  g_task_set_source_tag (task, mun_embedded_server_start_async);
  if (self->process && self->stopping) {
    /* Its data is free only when it has ended. */
    if (self->queued)
      g_task_return_new_error (self->queued, G_IO_ERROR, G_IO_ERROR_CANCELLED, "started anew");
    g_set_object (&self->queued, task);
  } else if (self->process && self->ready) {
    g_task_return_boolean (task, TRUE);
  } else {
    look_up_password (task);
  }
}

gboolean
mun_embedded_server_start_finish (MunEmbeddedServer *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

MunSecret *
mun_embedded_server_get_password (MunEmbeddedServer *self)
{
  return self->password;
}

const GError *
mun_embedded_server_get_keyring_problem (MunEmbeddedServer *self)
{
  return self->keyring_problem;
}

int
mun_embedded_server_get_joined_pid (MunEmbeddedServer *self)
{
  return self->process ? 0 : self->joined_pid;
}

gboolean
mun_embedded_server_is_running (MunEmbeddedServer *self)
{
  return self->process != NULL;
}

gboolean
mun_embedded_server_is_stopping (MunEmbeddedServer *self)
{
  return self->process != NULL && self->stopping;
}

void
mun_embedded_server_stop (MunEmbeddedServer *self)
{
  if (!self->process)
    return;
  self->stopping = TRUE;
  g_subprocess_send_signal (self->process, SIGTERM);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUNNING]);
}
