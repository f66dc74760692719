/* mun-message-browser.c: a message list with its preview, over or beside each other */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-archive"

#include "mun-message-browser.h"

#include "mun-width-bin.h"
#include "mun-words.h"

#include <glib/gi18n.h>

/* Below these widths the preview stands under the list, and columns go. */
#define BESIDE_WIDTH 1000
#define NARROW_WIDTH 560
#define LIST_HEIGHT 290
/* The same where the message has many lines for few words. */
#define NARROW_LIST_HEIGHT 160

struct _MunMessageBrowser {
  AdwBin parent_instance;

  GtkPaned *paned;
  MunMessageList *list;
  MunMessageView *view;
  GtkLabel *count;
  MunConnection *connection;
  MunRemoteSearch *search;
  gboolean show_snippets;
  guint layout_id;
  int width;
  int list_height; /* what the list has over the preview at first */
};

G_DEFINE_FINAL_TYPE (MunMessageBrowser, mun_message_browser, ADW_TYPE_BIN)

enum {
  TOAST,
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
toast (MunMessageBrowser *self, const char *text)
{
  g_signal_emit (self, signals[TOAST], 0, text);
}

static void
selected_cb (MunMessageBrowser *self, MunMessageRow *row)
{
  mun_message_view_show_row (self->view, row);
}

/* A message that is deleted leaves its window, too, and the list behind it. */
static void
window_deleted_cb (MunMessageView *view, const char *id, MunMessageBrowser *self)
{
  gtk_window_close (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (view))));
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
add_shortcut (GtkWidget *widget, const char *trigger, GtkShortcutAction *action)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_shortcut_trigger_parse_string (trigger), action));
  gtk_widget_add_controller (widget, keys);
}

static void
opened_cb (MunMessageBrowser *self, MunMessageRow *row)
{
  GtkWidget *window = adw_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *view = mun_message_view_new ();

  mun_message_view_set_connection (MUN_MESSAGE_VIEW (view), self->connection);
  mun_message_view_show_row (MUN_MESSAGE_VIEW (view), row);
  g_signal_connect_object (view, "toast", G_CALLBACK (toast), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "deleted", G_CALLBACK (window_deleted_cb), self, 0);
  add_shortcut (window, "Escape", gtk_named_action_new ("window.close"));
  gtk_widget_set_vexpand (view, TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), view);
  adw_window_set_content (ADW_WINDOW (window), box);
  gtk_window_set_title (GTK_WINDOW (window), mun_message_row_get_subject (row));
  gtk_window_set_default_size (GTK_WINDOW (window), 760, 620);
  gtk_window_set_transient_for (GTK_WINDOW (window),
                                GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))));
  gtk_window_present (GTK_WINDOW (window));
}

static void
failed_cb (MunMessageBrowser *self, const GError *error)
{
  g_autofree char *words = mun_words_for_error (error);

  toast (self, words);
}

/* How many messages there are, and how much of that is known. */
static char *
dup_count (MunRemoteSearch *search)
{
  guint count = mun_remote_search_get_count (search);
  g_autofree char *number = mun_words_count (count);

  if (mun_remote_search_is_counting (search))
    /* Translators: of a search whose hits are still counted; %s is a number like “1,204”. */
    return g_strdup_printf (ngettext ("%s message so far, counting…",
                                      "%s messages so far, counting…", count),
                            number);
  if (!mun_remote_search_is_exact (search))
    /* Translators: of a search that the server did not count to the end; %s is a number. */
    return g_strdup_printf (ngettext ("At least %s message", "At least %s messages", count),
                            number);
  return mun_words_messages (count);
}

/* Its count has become larger, or final. */
static void
search_changed_cb (MunMessageBrowser *self, MunRemoteSearch *search)
{
  MunMessageModel *model = mun_message_list_get_model (self->list);
  g_autofree char *text = dup_count (search);

  if (model)
    mun_message_model_grow (model, mun_remote_search_get_count (search));
  gtk_label_set_label (self->count, text);
}

