/* base.h: everything that every other folder may use */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What lives here (GLib, GIO's types and json-glib; no network, no files, no other library):
 *
 *   errors.h     the error domain that all of Muniment shares
 *   json.h       reading and writing JSON that somebody else wrote
 *   text.h       identifiers, hexadecimal, base64url, comma lists, comparison of secrets
 *   timezone.h   Windows time zone names and the timestamps of the contract
 *   secret.h     locked, wiped memory for keys and passwords
 *
 * timezone-table.c is the table behind timezone.h. */

#pragma once

#include "errors.h"
#include "json.h"
#include "secret.h"
#include "text.h"
#include "timezone.h"
