/* attachment-texts.c: what is in the attachments of a message */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "attachment-texts.h"

#include "html-text.h"
#include "plain-file.h"
#include "text-decode.h"

#include <string.h>

/* What a sender may ask of us in one message. */
#define MAX_DEPTH 4
#define MAX_RUNS 100
#define MAX_TEXT (8 * 1024 * 1024)
#define MAX_TIME (60 * G_TIME_SPAN_SECOND)
/* Within so many bytes a PDF document says that it is one. */
#define PEEK 1024

#define UTF_8 65001

static const char *const pdf_names[] = { "pdf", NULL };
static const char *const package_names[]
    = { "docx", "docm", "dotx", "xlsx", "xlsm", "xltx", "pptx", "pptm",
        "ppsx", "odt",  "ott",  "ods",  "ots",  "odp",  "otp",  NULL };

/* One message. */
typedef struct {
  MunTextExtractor *extractor;
  GCancellable *cancellable;
  GPtrArray *texts;
  MunAttachmentText *current;
  guint runs;
  gsize length; /* of all texts */
  gint64 deadline;
} Reading;

static void
read_attachments (Reading *self, MunMessage *message, guint depth);

static void
free_text (gpointer data)
{
  MunAttachmentText *text = data;

  g_free (text->name);
  g_string_free (text->text, TRUE);
  g_free (text);
}

static void
begin_text (Reading *self, const char *name)
{
  MunAttachmentText *text = g_new0 (MunAttachmentText, 1);

  if (self->texts == NULL)
    self->texts = g_ptr_array_new_with_free_func (free_text);
  text->name = g_strdup (name);
  text->text = g_string_new (NULL);
  g_ptr_array_add (self->texts, text);
  self->current = text;
}

/* The first reason is kept. */
static void
note (Reading *self, MunTextOutcome outcome)
{
  if (self->current->outcome == MUN_TEXT_COMPLETE)
    self->current->outcome = outcome;
}

/* @text: valid UTF-8. A message's frames follow each other without a gap, what they belong to ends
 * with one. */
static void
add (Reading *self, const char *text)
{
  gsize length = strlen (text), room = MAX_TEXT - self->length;

  if (length > room) {
    note (self, MUN_TEXT_TOO_LARGE);
    length = room;
    while (length > 0 && (text[length] & 0xc0) == 0x80)
      length--;
  }
  g_string_append_len (self->current->text, text, length);
  self->length += length;
}

static void
add_line (Reading *self, const char *text)
{
  if (*text == '\0')
    return;
  add (self, text);
  add (self, "\n");
}

void
mun_attachment_text_join (GString *joined, const char *text, gsize length)
{
  if (joined->len > 0 && length > 0)
    g_string_append_c (joined, '\n');
  g_string_append_len (joined, text, length);
}

static gboolean
has_extension (const char *name, const char *const *extensions)
{
  const char *dot = strrchr (name, '.');
  g_autofree char *extension = dot != NULL ? g_ascii_strdown (dot + 1, -1) : NULL;

  return extension != NULL && g_strv_contains (extensions, extension);
}

/* What the bytes say counts; a signature and a document that is none are known by their labels.
 * @is_broken: it is not what its label says. */
static MunTextKind
guess_kind (const guint8 *start, gsize length, const char *type, const char *name,
            gboolean *is_broken)
{
  static const char *const signed_types[]
      = { "application/pkcs7-mime", "application/x-pkcs7-mime", NULL };
  static const char *const signed_names[] = { "p7m", NULL };

  *is_broken = FALSE;
  if (memmem (start, length, "%PDF-", 5) != NULL)
    return MUN_TEXT_KIND_PDF;
  if (length >= 4 && memcmp (start, "PK\3\4", 4) == 0)
    return MUN_TEXT_KIND_PACKAGE;
  if (length >= 4 && memcmp (start, "\x78\x9f\x3e\x22", 4) == 0)
    return MUN_TEXT_KIND_TNEF;
  if (g_strv_contains (signed_types, type) || has_extension (name, signed_names))
    return MUN_TEXT_KIND_PKCS7;
  *is_broken = strcmp (type, "application/pdf") == 0 || has_extension (name, pdf_names)
               || has_extension (name, package_names);
  return MUN_TEXT_KIND_NONE;
}

/* Office encrypts a document by putting it into a file of its old format. */
static MunTextOutcome
why_broken (const guint8 *start, gsize length)
{
  return length >= 8 && memcmp (start, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) == 0
             ? MUN_TEXT_ENCRYPTED
             : MUN_TEXT_DAMAGED;
}

static void
read_bytes (Reading *self, MunTextKind kind, GBytes *bytes, guint depth);

