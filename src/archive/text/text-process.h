/* text-process.h: one process of munimentd-text */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "text-extractor.h"

G_BEGIN_DECLS

/* For one thread at a time. */
typedef struct _MunTextProcess MunTextProcess;

/* mun_text_process_start: NULL with @error when the program cannot be started. */
MunTextProcess *
mun_text_process_start (const char *program, GError **error);
/* mun_text_process_end: kills it, if it lives, and waits for its end. */
void
mun_text_process_end (MunTextProcess *self);

/* mun_text_process_ask: fills in @result. FALSE: the process is of no more use; with the outcome
 * UNAVAILABLE it was so before it was asked. */
gboolean
mun_text_process_ask (MunTextProcess *self, MunTextKind kind, GBytes *data, gint64 deadline,
                      MunTextResult *result);
/* mun_text_process_get_served: requests so far. */
guint
mun_text_process_get_served (MunTextProcess *self);

void
mun_text_item_free (gpointer item);

G_END_DECLS
