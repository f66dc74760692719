/* writer.c: messages as MIME, written from a seed */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "writer.h"

#include "letter.h"
#include "malformed.h"
#include "mime.h"
#include "parts.h"

#include <string.h>

#define MEGABYTE (1024 * 1024)

void
tenant_mail_info_clear (TenantMailInfo *info)
{
  g_clear_pointer (&info->subject, g_free);
  g_clear_pointer (&info->from_name, g_free);
  g_clear_pointer (&info->from_address, g_free);
  g_clear_pointer (&info->message_id, g_free);
}

/* The value of a header line of the given name, unfolded; NULL when absent. */
static char *
header_value (const char *text, const char *name)
{
  g_autofree char *pattern = g_strdup_printf ("^%s:[ \\t]*((?:.*(?:\\n[ \\t])?)*)", name);
  g_autoptr (GRegex) regex
      = g_regex_new (pattern, G_REGEX_CASELESS | G_REGEX_MULTILINE | G_REGEX_RAW, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  if (!g_regex_match (regex, text, 0, &match))
    return NULL;
  char *value = g_match_info_fetch (match, 1);
  g_strdelimit (value, "\r\n", ' ');
  return g_strchomp (value);
}

void
tenant_mail_info_read (TenantMailInfo *info, GBytes *bytes)
{
  gsize size = g_bytes_get_size (bytes);
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), MIN (size, 32768));
  char *end = strstr (text, "\r\n\r\n");
  if (end != NULL)
    end[2] = '\0';
  g_autofree char *subject = header_value (text, "Subject");
  g_autofree char *from = header_value (text, "From");
  info->subject = subject != NULL ? g_utf8_make_valid (subject, -1) : NULL;
  info->from_address = from != NULL ? g_utf8_make_valid (from, -1) : NULL;
  info->message_id = header_value (text, "Message-ID");
  info->size = size;
}

static void
write_received (TenantLetter *letter, GString *out)
{
  const char *domain = letter->spec->owner->company->domain;
  g_autofree char *date = tenant_letter_date (letter->spec->date, &letter->dice);
  const char *host = strchr (letter->from_address, '@');
  g_string_append_printf (
      out,
      "Received: from mx.%s (198.51.100.%u) by mail.%s\r\n with SMTP id %08x for <%s>;\r\n %s\r\n",
      host != NULL ? host + 1 : "unknown.example", 1 + tenant_dice_below (&letter->dice, 250),
      domain, (guint)tenant_dice_next (&letter->dice), letter->spec->owner->mail, date);
}

static void
write_references (const TenantMailSpec *spec, GString *out)
{
  if (spec->position == 0)
    return;
  g_autofree char *last = tenant_letter_thread_id (spec, spec->position - 1);
  g_string_append_printf (out, "In-Reply-To: %s\r\nReferences:", last);
  for (guint i = 0; i < spec->position; i++) {
    g_autofree char *id = tenant_letter_thread_id (spec, i);
    g_string_append_printf (out, "%s %s", i == 0 ? "" : "\r\n", id);
  }
  g_string_append (out, "\r\n");
}

/* A colleague who gets a copy now and then. */
static void
write_copy (TenantLetter *letter, GString *out)
{
  TenantCompany *company = letter->spec->owner->company;
  TenantPerson *person
      = g_ptr_array_index (company->cast, tenant_dice_below (&letter->dice, company->n_writers));
  if (!tenant_dice_chance (&letter->dice, 20) || person->mail == NULL)
    return;
  g_autofree char *address = tenant_mime_address (person->display_name, person->mail);
  g_string_append_printf (out, "Cc: %s\r\n", address);
}

static void
write_header (TenantLetter *letter, GString *out)
{
  const TenantMailSpec *spec = letter->spec;
  static const char *const urgent[]
      = { "X-Priority: 1\r\nImportance: high\r\n", "Importance: low\r\n", NULL };
  g_autofree char *from = tenant_mime_address (letter->from_name, letter->from_address);
  g_autofree char *to = tenant_mime_address (letter->to_name, letter->to_address);
  g_autofree char *subject = tenant_mime_word (letter->subject, 9);
  g_autofree char *date = tenant_letter_date (spec->date, &letter->dice);
  if (!spec->outgoing)
    write_received (letter, out);
  g_string_append_printf (out, "From: %s\r\nTo: %s\r\n", from, to);
  write_copy (letter, out);
  g_string_append_printf (out, "Subject: %s\r\n", subject);
  if (spec->kind != TENANT_MAIL_NO_DATE)
    g_string_append_printf (out, "Date: %s\r\n", date);
  if (spec->kind != TENANT_MAIL_NO_ID)
    g_string_append_printf (out, "Message-ID: %s\r\n", letter->message_id);
  write_references (spec, out);
  if (tenant_dice_chance (&letter->dice, 5))
    g_string_append (out, tenant_dice_pick (&letter->dice, urgent));
  g_string_append (out, "MIME-Version: 1.0\r\n");
}