static void
show_search (MunMessageBrowser *self)
{
  g_autoptr (MunMessageModel) model = NULL;
  g_autofree char *text = NULL;

  mun_message_list_set_show_snippets (self->list, self->show_snippets);
  if (self->search) {
    mun_remote_search_set_snippets (self->search, self->show_snippets);
    model = mun_message_model_new_for_search (self->search, mun_message_list_get_sort (self->list));
    g_signal_connect_object (model, "failed", G_CALLBACK (failed_cb), self, G_CONNECT_SWAPPED);
    text = dup_count (self->search);
  }
  mun_message_list_set_model (self->list, model);
  gtk_label_set_label (self->count, text ? text : "");
}

static void
deleted_cb (MunMessageBrowser *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
layout_cb (gpointer data)
{
  MunMessageBrowser *self = data;
  double scale = mun_text_scale (GTK_WIDGET (self));
  gboolean beside = self->width >= BESIDE_WIDTH * scale;
  GtkOrientation orientation = beside ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL;
  gboolean narrow = (beside ? self->width / 2 : self->width) < NARROW_WIDTH * scale;
  int list_height = narrow ? MIN (LIST_HEIGHT, NARROW_LIST_HEIGHT * scale) : LIST_HEIGHT;

  self->layout_id = 0;
  mun_message_list_set_narrow (self->list, narrow);
  /* Where somebody has put it, it stays while the form is the same. */
  if (!beside && list_height != self->list_height)
    gtk_paned_set_position (self->paned, list_height);
  self->list_height = list_height;
  if (gtk_orientable_get_orientation (GTK_ORIENTABLE (self->paned)) == orientation)
    return;
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->paned), orientation);
  gtk_paned_set_position (self->paned, beside ? self->width / 2 : list_height);
}

static void
mun_message_browser_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                             int *minimum, int *natural, int *minimum_baseline,
                             int *natural_baseline)
{
  gtk_widget_measure (GTK_WIDGET (MUN_MESSAGE_BROWSER (widget)->paned), orientation, for_size,
                      minimum, natural, minimum_baseline, natural_baseline);
}

/* The layout follows the width, but never during an allocation. */
static void
mun_message_browser_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  MunMessageBrowser *self = MUN_MESSAGE_BROWSER (widget);

  gtk_widget_allocate (GTK_WIDGET (self->paned), width, height, baseline, NULL);
  if (width == self->width)
    return;
  self->width = width;
  if (!self->layout_id)
    self->layout_id = g_idle_add_once (layout_cb, self);
}

static void
mun_message_browser_dispose (GObject *object)
{
  MunMessageBrowser *self = MUN_MESSAGE_BROWSER (object);

  g_clear_handle_id (&self->layout_id, g_source_remove);
  g_clear_object (&self->search);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (mun_message_browser_parent_class)->dispose (object);
}

/* Space reads on without leaving the list. Returns: FALSE when no message is shown. */
static gboolean
page_down_cb (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  return mun_message_view_page (MUN_MESSAGE_BROWSER (data)->view, TRUE);
}

static gboolean
page_up_cb (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  return mun_message_view_page (MUN_MESSAGE_BROWSER (data)->view, FALSE);
}

static gboolean
act_on_message (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  return gtk_widget_activate_action (GTK_WIDGET (MUN_MESSAGE_BROWSER (widget)->view),
                                     g_variant_get_string (arguments, NULL), NULL);
}

