/* timezone.h: Windows time zone names and the timestamps of the contract */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* mun_timezone_lookup: the zone that a timeZoneId argument names.
 * @id: a Windows name such as "W. Europe Standard Time", or "$Local" for the zone of this machine.
 * The names map to IANA zones by CLDR's windowsZones, territory 001.
 * Returns: (transfer full): free with g_time_zone_unref(). Error: MUN_ERROR_INVALID. */
GTimeZone *
mun_timezone_lookup (const char *id, GError **error);

/* mun_timezone_list: the result of GetTimeZones: [{"id","displayName"}], from west to east.
 * Returns: (transfer full). */
JsonNode *
mun_timezone_list (void);

/* mun_timestamp_format: YYYY-MM-DDTHH:MM:SS in @zone; NULL is UTC. Returns: (transfer full). */
char *
mun_timestamp_format (gint64 unix_seconds, GTimeZone *zone);

/* mun_timestamp_parse: reads YYYY-MM-DDTHH:MM:SS in @zone (NULL is UTC) and nothing else: like a
 * MailStore Server, it refuses a zone letter and fractions with "String was not recognized as a
 * valid DateTime".
 * @out: Unix time in seconds. Error: MUN_ERROR_INVALID. */
gboolean
mun_timestamp_parse (const char *text, GTimeZone *zone, gint64 *out, GError **error);

/* The table behind the functions above; it ends with an entry whose names are NULL. */
typedef struct {
  const char *windows;
  const char *iana;
} MunTimezoneEntry;

extern const MunTimezoneEntry mun_timezone_table[];

G_END_DECLS