/* What the sender's program chooses for text. */
static void
write_text (TenantLetter *letter, GString *out, const char *subtype, const char *text)
{
  gboolean legacy
      = letter->spec->kind == TENANT_MAIL_LATIN1
        || (letter->spec->kind == TENANT_MAIL_FOREIGN && tenant_dice_chance (&letter->dice, 50));
  TenantEncoding encoding = TENANT_ENCODING_7BIT + tenant_dice_below (&letter->dice, 4);
  if (letter->spec->kind == TENANT_MAIL_LATIN1)
    encoding = TENANT_ENCODING_QUOTED;
  if (strcmp (letter->words->legacy_charset, "iso-2022-jp") == 0 && legacy)
    encoding = TENANT_ENCODING_7BIT;
  tenant_mime_text (out, subtype, legacy ? letter->words->legacy_charset : "utf-8", encoding, text,
                    NULL);
}

static char *
write_html (TenantLetter *letter, const char *text, const char *extra)
{
  GString *html = g_string_new ("<!DOCTYPE html>\n<html><head><style>p{margin:0 0 "
                                "1em}.o{color:#1a5fb4}</style></head>\n<body>\n");
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    g_autofree char *line = g_markup_escape_text (lines[i], -1);
    if (*line != '\0')
      g_string_append_printf (html, "<p>%s</p>\n", line);
  }
  g_string_append_printf (html, "<p class=\"o\"><b>%s</b></p>\n%s</body></html>\n", letter->order,
                          extra);
  return g_string_free (html, FALSE);
}

static char *
make_boundary (TenantLetter *letter)
{
  g_autofree char *id = tenant_dice_id (&letter->dice, 24);
  return g_strdup_printf ("=_%s", id);
}

static void
write_alternative (TenantLetter *letter, GString *out, const char *extra)
{
  g_autofree char *boundary = make_boundary (letter);
  g_autofree char *text = tenant_letter_text (letter, 3 + tenant_dice_below (&letter->dice, 9));
  g_autofree char *html = write_html (letter, text, extra);
  g_string_append_printf (
      out, "Content-Type: multipart/alternative;\r\n boundary=\"%s\"\r\n\r\n--%s\r\n", boundary,
      boundary);
  write_text (letter, out, "plain", text);
  g_string_append_printf (out, "\r\n--%s\r\n", boundary);
  write_text (letter, out, "html", html);
  g_string_append_printf (out, "\r\n--%s--\r\n", boundary);
}

static void
write_inline_image (TenantLetter *letter, GString *out)
{
  g_autofree char *boundary = make_boundary (letter);
  g_autofree char *id = g_strdup_printf ("logo.%s@%s", letter->order, "images.example");
  g_autofree char *extra
      = g_strdup_printf ("<p><img src=\"cid:%s\" alt=\"bars\" width=\"120\" height=\"40\"></p>\n",
                         id);
  g_autoptr (GBytes) png = tenant_parts_png (&letter->dice, 120, 40, FALSE);
  g_string_append_printf (
      out,
      "Content-Type: multipart/related; type=\"multipart/alternative\";\r\n boundary=\"%s\"\r\n\r\n"
      "--%s\r\n",
      boundary, boundary);
  write_alternative (letter, out, extra);
  g_string_append_printf (out, "\r\n--%s\r\n", boundary);
  tenant_mime_file (out, "image/png", "logo.png", id, png);
  g_string_append_printf (out, "--%s--\r\n", boundary);
}

