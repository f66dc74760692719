/* text-process.c: one process of munimentd-text */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "text-process.h"

#include "errors.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct _MunTextProcess {
  GPid pid;
  int channel;
  guint served;
};

/* How an exchange with the process ended. */
typedef enum { WENT_WELL, IS_GONE, IS_LATE, MAKES_NO_SENSE } Exchange;

void
mun_text_item_free (gpointer data)
{
  MunTextItem *item = data;

  g_bytes_unref (item->data);
  g_free (item->name);
  g_free (item);
}

MunTextProcess *
mun_text_process_start (const char *program, GError **error)
{
  const char *const argv[] = { program, NULL };
  /* Nothing of the server's: it is none of a stranger's business. */
  const char *const environment[] = { "LC_ALL=C.UTF-8", NULL };
  int channels[2];
  GPid pid;
  MunTextProcess *self;

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channels) != 0) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_FAILED, "making a pair of sockets: %s",
                 g_strerror (errno));
    return NULL;
  }
  if (!g_spawn_async_with_pipes_and_fds ("/", argv, environment,
                                         G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL
                                             | G_SPAWN_STDERR_TO_DEV_NULL,
                                         NULL, NULL, channels[1], -1, -1, NULL, NULL, 0, &pid, NULL,
                                         NULL, NULL, error)) {
    close (channels[0]);
    close (channels[1]);
    return NULL;
  }
  close (channels[1]);
  self = g_new0 (MunTextProcess, 1);
  self->pid = pid;
  self->channel = channels[0];
  return self;
}

/* Returns: the status of waitpid(); of a process that has ended by itself, how it did. */
static int
reap (MunTextProcess *self)
{
  int status = 0;

  if (self->pid == 0)
    return 0;
  kill (self->pid, SIGKILL);
  while (waitpid (self->pid, &status, 0) < 0 && errno == EINTR)
    ;
  g_spawn_close_pid (self->pid);
  self->pid = 0;
  return status;
}

void
mun_text_process_end (MunTextProcess *self)
{
  close (self->channel);
  reap (self);
  g_free (self);
}

static Exchange
wait_for (MunTextProcess *self, short events, gint64 deadline)
{
  struct pollfd poll_fd = { self->channel, events, 0 };

  for (;;) {
    gint64 left = deadline - g_get_monotonic_time ();
    int n;

    if (left <= 0)
      return IS_LATE;
    n = poll (&poll_fd, 1, left / 1000 + 1);
    if (n > 0)
      return WENT_WELL;
    if (n < 0 && errno != EINTR)
      return IS_GONE;
  }
}

static Exchange
send_all (MunTextProcess *self, gconstpointer data, gsize length, gint64 deadline)
{
  for (gsize done = 0; done < length;) {
    gssize n = send (self->channel, (const guint8 *)data + done, length - done,
                     MSG_NOSIGNAL | MSG_DONTWAIT);

    if (n >= 0) {
      done += n;
    } else if (errno == EAGAIN) {
      Exchange result = wait_for (self, POLLOUT, deadline);

      if (result != WENT_WELL)
        return result;
    } else if (errno != EINTR) {
      return IS_GONE;
    }
  }
  return WENT_WELL;
}

static Exchange
receive_all (MunTextProcess *self, gpointer data, gsize length, gint64 deadline)
{
  for (gsize done = 0; done < length;) {
    gssize n = recv (self->channel, (guint8 *)data + done, length - done, MSG_DONTWAIT);

    if (n > 0) {
      done += n;
    } else if (n < 0 && errno == EAGAIN) {
      Exchange result = wait_for (self, POLLIN, deadline);

      if (result != WENT_WELL)
        return result;
    } else if (n == 0 || errno != EINTR) {
      return IS_GONE;
    }
  }
  return WENT_WELL;
}

/* Cuts what stands before the data of a frame off it. FALSE: it is not there. */
static gboolean
take_head (MunTextItem *item)
{
  gsize size;
  const guint8 *bytes = g_bytes_get_data (item->data, &size);
  guint32 value = 0;
  gsize head = sizeof value;
  GBytes *rest;

  if (item->type != MUN_TEXT_FRAME_BYTES && item->type != MUN_TEXT_FRAME_PART)
    return TRUE;
  if (size < head)
    return FALSE;
  memcpy (&value, bytes, sizeof value);
  if (item->type == MUN_TEXT_FRAME_BYTES) {
    item->code_page = value;
  } else {
    if (value > size - head)
      return FALSE;
    item->name = g_utf8_make_valid ((const char *)bytes + head, value);
    head += value;
  }
  rest = g_bytes_new_from_bytes (item->data, head, size - head);
  g_bytes_unref (item->data);
  item->data = rest;
  return TRUE;
}

