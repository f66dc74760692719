/* header-fields.c: the header of a message: where it is, and what it says */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-message"

#include "header-fields.h"

#include "part-walk.h"
#include "text-decode.h"

#include "text.h"

#include <string.h>

/* How many bytes stand before the header fields. */
gsize
mun_header_find_start (const char *data, gsize size)
{
  gsize start = 0;

  while (start < size && (data[start] == '\n' || data[start] == '\r'))
    start++;
  if (size - start > 5 && memcmp (data + start, "From ", 5) == 0) {
    const char *end = memchr (data + start, '\n', size - start);

    start = end != NULL ? end + 1 - data : size;
  }
  return start;
}

/* RFC 5322 section 2.2: printable ASCII but the colon, then a colon (white space before it was once
 * allowed). */
gboolean
mun_header_is_field (const char *data, gsize size)
{
  gsize n = 0;

  while (n < size && data[n] > ' ' && data[n] < 127 && data[n] != ':')
    n++;
  if (n == 0)
    return FALSE;
  while (n < size && (data[n] == ' ' || data[n] == '\t'))
    n++;
  return n < size && data[n] == ':';
}

gsize
mun_header_get_length (const char *data, gsize size)
{
  const char *line = data;

  while (line < data + size) {
    const char *end = memchr (line, '\n', data + size - line);

    if (*line == '\n' || (*line == '\r' && end == line + 1))
      return line - data;
    if (end == NULL)
      break;
    line = end + 1;
  }
  return size;
}

static gboolean
is_address_field (const char *line, gsize size)
{
  static const char *const names[]
      = { "from:",   "to:",          "cc:",   "bcc:",         "sender:",    "reply-to:",
          "resent-", "disposition-", "mail-", "return-path:", "errors-to:", "return-receipt-" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (size > strlen (names[i])
        && g_ascii_strncasecmp (line, names[i], strlen (names[i]) - 1) == 0)
      return TRUE;
  return FALSE;
}

gboolean
mun_header_is_hostile (const char *data, gsize size)
{
  const char *end = data + size;
  guint colons = 0;
  gboolean counting = FALSE;

  for (const char *line = data; line < end;) {
    const char *next = memchr (line, '\n', end - line);

    next = next != NULL ? next + 1 : end;
    if (*line != ' ' && *line != '\t') {
      counting
          = strchr ("FfTtCcBbSsRrDdMmEe", *line) != NULL && is_address_field (line, next - line);
      colons = 0;
    }
    for (const char *p = line; counting && p < next; p++)
      colons += *p == ':';
    if (colons > 2000)
      return TRUE;
    line = next;
  }
  return FALSE;
}

char *
mun_header_dup_valid (const char *text, gsize limit)
{
  char *valid = text != NULL ? mun_text_make_valid (text, -1) : g_strdup ("");

  mun_text_cut (valid, limit);
  for (char *p = valid; *p != '\0'; p++)
    if (*p == '\n' || *p == '\r' || *p == '\t')
      *p = ' ';
  return g_strstrip (valid);
}

static char *
dup_addresses (GMimeMessage *message, GMimeAddressType type)
{
  InternetAddressList *list = g_mime_message_get_addresses (message, type);
  g_autofree char *text = NULL;

  if (list == NULL || internet_address_list_length (list) == 0)
    return g_strdup ("");
  text = internet_address_list_to_string (list, NULL, FALSE);
  return mun_header_dup_valid (text, MUN_LIMIT_ADDRESSES);
}

static void
collect_addresses (InternetAddressList *list, GHashTable *seen, GPtrArray *found, guint depth)
{
  int count = list != NULL ? internet_address_list_length (list) : 0;

  for (int i = 0; i < count && depth < 4; i++) {
    InternetAddress *address = internet_address_list_get_address (list, i);

    if (INTERNET_ADDRESS_IS_GROUP (address))
      collect_addresses (internet_address_group_get_members (INTERNET_ADDRESS_GROUP (address)),
                         seen, found, depth + 1);
    else if (INTERNET_ADDRESS_IS_MAILBOX (address)) {
      const char *spec = internet_address_mailbox_get_addr (INTERNET_ADDRESS_MAILBOX (address));
      g_autofree char *valid = spec != NULL ? mun_text_make_valid (spec, -1) : NULL;
      g_autofree char *lower = valid != NULL ? g_utf8_strdown (valid, -1) : NULL;

      if (lower != NULL && *lower != '\0' && g_hash_table_add (seen, g_strdup (lower)))
        g_ptr_array_add (found, g_steal_pointer (&lower));
    }
  }
}

static GStrv
all_addresses (GMimeMessage *message)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *found = g_ptr_array_new ();
  const GMimeAddressType types[] = { GMIME_ADDRESS_TYPE_FROM, GMIME_ADDRESS_TYPE_TO,
                                     GMIME_ADDRESS_TYPE_CC, GMIME_ADDRESS_TYPE_BCC };

  for (gsize i = 0; message != NULL && i < G_N_ELEMENTS (types); i++)
    collect_addresses (g_mime_message_get_addresses (message, types[i]), seen, found, 0);
  g_ptr_array_add (found, NULL);
  return (GStrv)g_ptr_array_free (found, FALSE);
}