/* The attachments of one kind of message, each behind a boundary line. */
static void
write_attachments (TenantLetter *letter, GString *out, const char *boundary)
{
  TenantDice *dice = &letter->dice;
  const char *stem = letter->words->products[0];
  g_autofree char *line = tenant_letter_sentence (letter);
  const char *lines[] = { line, letter->firm, letter->order, NULL };
  g_autofree char *name = g_strdup_printf ("%s %s", letter->order, stem);
  guint pictures = letter->spec->kind == TENANT_MAIL_IMAGES ? 2 + tenant_dice_below (dice, 3) : 0;
  g_autofree char *pdf_name = g_strconcat (name, ".pdf", NULL),
                  *docx_name = g_strconcat (name, ".docx", NULL);
  g_autofree char *csv_name = g_strconcat (letter->order, ".csv", NULL);
  g_autoptr (GBytes) pdf = tenant_parts_pdf (letter->subject, lines);
  if (letter->spec->kind == TENANT_MAIL_PDF) {
    g_string_append_printf (out, "\r\n--%s\r\n", boundary);
    tenant_mime_file (out, "application/pdf", pdf_name, NULL, pdf);
  } else if (letter->spec->kind == TENANT_MAIL_OFFICE) {
    g_autoptr (GBytes) document = tenant_parts_document (letter->subject, line);
    g_string_append_printf (out, "\r\n--%s\r\n", boundary);
    tenant_mime_file (out,
                      "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                      docx_name, NULL, document);
  } else if (letter->spec->kind == TENANT_MAIL_CSV) {
    g_autoptr (GBytes) table = tenant_parts_csv (dice, 20 + tenant_dice_below (dice, 400));
    g_string_append_printf (out, "\r\n--%s\r\n", boundary);
    tenant_mime_file (out, "text/csv; charset=utf-8", csv_name, NULL, table);
  } else if (letter->spec->kind == TENANT_MAIL_LARGE) {
    g_autoptr (GBytes) noise
        = tenant_parts_noise (dice, (1 + tenant_dice_below (dice, 6)) * (gsize)MEGABYTE);
    g_string_append_printf (out, "\r\n--%s\r\n", boundary);
    tenant_mime_file (out, "application/octet-stream", "recording.bin", NULL, noise);
  }
  for (guint i = 0; i < pictures; i++) {
    g_autofree char *picture_name = g_strdup_printf ("photo-%u.png", i + 1);
    g_autoptr (GBytes) png = tenant_parts_png (dice, 40 + tenant_dice_below (dice, 80), 60, i == 0);
    g_string_append_printf (out, "\r\n--%s\r\n", boundary);
    tenant_mime_file (out, "image/png", picture_name, NULL, png);
  }
}

static void
write_mixed (TenantLetter *letter, GString *out)
{
  g_autofree char *boundary = make_boundary (letter);
  g_autofree char *text = tenant_letter_text (letter, 2 + tenant_dice_below (&letter->dice, 5));
  letter->has_attachments = TRUE;
  g_string_append_printf (out, "Content-Type: multipart/mixed;\r\n boundary=\"%s\"\r\n\r\n--%s\r\n",
                          boundary, boundary);
  write_text (letter, out, "plain", text);
  write_attachments (letter, out, boundary);
  g_string_append_printf (out, "--%s--\r\n", boundary);
}

static void
write_forwarded (TenantLetter *letter, GString *out)
{
  g_autofree char *boundary = make_boundary (letter);
  g_autofree char *text = tenant_letter_text (letter, 2);
  TenantMailSpec inner = *letter->spec;
  inner.seed += 99;
  inner.kind = tenant_dice_chance (&letter->dice, 50) ? TENANT_MAIL_PDF : TENANT_MAIL_PLAIN;
  inner.thread = 0;
  inner.position = 0;
  inner.date -= 86400;
  g_autoptr (GBytes) bytes = tenant_writer_compose (&inner, NULL);
  letter->has_attachments = TRUE;
  g_string_append_printf (out, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n--%s\r\n",
                          boundary, boundary);
  write_text (letter, out, "plain", text);
  g_string_append_printf (
      out, "\r\n--%s\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n",
      boundary);
  g_string_append_len (out, g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes));
  g_string_append_printf (out, "\r\n--%s--\r\n", boundary);
}

