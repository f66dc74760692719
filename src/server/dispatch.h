/* dispatch.h: from the name of a function to its handler */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "functions.h"

#include "handler.h"

/* Does this server have the function? */
gboolean
mun_dispatch_has (const char *function);

/* Returns: (transfer full): what get-metadata answers: the functions that have a handler. */
JsonNode *
mun_dispatch_dup_metadata (void);

/* MunHandlers that find the function's own handler, see to it that the caller may call it, run it
 * and record what it changed. The first is for calls that came over the wire, whose caller also
 * needs the login privilege "api"; the second for those that the server makes itself. */
JsonNode *
mun_dispatch_run_remote (MunCall *call, GError **error);
JsonNode *
mun_dispatch_run_local (MunCall *call, GError **error);

/* For tests: this handler takes the place of the function's own; NULL ends that. */
void
mun_dispatch_replace (const char *function, MunHandler handler);
