/* mun-words.c: numbers, sizes, dates and errors in words for people, in the user's language */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-words"

#include "mun-words.h"

#include "errors.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* The C locale has no separator, yet a translation shown in it should have its own. */
static const char *
thousands_separator (void)
{
  const char *separator = localeconv ()->thousands_sep;

  if (separator && *separator && g_utf8_validate (separator, -1, NULL))
    return separator;
  /* Translators: what stands between groups of three digits: 1,204 */
  return C_ ("thousands separator", ",");
}

char *
mun_words_count (gint64 number)
{
  g_autofree char *digits
      = g_strdup_printf ("%" G_GUINT64_FORMAT, number < 0 ? -(guint64)number : (guint64)number);
  GString *text = g_string_new (number < 0 ? "−" : NULL);
  const char *separator = thousands_separator ();
  gsize length = strlen (digits);

  for (gsize i = 0; i < length; i++) {
    if (i > 0 && (length - i) % 3 == 0)
      g_string_append (text, separator);
    g_string_append_c (text, digits[i]);
  }
  return g_string_free (text, FALSE);
}

char *
mun_words_messages (gint64 number)
{
  g_autofree char *count = mun_words_count (number);

  /* Translators: %s is a number like “1,204” */
  return g_strdup_printf (ngettext ("%s message", "%s messages", MAX (number, 0)), count);
}

char *
mun_words_size (gint64 bytes)
{
  if (bytes < 0)
    return g_strdup ("");
  return g_format_size (bytes);
}

static char *
format_time (gint64 time, const char *format)
{
  g_autoptr (GDateTime) moment = NULL;
  char *text;

  if (time == 0)
    return g_strdup ("");
  moment = g_date_time_new_from_unix_local (time);
  text = moment ? g_date_time_format (moment, format) : NULL;
  return text ? text : g_strdup ("");
}

char *
mun_words_date (gint64 time)
{
  /* Translators: a date in g_date_time_format() notation: 23 Nov 2026 */
  return format_time (time, C_ ("date", "%-e %b %Y"));
}

char *
mun_words_date_time (gint64 time)
{
  /* Translators: date and time in g_date_time_format() notation: 23 Nov 2026, 14:05 */
  return format_time (time, C_ ("date", "%-e %b %Y, %H:%M"));
}

char *
mun_words_date_exact (gint64 time)
{
  /* Translators: an exact time in g_date_time_format() notation: Monday 23 November 2026, 14:05:09
   * CET */
  return format_time (time, C_ ("date", "%A %-e %B %Y, %H:%M:%S %Z"));
}

/* Days between the local dates of two times; 0 on the same day. */
static int
days_between (GDateTime *earlier, GDateTime *later)
{
  GDate first, second;

  g_date_clear (&first, 1);
  g_date_clear (&second, 1);
  g_date_set_dmy (&first, g_date_time_get_day_of_month (earlier), g_date_time_get_month (earlier),
                  g_date_time_get_year (earlier));
  g_date_set_dmy (&second, g_date_time_get_day_of_month (later), g_date_time_get_month (later),
                  g_date_time_get_year (later));
  return g_date_days_between (&first, &second);
}

char *
mun_words_date_short (gint64 time, gint64 now)
{
  g_autoptr (GDateTime) moment = g_date_time_new_from_unix_local (time);
  g_autoptr (GDateTime) today = g_date_time_new_from_unix_local (now);
  int days;

  if (time == 0 || !moment || !today || g_date_time_get_year (moment) < 1)
    return g_strdup ("");
  days = days_between (moment, today);
  if (days == 0)
    return g_date_time_format (moment, C_ ("date", "%H:%M"));
  if (days == 1)
    return g_strdup (_ ("Yesterday"));
  if (g_date_time_get_year (moment) == g_date_time_get_year (today))
    /* Translators: a date of this year in g_date_time_format() notation: 23 Nov */
    return g_date_time_format (moment, C_ ("date", "%-e %b"));
  return mun_words_date (time);
}

