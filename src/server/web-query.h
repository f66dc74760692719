/* web-query.h: what the body of a search asks for */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "query.h"

/**
 * mun_web_query_parse:
 * @body: the object of POST /api/searches (contract 1.12) and Muniment's dateFrom, dateTo,
 *   archivedFrom, archivedTo: "YYYY-MM-DD", both days included, in this machine's time zone
 *
 * A member that nobody knows, or that has the wrong type, is MUN_ERROR_INVALID. The archives of the
 * query are left open.
 */
MunQuery *
mun_web_query_parse (JsonObject *body, GError **error);

/* "d-desc": d date, a archived, s subject, f from or to, z size; "-asc" or "-desc". "" is d-desc.
 */
gboolean
mun_web_query_parse_sort (const char *text, MunSortKey *key, gboolean *descending, GError **error);
