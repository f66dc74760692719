/* mun-sync-window.c: tests or runs the synchronization of users, and shows what it does */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-sync-window.h"

#include "mun-file-prompt.h"
#include "mun-sync-table.h"
#include "mun-width-bin.h"
#include "mun-words.h"

#include <glib/gi18n.h>
#include <string.h>

struct _MunSyncWindow {
  AdwWindow parent_instance;
  AdwWindowTitle *heading;
  GtkToggleButton *search_button;
  AdwToastOverlay *toasts;
  GtkStack *stack;
  AdwStatusPage *running;
  GtkProgressBar *progress;
  GtkSearchBar *search_bar;
  GtkEditable *search_entry;
  AdwViewStack *views;
  AdwViewSwitcherBar *narrow_switcher;
  GtkTextView *log;
  AdwStatusPage *failed;
  GtkActionBar *action_bar;
  GtkLabel *summary;
  MunSyncTable *tables[MUN_SYNC_N_KINDS];
  AdwViewStackPage *pages[MUN_SYNC_N_KINDS];
  MunConnection *connection;
  MunOperation *operation;
  MunSyncResult *result;
  GCancellable *cancellable;
  gboolean dry_run;
};

G_DEFINE_FINAL_TYPE (MunSyncWindow, mun_sync_window, ADW_TYPE_WINDOW)

enum { SIGNAL_SYNCHRONIZED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
set_page (MunSyncWindow *self, const char *name)
{
  gboolean result = strcmp (name, "result") == 0;
  gboolean running = strcmp (name, "running") == 0;
  gboolean log = strcmp (name, "log") == 0;

  gtk_stack_set_visible_child_name (self->stack, name);
  gtk_widget_set_visible (GTK_WIDGET (self->search_button), result);
  gtk_widget_set_visible (GTK_WIDGET (self->action_bar), result || log);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "sync.commit",
                                 self->dry_run && (result || log));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "sync.cancel", running);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "sync.export", result);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "sync.export-to", result);
}

static const char *
tab_title (gboolean dry_run, MunSyncKind kind)
{
  switch (kind) {
  case MUN_SYNC_KIND_CREATE:
    return dry_run ? _ ("To Create") : _ ("Created");
  case MUN_SYNC_KIND_CHANGE:
    return dry_run ? _ ("To Change") : _ ("Changed");
  case MUN_SYNC_KIND_DELETE:
    return dry_run ? _ ("To Delete") : _ ("Deleted");
  default:
    return _ ("Skipped");
  }
}

static char *
summary_text (MunSyncWindow *self)
{
  gint64 unchanged = mun_sync_result_get_unchanged (self->result);
  g_autofree char *number = mun_words_count (unchanged);

  if (unchanged < 0)
    return g_strdup (self->dry_run ? _ ("Nothing has been changed yet.") : "");
  /* Translators: %s is a number of users. */
  return g_strdup_printf (ngettext ("%s user is up to date.", "%s users are up to date.",
                                    (gulong)unchanged),
                          number);
}

static void
show_tables (MunSyncWindow *self)
{
  for (guint kind = 0; kind < MUN_SYNC_N_KINDS; kind++) {
    guint count = mun_sync_result_get_count (self->result, kind);
    g_autofree char *number = mun_words_count (count);
    g_autofree char *title = g_strdup_printf ("%s (%s)", tab_title (self->dry_run, kind), number);

    adw_view_stack_page_set_title (self->pages[kind], title);
    adw_view_stack_page_set_visible (self->pages[kind], kind != MUN_SYNC_KIND_SKIP || count > 0);
    mun_sync_table_set_list (self->tables[kind], mun_sync_result_get_list (self->result, kind),
                             kind);
  }
  for (guint kind = 0; kind < MUN_SYNC_N_KINDS; kind++)
    if (mun_sync_result_get_count (self->result, kind) > 0) {
      adw_view_stack_set_visible_child (self->views, GTK_WIDGET (self->tables[kind]));
      break;
    }
  set_page (self, "result");
}

static void
show_result (MunSyncWindow *self)
{
  g_autofree char *summary = NULL;

  adw_window_title_set_title (self->heading,
                              self->dry_run ? _ ("What Would Change") : _ ("What Was Changed"));
  summary = summary_text (self);
  gtk_label_set_text (self->summary, summary);
  if (mun_sync_result_has_changes (self->result)) {
    show_tables (self);
  } else {
    const char *log = mun_sync_result_get_log (self->result);

    gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->log),
                              *log != '\0' ? log : _ ("The server reports nothing."), -1);
    set_page (self, "log");
  }
}

static void
show_failure (MunSyncWindow *self)
{
  const GError *error = mun_operation_get_error (self->operation);
  g_autofree char *sentence = NULL, *escaped = NULL;

  if (error == NULL) {
    adw_status_page_set_title (self->failed, _ ("Cancelled"));
    adw_status_page_set_description (self->failed, self->dry_run
                                                       ? _ ("Nothing was changed.")
                                                       : _ ("Users that were already done stay."));
  } else {
    sentence = mun_words_for_error (error);
    escaped = mun_words_escape (sentence);
    adw_status_page_set_title (self->failed, mun_words_error_title (error));
    adw_status_page_set_description (self->failed, escaped);
  }
  set_page (self, "failed");
}

