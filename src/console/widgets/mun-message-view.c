/* mun-message-view.c: one message: header, text or HTML, attachments, what can be done with it */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-archive"

#include "mun-message-view-private.h"

#include "archive-save.h"
#include "errors.h"
#include "mun-hits.h"
#include "mun-html-view.h"
#include "mun-words.h"

#include <glib/gi18n.h>

/* The text tags of quoted lines and of what a search found. */
#define QUOTE "quote"
#define HIT "hit"
/* Larger messages are shown without their large attachments. */
#define LARGE (1024 * 1024)

G_DEFINE_FINAL_TYPE (MunMessageView, mun_message_view, ADW_TYPE_BIN)

enum {
  TOAST,
  DELETED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

void
mun_message_view_toast (MunMessageView *self, const char *text)
{
  g_signal_emit (self, signals[TOAST], 0, text);
}

void
mun_message_view_deleted (MunMessageView *self, const char *id)
{
  g_signal_emit (self, signals[DELETED], 0, id);
}

static void
update_actions (MunMessageView *self)
{
  static const char *const whole[]
      = { "message.save-as", "message.save-to", "message.show-source", "message.save-all" };
  gboolean message = self->message != NULL;
  gboolean stored = message && self->id && self->connection;

  for (guint i = 0; i < G_N_ELEMENTS (whole); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), whole[i], message);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.copy-id",
                                 message && *mun_message_get_message_id (self->message));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.archive-info", stored);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "message.delete",
                                 stored
                                     && mun_connection_has_function (self->connection,
                                                                     "DeleteMessage"));
}

static void
show_line (GtkWidget *row, GtkLabel *label, const char *text)
{
  gtk_widget_set_visible (row, text && *text);
  gtk_label_set_label (label, text ? text : "");
}

static GtkWidget *
icon_button (const char *icon, const char *label, const char *action, guint index)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "u", index);
  return button;
}

static GtkWidget *
attachment_chip (const MunAttachment *attachment, guint index)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *name = gtk_label_new (*attachment->name ? attachment->name : attachment->type);
  g_autofree char *bytes = mun_words_size (attachment->size);
  GtkWidget *size = gtk_label_new (bytes);
  /* Translators: %s is the name of an attachment. */
  g_autofree char *open = g_strdup_printf (_ ("Open “%s”"), attachment->name);
  g_autofree char *save = g_strdup_printf (_ ("Save “%s”…"), attachment->name);
  GtkWidget *icon = gtk_image_new_from_icon_name ("mail-attachment-symbolic");

  gtk_widget_add_css_class (box, "attachment");
  gtk_widget_set_halign (box, GTK_ALIGN_START);
  gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL, "", -1);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_width_chars (GTK_LABEL (name), 12);
  gtk_label_set_max_width_chars (GTK_LABEL (name), 28);
  gtk_widget_set_tooltip_text (name, attachment->type);
  gtk_widget_add_css_class (size, "dim-label");
  gtk_widget_add_css_class (size, "numeric");
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), size);
  gtk_box_append (GTK_BOX (box),
                  icon_button ("document-open-symbolic", open, "message.open-attachment", index));
  gtk_box_append (GTK_BOX (box),
                  icon_button ("document-save-symbolic", save, "message.save-attachment", index));
  return box;
}

static void
show_attachments (MunMessageView *self)
{
  GtkWidget *child;
  guint shown = 0;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->attachments))))
    gtk_flow_box_remove (self->attachments, child);
  for (guint i = 0; i < mun_message_view_get_n_attachments (self); i++) {
    MunAttachment attachment = mun_message_view_get_attachment (self, i);

    if (attachment.is_inline)
      continue;
    gtk_flow_box_append (self->attachments, attachment_chip (&attachment, i));
    shown++;
  }
  gtk_widget_set_visible (self->attachment_box, shown > 0);
  gtk_widget_set_visible (self->save_all, shown > 1);
}

/* Quoted lines step back; the colours are those of the style, so that they follow it. */
static void
colour_tags (MunMessageView *self)
{
  GtkTextTagTable *tags = gtk_text_buffer_get_tag_table (gtk_text_view_get_buffer (self->text));
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self->text));
  GdkRGBA colour;

  gtk_style_context_get_color (style, &colour);
  colour.alpha *= 0.6;
  g_object_set (gtk_text_tag_table_lookup (tags, QUOTE), "foreground-rgba", &colour, NULL);
  if (!gtk_style_context_lookup_color (style, "warning_bg_color", &colour))
    return;
  colour.alpha *= 0.4;
  g_object_set (gtk_text_tag_table_lookup (tags, HIT), "background-rgba", &colour, NULL);
}

