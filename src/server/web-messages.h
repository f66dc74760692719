/* web-messages.h: what everything that hands out a message, or a part of one, does first and last */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "web-request.h"

/* Returns: (transfer full) (nullable): what the archive knows of the message that the path names, if
 * the user may read it; otherwise the request is answered. @id: (transfer full). */
JsonObject *
mun_web_message_find (MunWebRequest *request, char **id, guint *rights);
/* Whose message is read by whom; FALSE: it could not be recorded, and that is the answer. */
gboolean
mun_web_message_record (MunWebRequest *request, JsonObject *info, const char *id, guint rights);
/* Answers that it cannot be read. */
void
mun_web_message_fail (MunWebRequest *request, const GError *error);

/* What of something is asked for. */
typedef struct {
  guint64 size; /* of all of it; MUN_WEB_STREAM_TO_END: not known */
  guint64 start, length;
  guint status; /* 200 or 206 */
  const char *etag;
} MunWebStretch;

/* TRUE: the request wants one part (RFC 9110 section 14), or the length. */
gboolean
mun_web_stretch_needs_size (MunWebRequest *request, const char *etag);
/* @etag: of the answer; outlives the stretch. FALSE: there is no such stretch, and that is the
 * answer. */
gboolean
mun_web_stretch_choose (MunWebRequest *request, guint64 size, const char *etag,
                        MunWebStretch *stretch);
/* @stream: (transfer full): of that stretch. */
void
mun_web_stretch_reply (MunWebRequest *request, const MunWebStretch *stretch,
                       const char *content_type, MunWebStream *stream);