static void
finished_cb (MunOperation *operation, gpointer data)
{
  MunSyncWindow *self = MUN_SYNC_WINDOW (data);

  mun_operation_set_seen (operation, TRUE);
  if (mun_operation_get_state (operation) != MUN_OPERATION_SUCCEEDED) {
    show_failure (self);
  } else {
    g_autoptr (MunSyncResult) result = mun_sync_result_new (mun_operation_get_result (operation),
                                                            mun_operation_get_log (operation));

    g_set_object (&self->result, result);
    show_result (self);
  }
  if (!self->dry_run)
    g_signal_emit (self, signals[SIGNAL_SYNCHRONIZED], 0);
}

static void
progress_cb (MunOperation *operation, GParamSpec *pspec, gpointer data)
{
  MunSyncWindow *self = MUN_SYNC_WINDOW (data);
  double fraction = mun_operation_get_fraction (operation);
  g_autofree char *escaped = mun_words_escape (mun_operation_get_status_text (operation));

  adw_status_page_set_description (self->running, escaped);
  if (fraction >= 0)
    gtk_progress_bar_set_fraction (self->progress, fraction);
  else
    gtk_progress_bar_pulse (self->progress);
}

static void
start (MunSyncWindow *self)
{
  JsonObject *arguments = json_object_new ();

  json_object_set_boolean_member (arguments, "dryRun", self->dry_run);
  g_clear_object (&self->result);
  adw_status_page_set_title (self->running,
                             self->dry_run ? _ ("Comparing Users…") : _ ("Synchronizing Users…"));
  adw_status_page_set_description (self->running, NULL);
  gtk_progress_bar_set_fraction (self->progress, 0);
  adw_window_title_set_title (self->heading,
                              self->dry_run ? _ ("Test Settings") : _ ("Synchronization"));
  set_page (self, "running");
  g_set_object (&self->operation,
                mun_connection_start (self->connection, "SyncUsersWithDirectoryServices", arguments,
                                      self->dry_run ? _ ("Test of Directory Services")
                                                    : _ ("Synchronization of Users")));
  g_signal_connect_object (self->operation, "notify", G_CALLBACK (progress_cb), self, 0);
  g_signal_connect_object (self->operation, "finished", G_CALLBACK (finished_cb), self, 0);
  if (mun_operation_get_state (self->operation) != MUN_OPERATION_RUNNING)
    finished_cb (self->operation, self);
}

static void
commit_response_cb (AdwMessageDialog *dialog, const char *response, gpointer data)
{
  MunSyncWindow *self = MUN_SYNC_WINDOW (data);

  if (strcmp (response, "go") != 0)
    return;
  self->dry_run = FALSE;
  start (self);
}

/* Deleting users is asked about once more; creating and changing is what the button says. */
static void
commit_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunSyncWindow *self = MUN_SYNC_WINDOW (widget);
  guint n
      = self->result != NULL ? mun_sync_result_get_count (self->result, MUN_SYNC_KIND_DELETE) : 0;
  g_autofree char *number = mun_words_count (n);
  g_autofree char *heading = NULL;
  AdwMessageDialog *dialog;

  if (n == 0) {
    self->dry_run = FALSE;
    start (self);
    return;
  }
  /* Translators: %s is a number of users. */
  heading = g_strdup_printf (ngettext ("Delete %s User?", "Delete %s Users?", n), number);
  dialog = ADW_MESSAGE_DIALOG (
      adw_message_dialog_new (GTK_WINDOW (self), heading,
                              _ ("They have left the directory. Their archives stay.")));
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "go",
                                    _ ("_Delete and Synchronize"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "go", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (commit_response_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
cancel_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunSyncWindow *self = MUN_SYNC_WINDOW (widget);

  if (self->operation != NULL)
    mun_operation_cancel (self->operation);
}

static void
retry_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  start (MUN_SYNC_WINDOW (widget));
}

static void
exported_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean saved = mun_file_save_finish (result, &error);
  g_autofree char *text = NULL, *escaped = NULL, *path = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  path = g_file_get_parse_name (G_FILE (source));
  text = saved ? g_strdup_printf (_ ("Saved as %s"), path) : mun_words_for_error (error);
  escaped = mun_words_escape (text);
  adw_toast_overlay_add_toast (MUN_SYNC_WINDOW (data)->toasts, adw_toast_new (escaped));
}

static void
export_chosen_cb (GtkWidget *owner, GFile *file, gpointer data)
{
  MunSyncWindow *self = MUN_SYNC_WINDOW (owner);
  char *csv = mun_sync_result_to_csv (self->result);
  g_autoptr (GBytes) bytes = g_bytes_new_take (csv, strlen (csv));

  mun_file_save_async (file, bytes, FALSE, self->cancellable, exported_cb, self);
}