static void
mark_quotes (GtkTextBuffer *buffer)
{
  for (int line = 0; line < gtk_text_buffer_get_line_count (buffer); line++) {
    GtkTextIter start, end;

    gtk_text_buffer_get_iter_at_line (buffer, &start, line);
    if (gtk_text_iter_get_char (&start) != '>')
      continue;
    end = start;
    gtk_text_iter_forward_to_line_end (&end);
    gtk_text_buffer_apply_tag_by_name (buffer, QUOTE, &start, &end);
  }
}

/* All of them in a text; in HTML, which is not touched, as far as WebKit can find them. */
static void
show_hits (MunMessageView *self, gboolean html)
{
  const char *const *hits = (const char *const *)self->hits;
  g_autofree char *common = html ? mun_hits_dup_common (hits) : NULL;

  if (html)
    mun_html_view_mark (self->html, common);
  else
    mun_hits_mark_buffer (gtk_text_view_get_buffer (self->text), HIT, hits);
}

static void
show_body (MunMessageView *self)
{
  const char *html = mun_message_get_html (self->message);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);

  gtk_widget_set_visible (self->remote_banner, html && mun_html_view_wants_network (html));
  gtk_text_buffer_set_text (buffer, mun_message_get_text (self->message), -1);
  mark_quotes (buffer);
  colour_tags (self);
  mun_html_view_set_message (self->html, html ? self->message : NULL);
  show_hits (self, html != NULL);
  gtk_stack_set_visible_child_name (self->body, html ? "html" : "text");
}

static void
show_header (MunMessageView *self)
{
  MunMessage *message = self->message;
  const char *subject = mun_message_get_subject (message);
  const char *cut = mun_message_view_get_cut_note (self);
  g_autofree char *date = mun_words_date_exact (mun_message_get_date (message));

  gtk_label_set_label (self->subject, *subject ? subject : _ ("(no subject)"));
  show_line (self->from_row, self->from, mun_message_get_from (message));
  show_line (self->to_row, self->to, mun_message_get_to (message));
  show_line (self->cc_row, self->cc, mun_message_get_cc (message));
  show_line (self->bcc_row, self->bcc, mun_message_get_bcc (message));
  show_line (self->date_row, self->date, date);
  gtk_widget_set_visible (self->damage_banner, cut || mun_message_is_damaged (message));
  if (cut) {
    gtk_label_set_label (self->damage_label, cut);
  } else if (mun_message_is_damaged (message)) {
    g_autofree char *note
        = g_strdup_printf (_ ("This message is not well-formed: %s. It is kept byte for byte."),
                           mun_words_damage (mun_message_get_damage_note (message)));

    gtk_label_set_label (self->damage_label, note);
  }
}

static void
show_state (MunMessageView *self, const char *state)
{
  gtk_stack_set_visible_child_name (self->stack, state);
  gtk_spinner_set_spinning (self->spinner, strcmp (state, "loading") == 0);
  update_actions (self);
}

static void
clear (MunMessageView *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->message, mun_message_unref);
  g_clear_pointer (&self->outline, json_object_unref);
  g_clear_pointer (&self->id, g_free);
}

static void
show_message (MunMessageView *self, const char *id, MunMessage *message, JsonObject *outline)
{
  g_autofree char *copy = g_strdup (id);

  mun_message_ref (message);
  clear (self);
  self->message = message;
  self->outline = outline ? json_object_ref (outline) : NULL;
  self->id = g_steal_pointer (&copy);
  show_header (self);
  show_body (self);
  show_attachments (self);
  show_state (self, "message");
}

void
mun_message_view_show_message (MunMessageView *self, const char *id, MunMessage *message)
{
  g_return_if_fail (MUN_IS_MESSAGE_VIEW (self));
  show_message (self, id, message, NULL);
}

/* What is on its way to be shown. */
typedef struct {
  MunMessageView *self;
  char *id;
  JsonObject *outline; /* (nullable) */
} Fetch;

