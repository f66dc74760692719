/* million-mail.h: any number of messages, made from a few thousand real ones */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Words that only the subjects made here have. */
#define MILLION_RARE "quartzlark"        /* of fifty messages in all */
#define MILLION_COMMON "brindlefox"      /* of one in twenty */
#define MILLION_VERY_COMMON "everyheron" /* of three in four */

typedef struct {
  GPtrArray *files; /* GBytes: the corpus */
  guint total;
} MillionMail;

/* Reads all files below a folder. */
MillionMail *
million_mail_new (const char *corpus, guint total);
void
million_mail_free (MillionMail *self);

/* Message INDEX: no other has its bytes, its date or the word "serialINDEX" in its subject. The
 * dates rise with INDEX, in eight mailboxes side by side. */
GBytes *
million_mail_make (MillionMail *self, guint index);

/* A text message of so many bytes. */
GBytes *
million_mail_make_plain (guint index, gsize size);
