/* mun-message-view.h: one message: header, text or HTML, attachments, what can be done with it */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "message.h"
#include "mun-connection.h"
#include "mun-message-row.h"

#include <adwaita.h>

G_BEGIN_DECLS

/*
 * Actions: message.save-as, message.save-to (path), message.show-source, message.copy-id,
 * message.archive-info, message.delete, message.open-attachment (index),
 * message.save-attachment (index), message.save-attachment-to (index, path), message.save-all.
 * Signals: "toast" (text), "deleted" (id).
 */
#define MUN_TYPE_MESSAGE_VIEW (mun_message_view_get_type ())
G_DECLARE_FINAL_TYPE (MunMessageView, mun_message_view, MUN, MESSAGE_VIEW, AdwBin)

GtkWidget *
mun_message_view_new (void);
void
mun_message_view_set_connection (MunMessageView *self, MunConnection *connection);
/* Fetches and shows the message of a list row; NULL shows that nothing is selected. */
void
mun_message_view_show_row (MunMessageView *self, MunMessageRow *row);
/* Shows a message that is already here. ID: "gid:mid", nullable. */
void
mun_message_view_show_message (MunMessageView *self, const char *id, MunMessage *message);
MunMessage *
mun_message_view_get_message (MunMessageView *self);
/* "none", "loading", "error" or "message". For tests. */
const char *
mun_message_view_get_state (MunMessageView *self);

/* Scrolls the text by one page. Returns: FALSE when no message is shown. */
gboolean
mun_message_view_page (MunMessageView *self, gboolean down);

G_END_DECLS
