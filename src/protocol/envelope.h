/* envelope.h: the reply of the Administration API */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum {
  MUN_STATUS_RUNNING,
  MUN_STATUS_SUCCEEDED,
  MUN_STATUS_FAILED,
  MUN_STATUS_CANCELLED
} MunStatus;

/* MunEnvelope: reference counted. Fill the fields directly; strings and the node are owned by it.
 */
typedef struct {
  gatomicrefcount references;
  char *error_message; /* NULL: no error */
  char *error_details; /* NULL or a longer text for the log */
  char *token;         /* NULL unless the operation goes on */
  gint64 status_version;
  MunStatus status_code;
  int percent;       /* 0 to 100, -1: not known (null) */
  char *status_text; /* NULL or a line of progress */
  JsonNode *result;  /* NULL is null */
  char *log_output;  /* NULL or what came to the log since the last reply */
} MunEnvelope;

#define MUN_TYPE_ENVELOPE (mun_envelope_get_type ())
GType
mun_envelope_get_type (void) G_GNUC_CONST;

/* mun_envelope_new: a call that finished at once: version 2, succeeded, no percentage, null result.
 */
MunEnvelope *
mun_envelope_new (void);

/* mun_envelope_new_failed: a call that failed; @error gives the message. */
MunEnvelope *
mun_envelope_new_failed (const GError *error);

MunEnvelope *
mun_envelope_ref (MunEnvelope *self);
void
mun_envelope_unref (MunEnvelope *self);

/* mun_envelope_to_text: @bom: with a byte order mark, as a MailStore Server sends it.
 * Returns: (transfer full). */
char *
mun_envelope_to_text (MunEnvelope *self, gboolean bom);

/* mun_envelope_parse: with or without byte order mark; keys may be missing, unknown ones are
 * ignored. A reply without statusCode is one of a finished call. @length in bytes, -1: to the NUL.
 * Returns: (transfer full). Error: MUN_ERROR_PROTOCOL. */
MunEnvelope *
mun_envelope_parse (const char *text, gssize length, GError **error);

/* Returns: "running", "succeeded", "failed" or "cancelled". */
const char *
mun_status_to_string (MunStatus status);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunEnvelope, mun_envelope_unref)

G_END_DECLS
