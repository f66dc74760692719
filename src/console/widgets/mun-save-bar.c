/* mun-save-bar.c: what is being saved from the archive, how far it is, and the button that stops it */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-archive"

#include "mun-save-bar.h"

#include "archive-save.h"
#include "mun-words.h"

#include <glib/gi18n.h>

struct _MunSaveBar {
  AdwBin parent_instance;

  GtkRevealer *revealer;
  GtkLabel *text;
  GtkProgressBar *progress;

  GQueue jobs; /* the first one is being saved */
  GCancellable *cancellable;
};

/* One file; keeps its bar alive. */
typedef struct {
  MunSaveBar *bar;
  MunArchiveClient *client;
  char *id;
  guint number;
  guint64 size;
  GFile *file;
  MunSaved done;
  gpointer data;
  GDestroyNotify free_data;
} Job;

G_DEFINE_FINAL_TYPE (MunSaveBar, mun_save_bar, ADW_TYPE_BIN)

static void
start (MunSaveBar *self);

static void
end_job (Job *job, const GError *error)
{
  job->done (job->file, error, job->data);
  if (job->free_data)
    job->free_data (job->data);
  g_object_unref (job->client);
  g_object_unref (job->file);
  g_free (job->id);
  g_object_unref (job->bar);
  g_free (job);
}

static void
progress_cb (guint64 received, guint64 total, gpointer data)
{
  Job *job = data;
  MunSaveBar *self = job->bar;
  guint64 all = total > 0 ? total : job->size;
  g_autofree char *done = mun_words_size (received);
  g_autofree char *of = all > 0 ? mun_words_size (all) : NULL;
  /* Translators: so much of so much, as in “12 MB of 100 MB”. */
  g_autofree char *text = of ? g_strdup_printf (_ ("%s of %s"), done, of) : g_strdup (done);

  if (!self->progress)
    return;
  if (all > 0)
    gtk_progress_bar_set_fraction (self->progress, MIN (1.0, (double)received / all));
  else
    gtk_progress_bar_pulse (self->progress);
  gtk_progress_bar_set_text (self->progress, text);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *job = data;
  g_autoptr (MunSaveBar) self = g_object_ref (job->bar);
  g_autoptr (GError) error = NULL;

  mun_archive_client_save_finish (MUN_ARCHIVE_CLIENT (source), result, &error);
  g_queue_remove (&self->jobs, job);
  end_job (job, error);
  start (self);
}

/* The next one, or none. */
static void
start (MunSaveBar *self)
{
  Job *job = g_queue_peek_head (&self->jobs);
  g_autofree char *name = NULL, *text = NULL;

  g_clear_object (&self->cancellable);
  if (self->revealer)
    gtk_revealer_set_reveal_child (self->revealer, job != NULL);
  if (!job)
    return;
  name = g_file_get_basename (job->file);
  /* Translators: %s is a file name. */
  text = g_strdup_printf (_ ("Saving “%s”"), name);
  if (self->text)
    gtk_label_set_text (self->text, text);
  progress_cb (0, 0, job);
  self->cancellable = g_cancellable_new ();
  mun_archive_client_save_async (job->client, job->id, job->number, job->file, progress_cb, job,
                                 self->cancellable, saved_cb, job);
}

void
mun_save_bar_add (MunSaveBar *self, MunArchiveClient *client, const char *id, guint number,
                  guint64 size, GFile *file, MunSaved done, gpointer data, GDestroyNotify free_data)
{
  Job *job = g_new0 (Job, 1);

  g_return_if_fail (MUN_IS_SAVE_BAR (self));
  job->bar = g_object_ref (self);
  job->client = g_object_ref (client);
  job->id = g_strdup (id);
  job->number = number;
  job->size = size;
  job->file = g_object_ref (file);
  job->done = done;
  job->data = data;
  job->free_data = free_data;
  g_queue_push_tail (&self->jobs, job);
  if (self->jobs.length == 1)
    start (self);
}

/* All of them: who stops the first of many wants none of the others either. */
static void
cancel_all (MunSaveBar *self)
{
  g_autoptr (GError) error
      = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled"));

  while (self->jobs.length > 1)
    end_job (g_queue_pop_tail (&self->jobs), error);
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
}

static void
cancel_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  cancel_all (MUN_SAVE_BAR (widget));
}

/* The window is closing. */
static void
mun_save_bar_unroot (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (mun_save_bar_parent_class)->unroot (widget);
  cancel_all (MUN_SAVE_BAR (widget));
}

static void
mun_save_bar_dispose (GObject *object)
{
  MunSaveBar *self = MUN_SAVE_BAR (object);

  self->revealer = NULL;
  self->text = NULL;
  self->progress = NULL;
  G_OBJECT_CLASS (mun_save_bar_parent_class)->dispose (object);
}

static void
mun_save_bar_class_init (MunSaveBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mun_save_bar_dispose;
  widget_class->unroot = mun_save_bar_unroot;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/muniment/Console/widgets/mun-save-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, MunSaveBar, revealer);
  gtk_widget_class_bind_template_child (widget_class, MunSaveBar, text);
  gtk_widget_class_bind_template_child (widget_class, MunSaveBar, progress);
  gtk_widget_class_install_action (widget_class, "save.cancel", NULL, cancel_cb);
}

static void
mun_save_bar_init (MunSaveBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