static void
fetch_free (Fetch *self)
{
  g_object_unref (self->self);
  g_free (self->id);
  g_clear_pointer (&self->outline, json_object_unref);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fetch, fetch_free)

static void
parse_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_pointer (task, mun_message_parse (data), (GDestroyNotify)mun_message_unref);
}

static void
show_failure (MunMessageView *self, const GError *error)
{
  g_autofree char *words = mun_words_for_error (error);
  g_autofree char *escaped = mun_words_escape (words);

  adw_status_page_set_title (self->error_page, mun_words_error_title (error));
  adw_status_page_set_description (self->error_page, escaped);
  show_state (self, "error");
}

static void
parsed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Fetch) fetch = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MunMessage) message = g_task_propagate_pointer (G_TASK (result), &error);

  if (message)
    show_message (fetch->self, fetch->id, message, fetch->outline);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_failure (fetch->self, error);
}

/* @fetch: (transfer full) */
static void
parse (Fetch *fetch, GBytes *bytes)
{
  g_autoptr (GTask) task = g_task_new (fetch->self, fetch->self->cancellable, parsed_cb, fetch);

  g_task_set_source_tag (task, parse);
  g_task_set_task_data (task, g_bytes_ref (bytes), (GDestroyNotify)g_bytes_unref);
  g_task_run_in_thread (task, parse_thread);
}

static void
downloaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Fetch) fetch = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes
      = mun_archive_client_download_finish (MUN_ARCHIVE_CLIENT (source), result, &error);

  if (bytes)
    parse (g_steal_pointer (&fetch), bytes);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_failure (fetch->self, error);
}

/* A server that has no outlines says so in its own way; then all of the message is taken. */
static gboolean
may_have_no_outlines (const GError *error)
{
  return g_error_matches (error, MUN_ERROR, MUN_ERROR_NOT_FOUND)
         || g_error_matches (error, MUN_ERROR, MUN_ERROR_FAILED)
         || g_error_matches (error, MUN_ERROR, MUN_ERROR_INVALID)
         || g_error_matches (error, MUN_ERROR, MUN_ERROR_PROTOCOL);
}

static void
outlined_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Fetch) fetch = data;
  MunArchiveClient *client = MUN_ARCHIVE_CLIENT (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  fetch->outline = mun_archive_client_outline_finish (client, result, &error);
  if (fetch->outline) {
    bytes = mun_message_view_decode_skeleton (fetch->outline);
    parse (g_steal_pointer (&fetch), bytes);
  } else if (may_have_no_outlines (error)) {
    GCancellable *cancellable = fetch->self->cancellable;
    const char *id = fetch->id;

    mun_archive_client_download_async (client, id, cancellable, downloaded_cb,
                                       g_steal_pointer (&fetch));
  } else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    show_failure (fetch->self, error);
  }
}

void
mun_message_view_show_row (MunMessageView *self, MunMessageRow *row)
{
  const char *id = row ? mun_message_row_get_id (row) : NULL;
  MunArchiveClient *client;
  Fetch *fetch;

  g_return_if_fail (MUN_IS_MESSAGE_VIEW (self));
  clear (self);
  g_clear_pointer (&self->hits, g_strfreev);
  self->hits = row ? mun_message_row_dup_hits (row) : NULL;
  client = self->connection ? mun_connection_get_archive (self->connection) : NULL;
  if (!id || !client) {
    show_state (self, "none");
    return;
  }
  show_state (self, "loading");
  self->cancellable = g_cancellable_new ();
  fetch = g_new0 (Fetch, 1);
  fetch->self = g_object_ref (self);
  fetch->id = g_strdup (id);
  if (mun_message_row_get_bytes (row) > LARGE)
    mun_archive_client_outline_async (client, id, self->cancellable, outlined_cb, fetch);
  else
    mun_archive_client_download_async (client, id, self->cancellable, downloaded_cb, fetch);
}

