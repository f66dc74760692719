/* timezone.c: Windows time zone names and the timestamps of the contract */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-base"

#include "timezone.h"

#include "errors.h"
#include "json.h"

#include <string.h>

/* 1 January 2025 12:00 UTC: standard time on the northern half, which is how Windows labels its
 * zones. */
#define SAMPLE_TIME G_GINT64_CONSTANT (1735732800)

GTimeZone *
mun_timezone_lookup (const char *id, GError **error)
{
  GTimeZone *zone = NULL;

  g_return_val_if_fail (id != NULL, NULL);

  if (strcmp (id, "$Local") == 0)
    return g_time_zone_new_local ();
  for (const MunTimezoneEntry *entry = mun_timezone_table; entry->windows != NULL && zone == NULL;
       entry++)
    if (g_ascii_strcasecmp (entry->windows, id) == 0)
      zone = g_time_zone_new_identifier (entry->iana);
  if (zone == NULL)
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID, "There is no time zone “%s”", id);
  return zone;
}

static char *
display_name (const MunTimezoneEntry *entry)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (entry->iana);
  g_autoptr (GDateTime) sample = NULL;
  const char *city = strrchr (entry->iana, '/');
  g_autofree char *place
      = g_strdelimit (g_strdup (city != NULL ? city + 1 : entry->iana), "_", ' ');
  int minutes;

  if (zone == NULL)
    return g_strdup (entry->windows);
  sample = g_date_time_new_from_unix_utc (SAMPLE_TIME);
  minutes = g_time_zone_get_offset (zone, g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL,
                                                                     SAMPLE_TIME))
            / 60;
  return g_strdup_printf ("(UTC%c%02d:%02d) %s", minutes < 0 ? '-' : '+', ABS (minutes) / 60,
                          ABS (minutes) % 60, place);
}

JsonNode *
mun_timezone_list (void)
{
  JsonArray *array = json_array_new ();

  for (const MunTimezoneEntry *entry = mun_timezone_table; entry->windows != NULL; entry++) {
    g_autofree char *display = display_name (entry);
    JsonObject *object = json_object_new ();

    json_object_set_string_member (object, "id", entry->windows);
    json_object_set_string_member (object, "displayName", display);
    json_array_add_object_element (array, object);
  }
  return mun_json_node_take_array (array);
}

char *
mun_timestamp_format (gint64 unix_seconds, GTimeZone *zone)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (unix_seconds);
  g_autoptr (GDateTime) local = NULL;

  /* Beyond the years 1 to 9999 there is no such text. */
  if (utc == NULL)
    return g_strdup (unix_seconds < 0 ? "0001-01-01T00:00:00" : "9999-12-31T23:59:59");
  local = zone != NULL ? g_date_time_to_timezone (utc, zone) : g_date_time_ref (utc);
  return g_date_time_format (local != NULL ? local : utc, "%Y-%m-%dT%H:%M:%S");
}

static gboolean
has_shape (const char *text)
{
  const char *shape = "0000-00-00T00:00:00";

  if (strlen (text) != strlen (shape))
    return FALSE;
  for (gsize i = 0; shape[i] != '\0'; i++)
    if (shape[i] == '0' ? !g_ascii_isdigit (text[i]) : text[i] != shape[i])
      return FALSE;
  return TRUE;
}

static int
number_at (const char *text, gsize start, gsize digits)
{
  int value = 0;

  for (gsize i = start; i < start + digits; i++)
    value = value * 10 + g_ascii_digit_value (text[i]);
  return value;
}

gboolean
mun_timestamp_parse (const char *text, GTimeZone *zone, gint64 *out, GError **error)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = NULL;

  g_return_val_if_fail (text != NULL && out != NULL, FALSE);

  if (has_shape (text) && number_at (text, 0, 4) > 0)
    time = g_date_time_new (zone != NULL ? zone : utc, number_at (text, 0, 4),
                            number_at (text, 5, 2), number_at (text, 8, 2), number_at (text, 11, 2),
                            number_at (text, 14, 2), number_at (text, 17, 2));
  if (time == NULL) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID,
                         "String was not recognized as a valid DateTime");
    return FALSE;
  }
  *out = g_date_time_to_unix (time);
  return TRUE;
}
