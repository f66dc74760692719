/* mun-message-view-private.h: what the two files of MunMessageView share */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-html-view.h"
#include "mun-message-view.h"
#include "mun-save-bar.h"

G_BEGIN_DECLS

struct _MunMessageView {
  AdwBin parent_instance;

  GtkStack *stack;
  GtkSpinner *spinner;
  AdwStatusPage *error_page;
  GtkLabel *subject;
  GtkWidget *from_row, *to_row, *cc_row, *bcc_row, *date_row;
  GtkLabel *from, *to, *cc, *bcc, *date;
  GtkWidget *damage_banner;
  GtkLabel *damage_label;
  GtkWidget *remote_banner;
  GtkStack *body;
  GtkTextView *text;
  MunHtmlView *html;
  GtkWidget *attachment_box;
  GtkFlowBox *attachments;
  GtkWidget *save_all;
  MunSaveBar *save_bar;

  MunConnection *connection;
  GCancellable *cancellable;
  MunMessage *message; /* without its omitted attachments when there is an outline */
  JsonObject *outline; /* (nullable): see mun_archive_client_outline_async() */
  char *id;
  GStrv hits; /* what a search found in the message of the row */
};

/* mun-message-large.c: attachments of the message, whether they are here or not. Those of the view:
 * a text that is NULL when all of it is shown; the message that an outline describes. */
guint
mun_message_view_get_n_attachments (MunMessageView *self);
MunAttachment
mun_message_view_get_attachment (MunMessageView *self, guint index);
/* Returns: (transfer full) (nullable): NULL: it is not here, see mun_message_view_stream(). */
GBytes *
mun_message_view_dup_attachment (MunMessageView *self, guint index);
GBytes *
mun_message_view_dup_raw (MunMessageView *self);
const char *
mun_message_view_get_cut_note (MunMessageView *self);
GBytes *
mun_message_view_decode_skeleton (JsonObject *outline);
gboolean
mun_message_view_can_stream (MunMessageView *self);
/* When that can be done: saves the message (@number 0) or an attachment (from 1 on) from the archive;
 * the data of @done is the view. */
void
mun_message_view_stream (MunMessageView *self, guint number, GFile *file, MunSaved done);

/* mun-message-actions.c: the actions message.* */
void
mun_message_view_install_actions (GtkWidgetClass *widget_class);
void
mun_message_view_toast (MunMessageView *self, const char *text);
void
mun_message_view_deleted (MunMessageView *self, const char *id);

G_END_DECLS
