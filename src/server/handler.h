/* handler.h: what a function of the Administration API sees of the call it serves */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "context.h"

typedef struct _MunCall MunCall;

/**
 * MunHandler:
 *
 * Runs on a worker thread; may block. Arguments are checked against the table of src/protocol
 * already: required ones are there and have their type. The caller is an administrator.
 *
 * Returns: (transfer full) (nullable): the result; NULL with @error unset is the null result of
 *   functions that return nothing. A failure sets @error; its text reaches the caller.
 */
typedef JsonNode *(*MunHandler) (MunCall *call, GError **error);

typedef struct {
  const char *function;
  MunHandler handler;
} MunHandlerEntry;

/* One table a file, each ended by an entry of NULLs. A function is served (and listed by
 * get-metadata) when it is in one of them; dispatch.c joins them. */
extern const MunHandlerEntry mun_handlers_misc[];
extern const MunHandlerEntry mun_handlers_users[];
extern const MunHandlerEntry mun_handlers_stores[];
extern const MunHandlerEntry mun_handlers_compact[];
extern const MunHandlerEntry mun_handlers_indexes[];
extern const MunHandlerEntry mun_handlers_keys[];
extern const MunHandlerEntry mun_handlers_folders[];
extern const MunHandlerEntry mun_handlers_compliance[];
extern const MunHandlerEntry mun_handlers_profiles[];
extern const MunHandlerEntry mun_handlers_credentials[];
extern const MunHandlerEntry mun_handlers_directory[];

/* All (transfer none) and valid while the handler runs. */
MunServer *
mun_call_get_server (MunCall *call);
MunArchive *
mun_call_get_archive (MunCall *call);
MunMaster *
mun_call_get_master (MunCall *call);
const char *
mun_call_get_user (MunCall *call); /* who calls */
const char *
mun_call_get_function (MunCall *call); /* under which name */
MunArguments *
mun_call_get_arguments (MunCall *call);

/* Triggered by cancel-async and when the server stops: hand it to everything that waits. A handler
 * that ends because of it returns G_IO_ERROR_CANCELLED; the operation is then "cancelled". */
GCancellable *
mun_call_get_cancellable (MunCall *call);

/* TRUE when the cancellation came from the server's stop: the work is interrupted, not unwanted. */
gboolean
mun_call_is_stopping (MunCall *call);

/* Appends one line (the line end is added) to the operation's log; polls show it once each. */
void
mun_call_log (MunCall *call, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* What get-status shows meanwhile. @percent 0 to 100, or -1 when it is not known; @text nullable.
 */
void
mun_call_progress (MunCall *call, double percent, const char *text);

/* Adds to what the audit log will say of this call: what was there before, which message it was. */
void
mun_call_add_detail (MunCall *call, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Interim result shown by get-status while the call runs. @interim: (transfer full) (nullable) */
void
mun_call_set_result (MunCall *call, JsonNode *interim);
