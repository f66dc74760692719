/* mun-words.h: numbers, sizes, dates and errors in words for people, in the user's language (no
 * GTK) */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* All results are owned by the caller unless they are const. Times are seconds since 1970 in UTC,
 * shown in local time. */

/* "1,204": with the locale's separator, else the translation's. */
char *
mun_words_count (gint64 number);
/* "1,204 messages", "1 user". */
char *
mun_words_messages (gint64 number);
/* "12.5 MB": powers of ten; "" below 0. */
char *
mun_words_size (gint64 bytes);
/* "23 Nov 2026"; "" for 0. */
char *
mun_words_date (gint64 time);
/* "23 Nov 2026, 14:05". */
char *
mun_words_date_time (gint64 time);
/* With weekday, seconds and zone: for tooltips. */
char *
mun_words_date_exact (gint64 time);
/* For lists: "14:05" today, "Yesterday", "23 Nov" this year, else "23 Nov 2026". */
char *
mun_words_date_short (gint64 time, gint64 now);
/* "just now", "3 minutes ago", "2 days ago", then the date. */
char *
mun_words_ago (gint64 time, gint64 now);
/* "12 s", "3 min", "2 h 5 min", "3 d 4 h": rounded to two units. */
char *
mun_words_duration (gint64 seconds);
/* "120 messages/s", "0.5 messages/s"; "" for 0 and below. */
char *
mun_words_rate (double messages_per_second);
/* "expires in 412 days", "expires today", "expired 3 days ago". */
char *
mun_words_days_left (gint64 days);
/* A time of the contract (YYYY-MM-DDTHH:MM:SS, no zone) that the server gave in the zone $Local of
 * this computer; 0 for anything else. */
gint64
mun_words_parse_time (const char *timestamp);

/* The sentence for an error: what happened and what to do next. Never NULL; unknown errors give
 * their own message. */
char *
mun_words_for_error (const GError *error);
/* A short heading for the same: "Wrong user name or password", "Server not reached" … */
const char *
mun_words_error_title (const GError *error);

/* Plain text made safe where a widget insists on Pango markup. */
char *
mun_words_escape (const char *plain);

/* What the archive notes of a malformed message, in the user's language. Borrowed. */
const char *
mun_words_damage (const char *note);

G_END_DECLS