static Exchange
take_end (MunTextProcess *self, const MunTextFrame *frame, gint64 deadline, MunTextResult *result)
{
  guint32 outcome;
  Exchange exchange;

  if (frame->length != sizeof outcome)
    return MAKES_NO_SENSE;
  exchange = receive_all (self, &outcome, sizeof outcome, deadline);
  if (exchange != WENT_WELL)
    return exchange;
  if (outcome >= MUN_TEXT_N_OUTCOMES)
    return MAKES_NO_SENSE;
  result->outcome = outcome;
  return WENT_WELL;
}

/* The process is not believed: it may be somebody else's by now. */
static gboolean
is_sound (const MunTextFrame *frame, const MunTextResult *result)
{
  gsize limit = MUN_TEXT_MAX_PARTS + MUN_TEXT_MAX_TEXT + MUN_TEXT_MAX_FRAMES;

  return frame->type >= MUN_TEXT_FRAME_END && frame->type <= MUN_TEXT_FRAME_MESSAGE
         && result->items->len < MUN_TEXT_MAX_FRAMES && frame->length <= limit - result->size;
}

static Exchange
receive_reply (MunTextProcess *self, gint64 deadline, MunTextResult *result)
{
  for (;;) {
    MunTextFrame frame;
    Exchange exchange = receive_all (self, &frame, sizeof frame, deadline);
    MunTextItem *item;
    guint8 *data;

    if (exchange != WENT_WELL)
      return exchange;
    if (!is_sound (&frame, result))
      return MAKES_NO_SENSE;
    if (frame.type == MUN_TEXT_FRAME_END)
      return take_end (self, &frame, deadline, result);
    data = g_malloc (MAX (frame.length, 1));
    exchange = receive_all (self, data, frame.length, deadline);
    if (exchange != WENT_WELL) {
      g_free (data);
      return exchange;
    }
    item = g_new0 (MunTextItem, 1);
    item->type = frame.type;
    item->data = g_bytes_new_take (data, frame.length);
    g_ptr_array_add (result->items, item);
    result->size += frame.length;
    if (!take_head (item))
      return MAKES_NO_SENSE;
  }
}

/* Out of time by its own clock, or by something worse. */
static MunTextOutcome
outcome_of_end (int status)
{
  if (WIFEXITED (status) && WEXITSTATUS (status) >= MUN_TEXT_EXIT_UNUSABLE)
    return MUN_TEXT_UNAVAILABLE;
  if (WIFSIGNALED (status) && (WTERMSIG (status) == SIGPROF || WTERMSIG (status) == SIGXCPU))
    return MUN_TEXT_TIMED_OUT;
  return MUN_TEXT_CRASHED;
}

gboolean
mun_text_process_ask (MunTextProcess *self, MunTextKind kind, GBytes *data, gint64 deadline,
                      MunTextResult *result)
{
  gsize size;
  gconstpointer bytes = g_bytes_get_data (data, &size);
  MunTextRequest request = { MUN_TEXT_MAGIC, kind, size };
  Exchange exchange = send_all (self, &request, sizeof request, deadline);

  self->served++;
  if (exchange == WENT_WELL)
    exchange = send_all (self, bytes, size, deadline);
  /* It looks at nothing before it has all. */
  if (exchange == IS_GONE) {
    result->outcome = MUN_TEXT_UNAVAILABLE;
    return FALSE;
  }
  if (exchange == WENT_WELL)
    exchange = receive_reply (self, deadline, result);
  switch (exchange) {
  case WENT_WELL:
    return TRUE;
  case IS_LATE:
    result->outcome = MUN_TEXT_TIMED_OUT;
    break;
  case IS_GONE:
    result->outcome = outcome_of_end (reap (self));
    break;
  case MAKES_NO_SENSE:
  default:
    result->outcome = MUN_TEXT_CRASHED;
    break;
  }
  return FALSE;
}

guint
mun_text_process_get_served (MunTextProcess *self)
{
  return self->served;
}