static void
mun_message_view_dispose (GObject *object)
{
  MunMessageView *self = MUN_MESSAGE_VIEW (object);

  clear (self);
  g_clear_pointer (&self->hits, g_strfreev);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (mun_message_view_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, MunMessageView, stack);
  gtk_widget_class_bind_template_child (widget_class, MunMessageView, spinner);
  gtk_widget_class_bind_template_child (widget_class, MunMessageView, error_page);
  gtk_widget_class_bind_template_child (widget_class, MunMessageView, subject);
  gtk_widget_class_bind_template_child (widget_class, MunMessageView, from_row);
  gtk_widget_class_bind_template_child (widget_class, MunMessageView, from);
  gtk_widget_class_bind_template_child (widget_class, MunMessageView, to_row);
  gtk_widget_class_bind_template_child (widget_class, MunMessageView, to);
  gtk_widget_class_bind_template_child (widget_class, MunMessageView, cc_row);
  gtk_widget_class_bind_template_child (widget_class, MunMessageView, cc);
  gtk_widget_class_bind_template_child (widget_class, MunMessageView, bcc_row);
  gtk_widget_class_bind_template_child (widget_class, MunMessageView, bcc);
  gtk_widget_class_bind_template_child (widget_class, MunMessageView, date_row);
  gtk_widget_class_bind_template_child (widget_class, MunMessageView, date);
  gtk_widget_class_bind_template_child (widget_class, MunMessageView, damage_banner);
  gtk_widget_class_bind_template_child (widget_class, MunMessageView, damage_label);
  gtk_widget_class_bind_template_child (widget_class, MunMessageView, remote_banner);
  gtk_widget_class_bind_template_child (widget_class, MunMessageView, body);
  gtk_widget_class_bind_template_child (widget_class, MunMessageView, text);
  gtk_widget_class_bind_template_child (widget_class, MunMessageView, html);
  gtk_widget_class_bind_template_child (widget_class, MunMessageView, attachment_box);
  gtk_widget_class_bind_template_child (widget_class, MunMessageView, attachments);
  gtk_widget_class_bind_template_child (widget_class, MunMessageView, save_all);
  gtk_widget_class_bind_template_child (widget_class, MunMessageView, save_bar);
}

static void
mun_message_view_class_init (MunMessageViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mun_message_view_dispose;
  g_type_ensure (MUN_TYPE_HTML_VIEW);
  g_type_ensure (MUN_TYPE_SAVE_BAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/muniment/Console/widgets/mun-message-view.ui");
  bind_children (widget_class);
  mun_message_view_install_actions (widget_class);
  signals[TOAST] = g_signal_new ("toast", MUN_TYPE_MESSAGE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[DELETED] = g_signal_new ("deleted", MUN_TYPE_MESSAGE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
mun_message_view_init (MunMessageView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_text_buffer_create_tag (gtk_text_view_get_buffer (self->text), QUOTE, NULL);
  gtk_text_buffer_create_tag (gtk_text_view_get_buffer (self->text), HIT, NULL);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (colour_tags), self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  update_actions (self);
}

GtkWidget *
mun_message_view_new (void)
{
  return g_object_new (MUN_TYPE_MESSAGE_VIEW, NULL);
}

void
mun_message_view_set_connection (MunMessageView *self, MunConnection *connection)
{
  g_return_if_fail (MUN_IS_MESSAGE_VIEW (self));
  g_set_object (&self->connection, connection);
  update_actions (self);
}

gboolean
mun_message_view_page (MunMessageView *self, gboolean down)
{
  GtkWidget *scroller;
  gboolean moved;

  g_return_val_if_fail (MUN_IS_MESSAGE_VIEW (self), FALSE);
  if (!self->message)
    return FALSE;
  if (mun_message_get_html (self->message)) {
    mun_html_view_page (self->html, down);
    return TRUE;
  }
  scroller = gtk_widget_get_ancestor (GTK_WIDGET (self->text), GTK_TYPE_SCROLLED_WINDOW);
  g_signal_emit_by_name (scroller, "scroll-child", down ? GTK_SCROLL_PAGE_DOWN : GTK_SCROLL_PAGE_UP,
                         FALSE, &moved);
  return TRUE;
}

MunMessage *
mun_message_view_get_message (MunMessageView *self)
{
  g_return_val_if_fail (MUN_IS_MESSAGE_VIEW (self), NULL);
  return self->message;
}

const char *
mun_message_view_get_state (MunMessageView *self)
{
  g_return_val_if_fail (MUN_IS_MESSAGE_VIEW (self), NULL);
  return gtk_stack_get_visible_child_name (self->stack);
}