static const char *
header (GMimeMessage *message, const char *name)
{
  return g_mime_object_get_header (GMIME_OBJECT (message), name);
}

static MunPriority
read_priority (GMimeMessage *message)
{
  const char *x_priority = header (message, "X-Priority");
  const char *importance = header (message, "Importance");
  const char *priority = header (message, "Priority");

  if (x_priority != NULL) {
    x_priority += strspn (x_priority, " \t");
    if (*x_priority == '1' || *x_priority == '2')
      return MUN_PRIORITY_HIGH;
    if (*x_priority == '4' || *x_priority == '5')
      return MUN_PRIORITY_LOW;
  }
  if (importance != NULL && g_ascii_strncasecmp (importance, "high", 4) == 0)
    return MUN_PRIORITY_HIGH;
  if (importance != NULL && g_ascii_strncasecmp (importance, "low", 3) == 0)
    return MUN_PRIORITY_LOW;
  if (priority != NULL && g_ascii_strncasecmp (priority, "urgent", 6) == 0)
    return MUN_PRIORITY_HIGH;
  if (priority != NULL && g_ascii_strncasecmp (priority, "non-urgent", 10) == 0)
    return MUN_PRIORITY_LOW;
  return MUN_PRIORITY_NORMAL;
}

static void
set_empty (MunHeaderFields *self)
{
  char **members[] = { &self->subject, &self->from,     &self->to,        &self->cc,
                       &self->bcc,     &self->reply_to, &self->message_id };

  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    *members[i] = g_strdup ("");
}

void
mun_header_fields_read (MunHeaderFields *self, GMimeMessage *message)
{
  GDateTime *date;

  memset (self, 0, sizeof *self);
  self->addresses = all_addresses (message);
  if (message == NULL) {
    set_empty (self);
    return;
  }
  date = g_mime_message_get_date (message);
  self->subject = mun_header_dup_valid (g_mime_message_get_subject (message), 64 * 1024);
  self->from = dup_addresses (message, GMIME_ADDRESS_TYPE_FROM);
  if (*self->from == '\0') {
    g_free (self->from);
    self->from = dup_addresses (message, GMIME_ADDRESS_TYPE_SENDER);
  }
  self->to = dup_addresses (message, GMIME_ADDRESS_TYPE_TO);
  self->cc = dup_addresses (message, GMIME_ADDRESS_TYPE_CC);
  self->bcc = dup_addresses (message, GMIME_ADDRESS_TYPE_BCC);
  self->reply_to = dup_addresses (message, GMIME_ADDRESS_TYPE_REPLY_TO);
  self->message_id = mun_header_dup_valid (g_mime_message_get_message_id (message), 1024);
  self->date = date != NULL ? g_date_time_to_unix (date) : 0;
  self->priority = read_priority (message);
}

void
mun_header_fields_clear (MunHeaderFields *self)
{
  g_free (self->subject);
  g_free (self->from);
  g_free (self->to);
  g_free (self->cc);
  g_free (self->bcc);
  g_free (self->reply_to);
  g_free (self->message_id);
  g_strfreev (self->addresses);
}
