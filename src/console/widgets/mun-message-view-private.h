/* mun-message-view-private.h: what the two files of MunMessageView share */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-html-view.h"
#include "mun-message-view.h"

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

  MunConnection *connection;
  GCancellable *cancellable;
  MunMessage *message;
  char *id;
  GStrv hits; /* what a search found in the message of the row */
};

/* mun-message-actions.c: the actions message.* */
void
mun_message_view_install_actions (GtkWidgetClass *widget_class);
void
mun_message_view_toast (MunMessageView *self, const char *text);
void
mun_message_view_deleted (MunMessageView *self, const char *id);

G_END_DECLS
