/* reply.h: what munimentd-text answers */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "text-wire.h"

G_BEGIN_DECLS

/* Takes a frame; FALSE when nothing more is wanted. */
typedef gboolean (*MunReplySink) (MunTextFrameType type, gconstpointer head, gsize head_length,
                                  gconstpointer data, gsize length, gpointer user_data);

/* One reply: counts what goes out, and ends it where the limits are. */
typedef struct {
  MunReplySink sink;
  gpointer data;
  gsize text, parts;
  guint frames;
  gboolean is_full;  /* a limit was reached */
  gboolean has_line; /* the text so far ends with a line, or is none */
  GString *pending;  /* text that waits for more */
} MunReply;

void
mun_reply_init (MunReply *self, MunReplySink sink, gpointer data);
void
mun_reply_clear (MunReply *self);

/* Each: FALSE when the reply takes no more. */

/* mun_reply_text: @text: UTF-8; pieces of it are put together. */
gboolean
mun_reply_text (MunReply *self, const char *text, gssize length);
/* mun_reply_line: ends the line, unless it is at its end. */
gboolean
mun_reply_line (MunReply *self);
gboolean
mun_reply_bytes (MunReply *self, guint32 code_page, gconstpointer data, gsize length);
gboolean
mun_reply_html (MunReply *self, gconstpointer data, gsize length);
gboolean
mun_reply_part (MunReply *self, const char *name, gsize name_length, gconstpointer data,
                gsize length);
gboolean
mun_reply_message (MunReply *self, gconstpointer data, gsize length);
/* mun_reply_end: an outcome COMPLETE becomes TOO_LARGE when a limit was reached. */
void
mun_reply_end (MunReply *self, MunTextOutcome outcome);

G_END_DECLS
