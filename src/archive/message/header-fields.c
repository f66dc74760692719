/* header-fields.c: the header of a message: where it is, and what it says */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-message"

#include "header-fields.h"

#include "part-walk.h"
#include "text-decode.h"

#include "text.h"

#include <string.h>

/* Far beyond what real mail has, and read in well under a second. */
#define MAX_COLONS 2000
#define MIN_ENCODED_TRAP (16 * 1024)
#define MAX_ENCODED_COST (32 * 1024 * 1024)
#define MAX_BOUNDARY_COST (100 * 1000 * 1000)
/* Of 12,000 addresses in a field, for which GMime takes seconds; for twice as many four times that. */
#define MAX_ADDRESS_COST (12000ull * 12000)
/* So much of one field is kept while a message is looked at in stretches. */
#define MAX_TRAP_FIELD (4 * 1024 * 1024)

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
    if (g_ascii_tolower (*line) == *names[i] && size > strlen (names[i])
        && g_ascii_strncasecmp (line, names[i], strlen (names[i]) - 1) == 0)
      return TRUE;
  return FALSE;
}

/* Groups in groups: GMime reads them by recursion. */
static gboolean
is_nested_address (const char *field, gsize size)
{
  guint colons = 0;

  if (!is_address_field (field, size))
    return FALSE;
  for (const char *p = field; (p = memchr (p, ':', field + size - p)) != NULL; p++)
    if (++colons > MAX_COLONS)
      return TRUE;
  return FALSE;
}

/* What it costs to read a list of addresses: GMime goes through it for each of them. */
static guint64
address_cost (const char *field, gsize size)
{
  guint64 commas = 0;

  if (!is_address_field (field, size))
    return 0;
  for (const char *p = field; (p = memchr (p, ',', field + size - p)) != NULL; p++)
    commas++;
  return commas * commas;
}

/* What it costs to look for the end of each encoded word (RFC 2047), when GMime does it. */
static guint64
encoded_word_cost (const char *field, gsize size)
{
  guint64 cost = 0;
  gsize end = size;

  for (gsize i = size; i > 1; i--) {
    const char *pair = field + i - 2;

    if (pair[0] == '?' && pair[1] == '=')
      end = i;
    else if (pair[0] == '=' && pair[1] == '?')
      cost += end - i;
  }
  return cost;
}

static gboolean
opens_multipart (const char *field, gsize size)
{
  static const char name[] = "content-type:";
  const char *value = field + strlen (name);

  if (g_ascii_tolower (*field) != *name || size < strlen (name)
      || g_ascii_strncasecmp (field, name, strlen (name)) != 0)
    return FALSE;
  while (value < field + size && g_ascii_isspace (*value))
    value++;
  return field + size - value > 9 && g_ascii_strncasecmp (value, "multipart", 9) == 0;
}

const char *
mun_header_find_field_end (const char *field, const char *end)
{
  const char *line = field;

  do {
    const char *next = memchr (line, '\n', end - line);

    line = next != NULL ? next + 1 : end;
  } while (line < end && (*line == ' ' || *line == '\t'));
  return line;
}

/* What one field adds; a stretch of it counts for the whole. */
static const char *
check_field (MunTrapScan *scan, const char *field, gsize size)
{
  if (strchr ("FfTtCcBbSsRrDdMmEe", *field) != NULL) {
    if (is_nested_address (field, size))
      return "an address field is nested too deep to be read";
    scan->addresses += address_cost (field, size);
    if (scan->addresses > MAX_ADDRESS_COST)
      return "it has too many addresses to be read";
  }
  if (size > MIN_ENCODED_TRAP && mun_header_is_field (field, size)
      && encoded_word_cost (field, size) > MAX_ENCODED_COST)
    return "a header field has too many unfinished encoded words to be read";
  if (size > 2 && field[0] == '-' && field[1] == '-')
    scan->dashes++;
  else if (opens_multipart (field, size))
    scan->multiparts++;
  /* Each such line is compared with the boundaries of all the parts round it. */
  if (scan->dashes * MIN (scan->multiparts, 1024) > MAX_BOUNDARY_COST)
    return "it has too many parts and lines like their boundaries to be read";
  return NULL;
}