char *
mun_words_ago (gint64 time, gint64 now)
{
  gint64 seconds = now - time;

  if (time == 0)
    return g_strdup ("");
  if (seconds < 0 || seconds > 30 * DAY)
    return mun_words_date (time);
  if (seconds < MINUTE)
    return g_strdup (_ ("just now"));
  if (seconds < HOUR)
    return g_strdup_printf (ngettext ("%d minute ago", "%d minutes ago", seconds / MINUTE),
                            (int)(seconds / MINUTE));
  if (seconds < DAY)
    return g_strdup_printf (ngettext ("%d hour ago", "%d hours ago", seconds / HOUR),
                            (int)(seconds / HOUR));
  return g_strdup_printf (ngettext ("%d day ago", "%d days ago", seconds / DAY),
                          (int)(seconds / DAY));
}

char *
mun_words_duration (gint64 seconds)
{
  seconds = MAX (seconds, 0);
  if (seconds < MINUTE)
    /* Translators: a duration in seconds */
    return g_strdup_printf (_ ("%d s"), (int)seconds);
  if (seconds < HOUR)
    /* Translators: a duration in minutes */
    return g_strdup_printf (_ ("%d min"), (int)((seconds + MINUTE / 2) / MINUTE));
  if (seconds < DAY) {
    int minutes = (seconds + MINUTE / 2) / MINUTE;

    if (minutes % 60 == 0)
      /* Translators: a duration in hours */
      return g_strdup_printf (_ ("%d h"), minutes / 60);
    /* Translators: a duration in hours and minutes */
    return g_strdup_printf (_ ("%d h %d min"), minutes / 60, minutes % 60);
  }
  if (seconds % DAY < HOUR)
    /* Translators: a duration in days */
    return g_strdup_printf (_ ("%d d"), (int)(seconds / DAY));
  /* Translators: a duration in days and hours */
  return g_strdup_printf (_ ("%d d %d h"), (int)(seconds / DAY), (int)(seconds % DAY / HOUR));
}

char *
mun_words_rate (double messages_per_second)
{
  g_autofree char *number = NULL;

  if (messages_per_second <= 0)
    return g_strdup ("");
  if (messages_per_second < 10)
    number = g_strdup_printf ("%.1f", messages_per_second);
  else
    number = mun_words_count ((gint64)(messages_per_second + 0.5));
  /* Translators: how fast mail is archived; %s is a number */
  return g_strdup_printf (_ ("%s messages/s"), number);
}

char *
mun_words_days_left (gint64 days)
{
  if (days < 0)
    return g_strdup_printf (ngettext ("expired %d day ago", "expired %d days ago", -days),
                            (int)-days);
  if (days == 0)
    return g_strdup (_ ("expires today"));
  return g_strdup_printf (ngettext ("expires in %d day", "expires in %d days", days), (int)days);
}

gint64
mun_words_parse_time (const char *timestamp)
{
  g_autoptr (GTimeZone) zone = NULL;
  g_autoptr (GDateTime) moment = NULL;

  if (!timestamp || !*timestamp)
    return 0;
  zone = g_time_zone_new_local ();
  moment = g_date_time_new_from_iso8601 (timestamp, zone);
  return moment ? g_date_time_to_unix (moment) : 0;
}

typedef struct {
  int code;
  const char *title;
  const char *advice; /* NULL: the error's own message says it */
} ErrorWords;

