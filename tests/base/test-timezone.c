/* test-timezone.c: Windows time zone names and the timestamps of the contract */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "errors.h"
#include "json.h"
#include "timezone.h"

#include <string.h>

static GTimeZone *
lookup (const char *id)
{
  g_autoptr (GError) error = NULL;
  GTimeZone *zone = mun_timezone_lookup (id, &error);

  g_assert_no_error (error);
  g_assert_nonnull (zone);
  return zone;
}

static void
test_lookup (void)
{
  g_autoptr (GTimeZone) berlin = lookup ("W. Europe Standard Time");
  g_autoptr (GTimeZone) lower = lookup ("w. europe standard time");
  g_autoptr (GTimeZone) local = lookup ("$Local");
  g_autoptr (GTimeZone) utc = lookup ("UTC");
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (g_time_zone_get_identifier (berlin), ==, "Europe/Berlin");
  g_assert_cmpstr (g_time_zone_get_identifier (lower), ==, "Europe/Berlin");
  g_assert_cmpstr (g_time_zone_get_identifier (utc), ==, "Etc/UTC");
  g_assert_null (mun_timezone_lookup ("Europe/Berlin", &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "Europe/Berlin"));
}

/* Each entry is a zone that this machine has, and stands there once. */
static void
test_table (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = 0;

  for (const MunTimezoneEntry *entry = mun_timezone_table; entry->windows != NULL; entry++, n++) {
    g_autoptr (GTimeZone) zone = lookup (entry->windows);

    g_assert_true (g_hash_table_add (seen, (gpointer)entry->windows));
  }
  g_assert_cmpuint (n, >=, 140);
}

static void
test_list (void)
{
  g_autoptr (JsonNode) list = mun_timezone_list ();
  JsonArray *array = json_node_get_array (list);
  gboolean found = FALSE;

  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonObject *zone = json_array_get_object_element (array, i);

    if (strcmp (mun_json_get_string (zone, "id", ""), "India Standard Time") == 0) {
      g_assert_cmpstr (mun_json_get_string (zone, "displayName", NULL), ==, "(UTC+05:30) Kolkata");
      found = TRUE;
    }
  }
  g_assert_true (found);
  g_assert_cmpstr (mun_json_get_string (json_array_get_object_element (array, 0), "displayName",
                                        NULL),
                   ==, "(UTC-12:00) GMT+12");
}

static void
test_format (void)
{
  g_autoptr (GTimeZone) berlin = lookup ("W. Europe Standard Time");
  g_autofree char *utc = mun_timestamp_format (1767265200, NULL);
  g_autofree char *winter = mun_timestamp_format (1767265200, berlin);
  g_autofree char *summer = mun_timestamp_format (1782900000, berlin);
  g_autofree char *before = mun_timestamp_format (-1, NULL);
  g_autofree char *never = mun_timestamp_format (G_MININT64, NULL);
  g_autofree char *always = mun_timestamp_format (G_MAXINT64, NULL);

  g_assert_cmpstr (utc, ==, "2026-01-01T11:00:00");
  g_assert_cmpstr (winter, ==, "2026-01-01T12:00:00");
  g_assert_cmpstr (summer, ==, "2026-07-01T12:00:00");
  g_assert_cmpstr (before, ==, "1969-12-31T23:59:59");
  g_assert_cmpstr (never, ==, "0001-01-01T00:00:00");
  g_assert_cmpstr (always, ==, "9999-12-31T23:59:59");
}

static void
test_parse (void)
{
  static const char *const wrong[] = { "",
                                       "2026-01-01",
                                       "2026-01-01 12:00:00",
                                       "2026-01-01T12:00:00Z",
                                       "2026-01-01T12:00:00.000",
                                       "2026-01-01T12:00:00+01:00",
                                       "2026-13-01T12:00:00",
                                       "2026-02-30T12:00:00",
                                       "2026-01-01T24:00:00",
                                       "2026-01-01T12:60:00",
                                       "0000-01-01T12:00:00",
                                       "2026-1-01T12:00:000",
                                       "２026-01-01T12:00" };
  g_autoptr (GTimeZone) berlin = lookup ("W. Europe Standard Time");
  gint64 time = 0;

  g_assert_true (mun_timestamp_parse ("2026-01-01T12:00:00", berlin, &time, NULL));
  g_assert_cmpint (time, ==, 1767265200);
  g_assert_true (mun_timestamp_parse ("2026-07-01T12:00:00", berlin, &time, NULL));
  g_assert_cmpint (time, ==, 1782900000);
  g_assert_true (mun_timestamp_parse ("1970-01-01T00:00:01", NULL, &time, NULL));
  g_assert_cmpint (time, ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (mun_timestamp_parse (wrong[i], berlin, &time, &error));
    g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
    g_assert_cmpstr (error->message, ==, "String was not recognized as a valid DateTime");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/timezone/lookup", test_lookup);
  g_test_add_func ("/base/timezone/table", test_table);
  g_test_add_func ("/base/timezone/list", test_list);
  g_test_add_func ("/base/timestamp/format", test_format);
  g_test_add_func ("/base/timestamp/parse", test_parse);
  return g_test_run ();
}
