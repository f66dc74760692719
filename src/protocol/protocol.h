/* protocol.h: the Administration API as both ends of the wire see it */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What lives here (no network; server, client and shell share it):
 *
 *   functions.h   the table of all functions with their arguments: the only place that declares
 *                 them; dispatch, metadata, argument checks, munimentctl's help, completion read it
 *   arguments.h   the values of one call, checked against the table; tolerance lives here
 *   envelope.h    the reply: error, token, status, result, log
 *   record.h      one JSON object as a GObject, for list models; keeps the keys it does not know
 *
 * functions-*.c hold the table, one file a group; functions-table.h is private to them. */

#pragma once

#include "arguments.h"
#include "envelope.h"
#include "functions.h"
#include "record.h"