/* A file that came out of another one. */
static void
read_part (Reading *self, const MunTextItem *item, guint depth)
{
  gsize length;
  const char *data = g_bytes_get_data (item->data, &length);
  MunPlainFile plain = mun_plain_file_guess (NULL, item->name);
  gboolean is_broken;
  MunTextKind kind
      = guess_kind ((const guint8 *)data, MIN (length, PEEK), "", item->name, &is_broken);

  add_line (self, item->name);
  if (length == 0)
    return;
  if (kind != MUN_TEXT_KIND_NONE) {
    read_bytes (self, kind, item->data, depth);
  } else if (is_broken) {
    note (self, why_broken ((const guint8 *)data, length));
  } else if (plain != MUN_PLAIN_FILE_NO && mun_plain_file_check (data, length)) {
    gboolean is_html = plain == MUN_PLAIN_FILE_HTML;
    g_autofree char *charset = is_html ? mun_html_sniff_charset (data, length) : NULL;
    g_autofree char *text = mun_text_decode (data, length, charset);
    g_autofree char *stripped = is_html ? mun_html_to_text (text, MAX_TEXT) : NULL;

    add_line (self, stripped != NULL ? stripped : text);
  }
}

/* A message that came out of a signature. */
static void
read_message (Reading *self, const MunTextItem *item, guint depth)
{
  g_autoptr (MunMessage) message = mun_message_parse (item->data);
  const MunMessageFields *fields = mun_message_get_fields (message);

  add_line (self, fields->subject);
  add_line (self, fields->sender);
  add_line (self, fields->body);
  add_line (self, fields->names);
  add_line (self, fields->texts);
  read_attachments (self, message, depth);
}

static void
read_item (Reading *self, const MunTextItem *item, guint depth)
{
  gsize length;
  const char *data = g_bytes_get_data (item->data, &length);
  g_autofree char *charset = NULL, *text = NULL, *stripped = NULL;

  if (item->type == MUN_TEXT_FRAME_PART) {
    read_part (self, item, depth + 1);
    return;
  }
  if (item->type == MUN_TEXT_FRAME_MESSAGE) {
    read_message (self, item, depth + 1);
    return;
  }
  if (length == 0)
    return;
  if (item->type == MUN_TEXT_FRAME_HTML)
    charset = mun_html_sniff_charset (data, length);
  else if (item->type == MUN_TEXT_FRAME_TEXT || item->code_page == UTF_8)
    charset = g_strdup ("UTF-8");
  else if (item->code_page != 0)
    charset = g_strdup_printf ("CP%u", item->code_page);
  text = mun_text_decode (data, length, charset);
  if (item->type == MUN_TEXT_FRAME_HTML)
    stripped = mun_html_to_text (text, MAX_TEXT);
  if (item->type == MUN_TEXT_FRAME_TEXT)
    add (self, text);
  else
    add_line (self, stripped != NULL ? stripped : text);
}

static void
read_bytes (Reading *self, MunTextKind kind, GBytes *bytes, guint depth)
{
  g_autoptr (MunTextResult) result = NULL;

  if (depth > MAX_DEPTH || self->runs >= MAX_RUNS || self->length >= MAX_TEXT
      || g_cancellable_is_cancelled (self->cancellable)
      || (self->deadline != 0 && g_get_monotonic_time () > self->deadline)) {
    note (self, MUN_TEXT_TOO_MANY);
    return;
  }
  if (self->deadline == 0)
    self->deadline = g_get_monotonic_time () + MAX_TIME;
  self->runs++;
  result = mun_text_extractor_run (self->extractor, kind, bytes);
  note (self, result->outcome);
  for (guint i = 0; i < result->items->len; i++)
    read_item (self, g_ptr_array_index (result->items, i), depth);
}

/* What claims to be something else is looked into when its name claims that it is a document. */
static gboolean
is_worth_a_look (const MunAttachment *attachment)
{
  static const char *const others[] = { "image/", "audio/", "video/", "text/", "font/", NULL };

  for (guint i = 0; others[i] != NULL; i++)
    if (g_str_has_prefix (attachment->type, others[i]))
      return has_extension (attachment->name, pdf_names)
             || has_extension (attachment->name, package_names);
  return TRUE;
}

static void
read_attachments (Reading *self, MunMessage *message, guint depth)
{
  guint n = mun_message_get_n_attachments (message);

  for (guint i = 0; i < n; i++) {
    const MunAttachment *attachment = mun_message_get_attachment (message, i);
    guint8 start[PEEK];
    gsize length;
    gboolean is_broken;
    MunTextKind kind;

    if (!is_worth_a_look (attachment))
      continue;
    length = mun_message_peek_attachment (message, i, start, sizeof start);
    if (length == 0)
      continue;
    kind = guess_kind (start, length, attachment->type, attachment->name, &is_broken);
    if (kind == MUN_TEXT_KIND_NONE && !is_broken)
      continue;
    if (depth == 0)
      begin_text (self, attachment->name);
    if (is_broken) {
      note (self, why_broken (start, length));
    } else {
      g_autoptr (GBytes) bytes = mun_message_dup_attachment (message, i);

      read_bytes (self, kind, bytes, depth);
    }
  }
}

GPtrArray *
mun_attachment_texts_read (MunTextExtractor *extractor, MunMessage *message,
                           GCancellable *cancellable)
{
  Reading self = { .extractor = extractor, .cancellable = cancellable };

  read_attachments (&self, message, 0);
  return self.texts;
}
