/* million-mail.c: any number of messages, made from a few thousand real ones */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-benchmark"

#include "million-mail.h"

#include <gio/gio.h>
#include <string.h>

#define FIRST_DATE 1104537600 /* 2005 */
#define YEARS 20
#define MAILBOXES 8

static void
collect (const char *path, GPtrArray *files)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  char *text;
  gsize length;

  if (dir == NULL) {
    if (g_file_get_contents (path, &text, &length, NULL))
      g_ptr_array_add (files, g_bytes_new_take (text, length));
    return;
  }
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    collect (child, files);
  }
}

MillionMail *
million_mail_new (const char *corpus, guint total)
{
  MillionMail *self = g_new0 (MillionMail, 1);

  self->files = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  self->total = total;
  collect (corpus, self->files);
  if (self->files->len == 0)
    g_error ("%s: no messages", corpus);
  return self;
}

void
million_mail_free (MillionMail *self)
{
  g_ptr_array_unref (self->files);
  g_free (self);
}

static void
append_words (MillionMail *self, guint index, GString *out)
{
  g_string_append_printf (out, " serial%u", index);
  if (index % MAX (self->total / 50, 1) == 7)
    g_string_append (out, " " MILLION_RARE);
  if (index % 20 == 1)
    g_string_append (out, " " MILLION_COMMON);
  if (index % 4 != 0)
    g_string_append (out, " " MILLION_VERY_COMMON);
}

static void
append_date (MillionMail *self, guint index, GString *out)
{
  guint64 in_box = self->total / MAILBOXES + 1;
  guint64 place = index % MAILBOXES * in_box + index / MAILBOXES;
  gint64 span = YEARS * 365LL * 24 * 3600;
  g_autoptr (GDateTime) date
      = g_date_time_new_from_unix_utc (FIRST_DATE + (gint64)(place * span / (in_box * MAILBOXES)));
  g_autofree char *text = g_date_time_format (date, "%a, %d %b %Y %H:%M:%S +0000");

  g_string_append_printf (out, "Date: %s\n", text);
}

/* The end of the header line that begins here, with what it goes on with. */
static const char *
end_of_field (const char *p, const char *end)
{
  do {
    const char *line = memchr (p, '\n', end - p);

    p = line != NULL ? line + 1 : end;
  } while (p < end && (*p == ' ' || *p == '\t'));
  return p;
}

static gboolean
is_field (const char *p, const char *end, const char *name)
{
  gsize length = strlen (name);

  return (gsize)(end - p) > length && g_ascii_strncasecmp (p, name, length) == 0;
}

GBytes *
million_mail_make (MillionMail *self, guint index)
{
  GBytes *original = g_ptr_array_index (self->files, index % self->files->len);
  gsize length;
  const char *p = g_bytes_get_data (original, &length), *end = p + length;
  GString *out = g_string_sized_new (length + 256);
  gboolean has_subject = FALSE;

  if (is_field (p, end, "From ")) {
    const char *next = end_of_field (p, end);

    g_string_append_len (out, p, next - p);
    p = next;
  }
  append_date (self, index, out);
  while (p < end && *p != '\n' && *p != '\r') {
    const char *next = end_of_field (p, end);

    if (!has_subject && is_field (p, end, "Subject:")) {
      has_subject = TRUE;
      g_string_append (out, "Subject:");
      append_words (self, index, out);
      p += strlen ("Subject:");
    }
    if (!is_field (p, end, "Date:"))
      g_string_append_len (out, p, next - p);
    p = next;
  }
  if (!has_subject) {
    g_string_append (out, "Subject:");
    append_words (self, index, out);
    g_string_append_c (out, '\n');
  }
  g_string_append_len (out, p, end - p);
  return g_string_free_to_bytes (out);
}

GBytes *
million_mail_make_plain (guint index, gsize size)
{
  GString *out = g_string_sized_new (size + 128);

  g_string_append_printf (out,
                          "From: someone@example.com\r\nTo: other@example.com\r\n"
                          "Subject: upload %u\r\n\r\n",
                          index);
  for (guint i = 0; out->len < size; i++)
    g_string_append_printf (out, "line %u of message %u, as written for it\r\n", i, index);
  return g_string_free_to_bytes (out);
}
