/* progress.c: how far a long function is, on standard error */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "munimentctl"

#include "progress.h"

#include "json.h"
#include "print.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define DEFAULT_COLUMNS 80
#define CLEAR_LINE "\r\033[K"

struct _MunProgress {
  MunRemoteOperation *operation;
  gboolean quiet;
  gboolean terminal;
  gboolean shown;    /* the status line is there */
  gboolean mid_line; /* the log ended without a line end */
};

static gboolean
is_terminal (void)
{
  return isatty (STDERR_FILENO) && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
}

static guint
count_columns (void)
{
  struct winsize size;

  if (ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  return DEFAULT_COLUMNS;
}

static void
hide (MunProgress *self)
{
  if (self->shown)
    fputs (CLEAR_LINE, stderr);
  self->shown = FALSE;
}

static void
end_line (MunProgress *self)
{
  if (self->mid_line)
    fputc ('\n', stderr);
  self->mid_line = FALSE;
}

static void
append_count (GString *line, JsonObject *progress, const char *member, const char *format)
{
  gint64 count = mun_json_get_int (progress, member, -1);
  g_autofree char *number = NULL;

  if (count < 0)
    return;
  number = g_strdup_printf ("%" G_GINT64_FORMAT, count);
  g_string_append (line, line->len > 0 ? "  " : "");
  g_string_append_printf (line, "%s %s", format, number);
}

/* How much is done: as the server says, else from the counts of a profile's run. */
static int
get_percent (MunProgress *self, JsonObject *progress)
{
  int percent = mun_remote_operation_get_percent (self->operation);
  gint64 known = mun_json_get_int (progress, "known", 0);
  gint64 done = mun_json_get_int (progress, "done", 0);

  if (percent >= 0 || known <= 0 || done < 0 || done > known)
    return percent;
  return (int)(done * 100 / known);
}

static char *
dup_status (MunProgress *self)
{
  JsonObject *progress = mun_remote_operation_get_progress (self->operation);
  const char *text = mun_remote_operation_get_status_text (self->operation);
  int percent = get_percent (self, progress);
  GString *line = g_string_new (NULL);

  if (mun_remote_operation_is_stalled (self->operation))
    g_string_append (line, _ ("The connection broke, trying again"));
  else if (mun_remote_operation_is_cancelling (self->operation))
    g_string_append (line, _ ("Stopping"));
  if (percent >= 0)
    g_string_append_printf (line, "%s%3d %%", line->len > 0 ? "  " : "", percent);
  if (text != NULL && *text != '\0')
    g_string_append_printf (line, "%s%s", line->len > 0 ? "  " : "", text);
  append_count (line, progress, "archived", _ ("archived"));
  append_count (line, progress, "skipped", _ ("skipped"));
  append_count (line, progress, "failed", _ ("failed"));
  return g_string_free (line, FALSE);
}

/* As much of @text as fits on the line: a longer one would wrap and could not be cleared. */
static void
write_cropped (const char *text)
{
  guint width = 0, columns = count_columns () - 1;
  const char *p = text;

  for (; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    width += g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;
    if (width > columns)
      break;
  }
  fwrite (text, 1, p - text, stderr);
}

static void
show (MunProgress *self)
{
  g_autofree char *status = NULL;
  g_autofree char *line = NULL;

  if (self->quiet || !self->terminal || self->mid_line)
    return;
  status = dup_status (self);
  line = mun_print_harmless (status, FALSE);
  fputs (CLEAR_LINE, stderr);
  write_cropped (line);
  self->shown = TRUE;
  fflush (stderr);
}

static void
changed_cb (MunProgress *self)
{
  show (self);
}

static void
log_cb (MunProgress *self, const char *text)
{
  g_autofree char *lines = mun_print_harmless (text, TRUE);

  if (self->quiet || *lines == '\0')
    return;
  hide (self);
  fputs (lines, stderr);
  self->mid_line = !g_str_has_suffix (lines, "\n");
  fflush (stderr);
  show (self);
}

MunProgress *
mun_progress_new (MunRemoteOperation *operation, gboolean quiet)
{
  MunProgress *self = g_new0 (MunProgress, 1);
  static const char *const names[]
      = { "notify::percent", "notify::status-text", "notify::progress", "notify::stalled" };

  self->operation = g_object_ref (operation);
  self->quiet = quiet;
  self->terminal = is_terminal ();
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_signal_connect_swapped (operation, names[i], G_CALLBACK (changed_cb), self);
  g_signal_connect_swapped (operation, "log", G_CALLBACK (log_cb), self);
  return self;
}

void
mun_progress_say (MunProgress *self, const char *line)
{
  hide (self);
  end_line (self);
  fprintf (stderr, "munimentctl: %s\n", line);
  fflush (stderr);
}

void
mun_progress_free (MunProgress *self)
{
  hide (self);
  end_line (self);
  fflush (stderr);
  g_signal_handlers_disconnect_by_data (self->operation, self);
  g_object_unref (self->operation);
  g_free (self);
}