static void
write_invitation (TenantLetter *letter, GString *out)
{
  g_autofree char *boundary = make_boundary (letter);
  g_autofree char *text = tenant_letter_text (letter, 1);
  g_autofree char *event
      = tenant_parts_invitation (letter->order, letter->from_address, letter->to_address,
                                 letter->subject, letter->spec->date + 7 * 86400);
  g_string_append_printf (out,
                          "Content-Type: multipart/alternative; boundary=\"%s\"\r\n\r\n--%s\r\n",
                          boundary, boundary);
  write_text (letter, out, "plain", text);
  g_string_append_printf (
      out,
      "\r\n--%s\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n"
      "Content-Transfer-Encoding: 8bit\r\n\r\n%s\r\n--%s--\r\n",
      boundary, event, boundary);
}

static void
write_newsletter (TenantLetter *letter, GString *out)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < 40; i++) {
    g_autofree char *sentence = tenant_letter_sentence (letter);
    g_string_append_printf (text, "%s\n", sentence);
  }
  g_autofree char *all = g_string_free (text, FALSE);
  g_autofree char *html = write_html (
      letter, all,
      "<img src=\"https://tracker.example/pixel.gif?id=1\" width=\"1\" height=\"1\">\n"
      "<script>document.title = 'scripts run';</script>\n"
      "<a href=\"https://news.example/unsubscribe\">unsubscribe</a>\n");
  g_string_append (out, "List-Id: Optics news <news.example>\r\nList-Unsubscribe: "
                        "<https://news.example/unsubscribe>\r\n");
  tenant_mime_text (out, "html", "utf-8", TENANT_ENCODING_QUOTED, html, NULL);
}

static void
write_bounce (TenantLetter *letter, GString *out)
{
  g_autofree char *boundary = make_boundary (letter);
  g_string_append_printf (
      out,
      "Auto-Submitted: auto-replied\r\nContent-Type: multipart/report; "
      "report-type=delivery-status;\r\n"
      " boundary=\"%s\"\r\n\r\n--%s\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
      "The message about %s could not be delivered.\r\n\r\n--%s\r\n"
      "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
      "Final-Recipient: rfc822; nobody@gone.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
      "--%s\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: %s\r\n\r\n--%s--\r\n",
      boundary, boundary, letter->order, boundary, boundary, letter->order, boundary);
}

static void
write_simple (TenantLetter *letter, GString *out)
{
  g_autofree char *text = tenant_letter_text (letter, 1 + tenant_dice_below (&letter->dice, 12));
  gboolean as_html = letter->spec->kind == TENANT_MAIL_HTML;
  g_autofree char *html = as_html ? write_html (letter, text, "") : NULL;
  write_text (letter, out, as_html ? "html" : "plain", as_html ? html : text);
}

static void
write_content (TenantLetter *letter, GString *out)
{
  switch ((TenantMailKind)letter->spec->kind) {
  case TENANT_MAIL_ALTERNATIVE:
    write_alternative (letter, out, "");
    break;
  case TENANT_MAIL_INLINE_IMAGE:
    write_inline_image (letter, out);
    break;
  case TENANT_MAIL_PDF:
  case TENANT_MAIL_IMAGES:
  case TENANT_MAIL_OFFICE:
  case TENANT_MAIL_CSV:
  case TENANT_MAIL_LARGE:
    write_mixed (letter, out);
    break;
  case TENANT_MAIL_FORWARDED:
    write_forwarded (letter, out);
    break;
  case TENANT_MAIL_INVITATION:
    write_invitation (letter, out);
    break;
  case TENANT_MAIL_NEWSLETTER:
    write_newsletter (letter, out);
    break;
  case TENANT_MAIL_BOUNCE:
    write_bounce (letter, out);
    break;
  default:
    write_simple (letter, out);
  }
}

GBytes *
tenant_writer_compose (const TenantMailSpec *spec, TenantMailInfo *info)
{
  g_auto (TenantLetter) letter = { 0 };
  GString *out = g_string_new (NULL);
  tenant_letter_begin (&letter, spec);
  if (spec->kind == TENANT_MAIL_MALFORMED) {
    tenant_malformed_write (&letter, out);
  } else {
    write_header (&letter, out);
    write_content (&letter, out);
  }
  if (info != NULL) {
    info->subject = g_strdup (letter.subject);
    info->from_name = g_strdup (letter.from_name);
    info->from_address = g_strdup (letter.from_address);
    info->message_id = spec->kind == TENANT_MAIL_NO_ID ? NULL : g_strdup (letter.message_id);
    info->has_attachments = letter.has_attachments;
    info->size = out->len;
  }
  return g_string_free_to_bytes (out);
}