static const ErrorWords own_errors[] = {
  { MUN_ERROR_FAILED, N_ ("Something Went Wrong"), NULL },
  { MUN_ERROR_INVALID, N_ ("Not Accepted"), NULL },
  { MUN_ERROR_NOT_FOUND, N_ ("Not Found"), NULL },
  { MUN_ERROR_EXISTS, N_ ("Already Exists"), NULL },
  { MUN_ERROR_DENIED, N_ ("Not Permitted"),
    N_ ("The server does not permit this to the signed-in user. An administrator can change the "
        "user’s privileges.") },
  { MUN_ERROR_AUTHENTICATION, N_ ("Wrong User Name or Password"),
    N_ ("The server refused the user name or the password. Check both, then try again.") },
  { MUN_ERROR_UNREACHABLE, N_ ("Server Not Reached"),
    N_ ("The server does not answer. Check its address and port, that it is running, and that no "
        "firewall stands between.") },
  { MUN_ERROR_UNTRUSTED, N_ ("Unknown Certificate"),
    N_ ("The server’s certificate is not trusted by this computer. Compare its fingerprint with "
        "the server’s before trusting it.") },
  { MUN_ERROR_CERTIFICATE_CHANGED, N_ ("The Server’s Certificate Has Changed"),
    N_ ("The server shows another certificate than the one that was trusted. Nothing was sent to "
        "it. If its administrator renewed the certificate, remove the old fingerprint from the "
        "saved server and connect again.") },
  { MUN_ERROR_NOT_AN_ARCHIVE, N_ ("Not an Archive Server"),
    N_ ("Something answers at this address, but it is not an archive server’s Administration API. "
        "Check the port; it is usually 8463.") },
  { MUN_ERROR_PROTOCOL, N_ ("Unexpected Answer"),
    N_ ("The server’s answer could not be understood.") },
  { MUN_ERROR_UNSUPPORTED, N_ ("Not Available on This Server"),
    N_ ("This server does not offer that function.") },
  { MUN_ERROR_BUSY, N_ ("Busy"), NULL },
  { MUN_ERROR_THROTTLED, N_ ("Slowed Down"),
    N_ ("The other side asks to slow down. Try again in some minutes.") },
  { MUN_ERROR_EXPIRED, N_ ("Expired"), NULL },
  { MUN_ERROR_NO_SPACE, N_ ("No Space Left"),
    N_ ("There is no space left on the disk. Free some, then try again.") },
  { MUN_ERROR_DAMAGED, N_ ("Damaged Data"), NULL },
  { MUN_ERROR_READ_ONLY, N_ ("Write-Protected"), NULL },
  { MUN_ERROR_TOO_LARGE, N_ ("Too Large"), NULL },
  { MUN_ERROR_KEYRING_LOCKED, N_ ("Keyring Locked"),
    N_ ("The keyring that holds passwords and keys is locked. Unlock it, then try again.") },
  { MUN_ERROR_KEYRING_UNAVAILABLE, N_ ("No Keyring"),
    N_ ("This desktop has no password service running, so nothing can be kept safely. Start GNOME "
        "Keyring or another secret service.") },
  { MUN_ERROR_PASSWORD_NEEDED, N_ ("Password Needed"), N_ ("A password is needed to read this.") },
  { MUN_ERROR_CHANGED_ELSEWHERE, N_ ("Changed Elsewhere"),
    N_ ("Somebody else changed this in the meantime. Look at the new state, then change it "
        "again.") },
};

static const ErrorWords *
find_words (const GError *error)
{
  static const ErrorWords unreachable = { 0, N_ ("Server Not Reached"), NULL };

  if (error->domain == MUN_ERROR) {
    for (gsize i = 0; i < G_N_ELEMENTS (own_errors); i++)
      if (own_errors[i].code == error->code)
        return &own_errors[i];
  }
  if (error->domain == G_RESOLVER_ERROR
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE)
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT)) {
    static ErrorWords io;

    io = unreachable;
    io.advice = own_errors[MUN_ERROR_UNREACHABLE].advice;
    return &io;
  }
  return &own_errors[0];
}

/* What the archive says about a search is in the translations; everything else is shown as it comes.
 */
static char *
translate (const char *sentence)
{
  static const char start[] = "Search text, at character ";
  char *end = NULL;

  if (g_str_has_prefix (sentence, start)) {
    guint position = g_ascii_strtoull (sentence + strlen (start), &end, 10);

    if (g_str_has_prefix (end, ": ") && end[2])
      /* Translators: %s is what is wrong there, such as "a parenthesis is not closed". */
      return g_strdup_printf (_ ("Search text, at character %u: %s"), position, _ (end + 2));
  }
  return g_strdup (*sentence ? _ (sentence) : "");
}

char *
mun_words_for_error (const GError *error)
{
  const ErrorWords *words;

  g_return_val_if_fail (error != NULL, g_strdup (""));

  words = find_words (error);
  if (words->advice)
    return g_strdup (_ (words->advice));
  return translate (error->message);
}

const char *
mun_words_error_title (const GError *error)
{
  g_return_val_if_fail (error != NULL, "");

  return _ (find_words (error)->title);
}

char *
mun_words_escape (const char *plain)
{
  return g_markup_escape_text (plain ? plain : "", -1);
}

const char *
mun_words_damage (const char *note)
{
  /* As the archive has them; others are shown as they come. */
  static const char *const known[] = {
    N_ ("a message inside this message cannot be read"),
    N_ ("a multipart body has no parts"),
    N_ ("parts are nested too deep; the inner ones were not read"),
    N_ ("there are too many parts; the last ones were not read"),
    N_ ("the message has no readable body"),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_strcmp0 (note, known[i]) == 0)
      return _ (known[i]);
  return note;
}