const char *
mun_header_find_trap (const char *data, gsize size)
{
  const char *end = data + size, *trap = NULL;
  MunTrapScan scan = { 0 };

  for (const char *field = data, *next; field < end && trap == NULL; field = next) {
    next = mun_header_find_field_end (field, end);
    trap = check_field (&scan, field, next - field);
  }
  return trap;
}

/* The name of a header field, as no text has it at the start of a line of megabytes. */
static gboolean
has_field_name (const char *data, gsize size)
{
  gsize n = 0;

  while (n < MIN (size, 64) && (g_ascii_isalnum (data[n]) || data[n] == '-'))
    n++;
  return n > 0 && n < size && data[n] == ':';
}

/* What is behind the last field that is known to have ended waits for the next stretch. GMime may
 * see the end of the message there, so that it is looked at as well, without being counted. */
static const char *
keep_rest (MunTrapScan *self, const char *rest, gsize size)
{
  MunTrapScan uncounted = { NULL, self->dashes, self->multiparts, self->addresses, FALSE };

  if (size == 0)
    return NULL;
  if (size > MAX_TRAP_FIELD) {
    self->in_line = TRUE;
    return has_field_name (rest, size) ? "a header field is too long to be read" : NULL;
  }
  self->rest = g_byte_array_new ();
  g_byte_array_append (self->rest, (const guint8 *)rest, size);
  return check_field (&uncounted, rest, size);
}

const char *
mun_trap_scan_feed (MunTrapScan *self, const char *data, gsize size)
{
  g_autoptr (GByteArray) joined = g_steal_pointer (&self->rest);
  const char *field, *next, *end;

  if (self->in_line) {
    const char *newline = memchr (data, '\n', size);

    if (newline == NULL)
      return NULL;
    self->in_line = FALSE;
    size -= newline + 1 - data;
    data = newline + 1;
  }
  if (joined != NULL) {
    g_byte_array_append (joined, (const guint8 *)data, size);
    data = (const char *)joined->data;
    size = joined->len;
  }
  end = data + size;
  for (field = data; field < end && (next = mun_header_find_field_end (field, end)) < end;
       field = next) {
    const char *trap = check_field (self, field, next - field);

    if (trap != NULL)
      return trap;
  }
  return keep_rest (self, field, end - field);
}

void
mun_trap_scan_clear (MunTrapScan *self)
{
  g_clear_pointer (&self->rest, g_byte_array_unref);
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

/* An ASCII address is its own ASCII form (RFC 5890 section 2.3.2.1): GMime need not ask libidn2 for
 * it, which takes as long as reading the rest of the header. */
static void
spare_idn (InternetAddressList *list)
{
  for (int i = 0; i < internet_address_list_length (list); i++) {
    InternetAddress *address = internet_address_list_get_address (list, i);

    if (INTERNET_ADDRESS_IS_GROUP (address)) {
      spare_idn (internet_address_group_get_members (INTERNET_ADDRESS_GROUP (address)));
    } else if (INTERNET_ADDRESS_IS_MAILBOX (address)) {
      InternetAddressMailbox *mailbox = INTERNET_ADDRESS_MAILBOX (address);

      if (mailbox->idn_addr == NULL && mailbox->addr != NULL && g_str_is_ascii (mailbox->addr))
        mailbox->idn_addr = g_strdup (mailbox->addr);
    }
  }
}

static char *
dup_addresses (GMimeMessage *message, GMimeAddressType type)
{
  InternetAddressList *list = g_mime_message_get_addresses (message, type);
  g_autofree char *text = NULL;

  if (list == NULL || internet_address_list_length (list) == 0)
    return g_strdup ("");
  spare_idn (list);
  text = internet_address_list_to_string (list, NULL, FALSE);
  return mun_header_dup_valid (text, MUN_LIMIT_ADDRESSES);
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
  char **members[]
      = { &self->subject, &self->from, &self->to, &self->cc, &self->bcc, &self->message_id };

  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    *members[i] = g_strdup ("");
}

void
mun_header_fields_read (MunHeaderFields *self, GMimeMessage *message)
{
  GDateTime *date;

  memset (self, 0, sizeof *self);
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
  g_free (self->message_id);
}