static void
mun_message_browser_class_init (MunMessageBrowserClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mun_message_browser_dispose;
  GTK_WIDGET_CLASS (klass)->measure = mun_message_browser_measure;
  GTK_WIDGET_CLASS (klass)->size_allocate = mun_message_browser_size_allocate;
  gtk_widget_class_add_binding (GTK_WIDGET_CLASS (klass), GDK_KEY_Delete, 0, act_on_message, "s",
                                "message.delete");
  gtk_widget_class_add_binding (GTK_WIDGET_CLASS (klass), GDK_KEY_s, GDK_CONTROL_MASK,
                                act_on_message, "s", "message.save-as");
  gtk_widget_class_add_binding (GTK_WIDGET_CLASS (klass), GDK_KEY_u, GDK_CONTROL_MASK,
                                act_on_message, "s", "message.show-source");
  signals[TOAST] = g_signal_new ("toast", MUN_TYPE_MESSAGE_BROWSER, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[CHANGED] = g_signal_new ("changed", MUN_TYPE_MESSAGE_BROWSER, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static GtkWidget *
list_side (MunMessageBrowser *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  self->list = MUN_MESSAGE_LIST (mun_message_list_new ());
  self->count = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_set_vexpand (GTK_WIDGET (self->list), TRUE);
  add_shortcut (GTK_WIDGET (self->list), "space",
                gtk_callback_action_new (page_down_cb, self, NULL));
  add_shortcut (GTK_WIDGET (self->list), "<Shift>space",
                gtk_callback_action_new (page_up_cb, self, NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->count), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->count), "numeric");
  gtk_widget_add_css_class (bar, "status-bar");
  gtk_box_append (GTK_BOX (bar), GTK_WIDGET (self->count));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->list));
  gtk_box_append (GTK_BOX (box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (box), bar);
  gtk_widget_set_size_request (box, 240, 120);
  return box;
}

static void
mun_message_browser_init (MunMessageBrowser *self)
{
  /* With a layout manager the size would never be heard of. */
  gtk_widget_set_layout_manager (GTK_WIDGET (self), NULL);
  self->paned = GTK_PANED (gtk_paned_new (GTK_ORIENTATION_VERTICAL));
  gtk_paned_set_start_child (self->paned, list_side (self));
  self->view = MUN_MESSAGE_VIEW (mun_message_view_new ());
  gtk_widget_set_size_request (GTK_WIDGET (self->view), 240, 160);
  gtk_paned_set_end_child (self->paned, GTK_WIDGET (self->view));
  gtk_paned_set_shrink_start_child (self->paned, FALSE);
  gtk_paned_set_shrink_end_child (self->paned, FALSE);
  self->list_height = LIST_HEIGHT;
  gtk_paned_set_position (self->paned, LIST_HEIGHT);
  g_signal_connect_object (self->list, "selected", G_CALLBACK (selected_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "opened", G_CALLBACK (opened_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "sort-changed", G_CALLBACK (show_search), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "toast", G_CALLBACK (toast), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->view, "deleted", G_CALLBACK (deleted_cb), self, G_CONNECT_SWAPPED);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->paned));
}

GtkWidget *
mun_message_browser_new (void)
{
  return g_object_new (MUN_TYPE_MESSAGE_BROWSER, NULL);
}

void
mun_message_browser_set_connection (MunMessageBrowser *self, MunConnection *connection)
{
  g_return_if_fail (MUN_IS_MESSAGE_BROWSER (self));
  g_set_object (&self->connection, connection);
  mun_message_view_set_connection (self->view, connection);
}

void
mun_message_browser_set_search (MunMessageBrowser *self, MunRemoteSearch *search)
{
  g_return_if_fail (MUN_IS_MESSAGE_BROWSER (self));
  if (self->search)
    g_signal_handlers_disconnect_by_func (self->search, search_changed_cb, self);
  g_set_object (&self->search, search);
  if (search)
    g_signal_connect_object (search, "changed", G_CALLBACK (search_changed_cb), self,
                             G_CONNECT_SWAPPED);
  show_search (self);
}

void
mun_message_browser_set_show_snippets (MunMessageBrowser *self, gboolean show)
{
  g_return_if_fail (MUN_IS_MESSAGE_BROWSER (self));
  if (self->show_snippets == show)
    return;
  self->show_snippets = show;
  show_search (self);
}

const char *
mun_message_browser_get_sort (MunMessageBrowser *self)
{
  return mun_message_list_get_sort (self->list);
}

MunMessageList *
mun_message_browser_get_list (MunMessageBrowser *self)
{
  return self->list;
}

MunMessageView *
mun_message_browser_get_view (MunMessageBrowser *self)
{
  return self->view;
}
