/* attachment-texts.h: what is in the attachments of a message */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "message.h"
#include "text-extractor.h"

G_BEGIN_DECLS

/* An attachment that was looked into. */
typedef struct {
  char *name;
  MunTextOutcome outcome; /* other than COMPLETE: something is missing, and why */
  GString *text;          /* valid UTF-8, perhaps empty */
} MunAttachmentText;

/* mun_attachment_texts_read: of documents, and of what is wrapped into winmail.dat or an S/MIME
 * signature; text that is attached as such is among the message's fields. What cannot be read costs
 * its own text. When @cancellable (nullable) is cancelled the rest is passed over. Returns: (transfer
 * full) (nullable): MunAttachmentText in the order of the message;
 * NULL when there is nothing to look into. */
GPtrArray *
mun_attachment_texts_read (MunTextExtractor *extractor, MunMessage *message,
                           GCancellable *cancellable);

/* mun_attachment_text_join: adds one to those that were joined before. */
void
mun_attachment_text_join (GString *joined, const char *text, gsize length);

G_END_DECLS
