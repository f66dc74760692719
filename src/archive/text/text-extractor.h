/* text-extractor.h: the text of an attachment, read by another process */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "text-wire.h"

G_BEGIN_DECLS

/* Thread-safe. Keeps a few processes of munimentd-text, one for each attachment that is being read
 * at a time. One that dies, or takes too long, is replaced by the next attachment. */
typedef struct _MunTextExtractor MunTextExtractor;

typedef struct {
  MunTextFrameType type;
  GBytes *data;      /* TEXT: UTF-8, perhaps invalid: who wrote it was in a sandbox for a reason */
  char *name;        /* of a PART, valid UTF-8; else NULL */
  guint32 code_page; /* of BYTES */
} MunTextItem;

/* Refcounted, immutable. */
typedef struct {
  gatomicrefcount refs;
  MunTextOutcome outcome;
  GPtrArray *items; /* MunTextItem, in the order of the attachment; also of one that was cut off */
  gsize size;       /* bytes of all items */
} MunTextResult;

/* mun_text_extractor_new: @program (nullable): else the one that MUNIMENT_TEXT_PROGRAM names, the
 * one beside the running program, or the installed one. It is started when it is first needed.
 * @seconds: what one attachment may take; 0: MUN_TEXT_SECONDS. */
MunTextExtractor *
mun_text_extractor_new (const char *program, guint seconds);
MunTextExtractor *
mun_text_extractor_ref (MunTextExtractor *self);
void
mun_text_extractor_unref (MunTextExtractor *self);

/* mun_text_extractor_run: blocks, at most so many seconds. What was read lately is not read again.
 * Returns: (transfer full): never fails: a text that is not there is an outcome. */
MunTextResult *
mun_text_extractor_run (MunTextExtractor *self, MunTextKind kind, GBytes *data);

void
mun_text_result_unref (MunTextResult *self);

/* For tests: how often a process was started, an attachment handed to one. */
guint
mun_text_extractor_get_starts (MunTextExtractor *self);
guint
mun_text_extractor_get_requests (MunTextExtractor *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunTextExtractor, mun_text_extractor_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunTextResult, mun_text_result_unref)

G_END_DECLS