static void
export_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  const char *const filters[] = { _ ("Comma Separated Values (.csv)"), "*.csv", NULL };

  if (parameter != NULL) {
    g_autoptr (GFile) file = g_file_new_for_path (g_variant_get_string (parameter, NULL));

    export_chosen_cb (widget, file, NULL);
    return;
  }
  mun_file_prompt (widget, GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Export as CSV"),
                   _ ("synchronization.csv"), filters, export_chosen_cb, NULL);
}

static void
search_changed_cb (GtkSearchEntry *entry, gpointer data)
{
  MunSyncWindow *self = MUN_SYNC_WINDOW (data);

  for (guint kind = 0; kind < MUN_SYNC_N_KINDS; kind++)
    mun_sync_table_set_filter (self->tables[kind], gtk_editable_get_text (GTK_EDITABLE (entry)));
}

/* There is room for the switcher above the table only in a wide window. */
static void
width_changed_cb (MunSyncWindow *self)
{
  int width = 0, height = 0;
  gboolean narrow;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  narrow = width < 620 * mun_text_scale (GTK_WIDGET (self));
  adw_view_switcher_bar_set_reveal (self->narrow_switcher, narrow);
  for (guint kind = 0; kind < MUN_SYNC_N_KINDS; kind++)
    mun_sync_table_set_narrow (self->tables[kind], narrow);
}

static void
mun_sync_window_dispose (GObject *object)
{
  MunSyncWindow *self = MUN_SYNC_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->operation);
  G_OBJECT_CLASS (mun_sync_window_parent_class)->dispose (object);
}

static void
mun_sync_window_finalize (GObject *object)
{
  MunSyncWindow *self = MUN_SYNC_WINDOW (object);

  g_clear_object (&self->connection);
  g_clear_object (&self->result);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (mun_sync_window_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, MunSyncWindow, heading);
  gtk_widget_class_bind_template_child (widget_class, MunSyncWindow, search_button);
  gtk_widget_class_bind_template_child (widget_class, MunSyncWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, MunSyncWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, MunSyncWindow, running);
  gtk_widget_class_bind_template_child (widget_class, MunSyncWindow, progress);
  gtk_widget_class_bind_template_child (widget_class, MunSyncWindow, search_bar);
  gtk_widget_class_bind_template_child (widget_class, MunSyncWindow, search_entry);
  gtk_widget_class_bind_template_child (widget_class, MunSyncWindow, views);
  gtk_widget_class_bind_template_child (widget_class, MunSyncWindow, narrow_switcher);
  gtk_widget_class_bind_template_child (widget_class, MunSyncWindow, log);
  gtk_widget_class_bind_template_child (widget_class, MunSyncWindow, failed);
  gtk_widget_class_bind_template_child (widget_class, MunSyncWindow, action_bar);
  gtk_widget_class_bind_template_child (widget_class, MunSyncWindow, summary);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
}

static void
mun_sync_window_class_init (MunSyncWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mun_sync_window_dispose;
  object_class->finalize = mun_sync_window_finalize;
  signals[SIGNAL_SYNCHRONIZED]
      = g_signal_new ("synchronized", MUN_TYPE_SYNC_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/muniment/Console/dialogs/mun-sync-window.ui");
  bind_children (widget_class);
  gtk_widget_class_install_action (widget_class, "sync.commit", NULL, commit_action);
  gtk_widget_class_install_action (widget_class, "sync.cancel", NULL, cancel_action);
  gtk_widget_class_install_action (widget_class, "sync.retry", NULL, retry_action);
  gtk_widget_class_install_action (widget_class, "sync.export", NULL, export_action);
  gtk_widget_class_install_action (widget_class, "sync.export-to", "s", export_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
mun_sync_window_init (MunSyncWindow *self)
{
  static const char *const icons[] = { "list-add-symbolic", "document-edit-symbolic",
                                       "user-trash-symbolic", "action-unavailable-symbolic" };
  static const char *const names[] = { "create", "change", "delete", "skip" };

  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint kind = 0; kind < MUN_SYNC_N_KINDS; kind++) {
    self->tables[kind] = g_object_new (MUN_TYPE_SYNC_TABLE, NULL);
    self->pages[kind] = adw_view_stack_add_titled (self->views, GTK_WIDGET (self->tables[kind]),
                                                   names[kind], tab_title (TRUE, kind));
    adw_view_stack_page_set_icon_name (self->pages[kind], icons[kind]);
  }
  gtk_search_bar_connect_entry (self->search_bar, self->search_entry);
  gtk_search_bar_set_key_capture_widget (self->search_bar, GTK_WIDGET (self));
  g_signal_connect (self, "notify::default-width", G_CALLBACK (width_changed_cb), NULL);
  width_changed_cb (self);
}

MunSyncWindow *
mun_sync_window_new (GtkWindow *parent, MunConnection *connection, gboolean dry_run)
{
  MunSyncWindow *self = g_object_new (MUN_TYPE_SYNC_WINDOW, "transient-for", parent, NULL);

  self->connection = g_object_ref (connection);
  self->dry_run = dry_run;
  start (self);
  return self;
}

MunSyncResult *
mun_sync_window_get_result (MunSyncWindow *self)
{
  g_return_val_if_fail (MUN_IS_SYNC_WINDOW (self), NULL);
  return self->result;
}
