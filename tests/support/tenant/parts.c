/* parts.c: attachments that programs can open */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parts.h"

#include <string.h>

static guint32
crc32_of (const guchar *data, gsize size)
{
  guint32 crc = 0xffffffff;
  for (gsize i = 0; i < size; i++) {
    crc ^= data[i];
    for (guint bit = 0; bit < 8; bit++)
      crc = (crc >> 1) ^ (0xedb88320 & (0 - (crc & 1)));
  }
  return ~crc;
}

static guint32
adler32_of (const guchar *data, gsize size)
{
  guint32 a = 1, b = 0;
  for (gsize i = 0; i < size; i++) {
    a = (a + data[i]) % 65521;
    b = (b + a) % 65521;
  }
  return b << 16 | a;
}

static void
append_be32 (GByteArray *out, guint32 value)
{
  guint32 big = GUINT32_TO_BE (value);
  g_byte_array_append (out, (const guint8 *)&big, 4);
}

static void
append_chunk (GByteArray *out, const char *type, const guchar *data, gsize size)
{
  g_autoptr (GByteArray) typed = g_byte_array_new ();
  g_byte_array_append (typed, (const guint8 *)type, 4);
  g_byte_array_append (typed, data, size);
  append_be32 (out, (guint32)size);
  g_byte_array_append (out, typed->data, typed->len);
  append_be32 (out, crc32_of (typed->data, typed->len));
}

/* A zlib stream of stored blocks (RFC 1950, RFC 1951 section 3.2.4). */
static GByteArray *
store (const guchar *data, gsize size)
{
  static const guint8 head[] = { 0x78, 0x01 };
  GByteArray *out = g_byte_array_new ();
  g_byte_array_append (out, head, 2);
  for (gsize at = 0; at < size; at += 65535) {
    guint16 length = (guint16)MIN (size - at, 65535);
    guint8 block[5] = { at + length == size, (guint8)length, (guint8)(length >> 8), (guint8)~length,
                        (guint8)(~length >> 8) };
    g_byte_array_append (out, block, 5);
    g_byte_array_append (out, data + at, length);
  }
  append_be32 (out, adler32_of (data, size));
  return out;
}

GBytes *
tenant_parts_png (TenantDice *dice, guint width, guint height, gboolean noise)
{
  static const guint8 magic[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
  gsize stride = 1 + (gsize)width * 3;
  g_autofree guchar *pixels = g_malloc0 (stride * height);
  guint64 colours = tenant_dice_next (dice);
  for (guint y = 0; y < height; y++) {
    for (guint x = 0; x < width * 3; x++) {
      guint bar = x / 3 * 8 / width;
      pixels[y * stride + 1 + x]
          = noise ? (guchar)tenant_dice_next (dice) : (guchar)(colours >> ((bar * 3 + x % 3) % 57));
    }
  }
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GByteArray) header = g_byte_array_new (), packed = store (pixels, stride * height);
  static const guint8 tail[] = { 8, 2, 0, 0, 0 };
  append_be32 (header, width);
  append_be32 (header, height);
  g_byte_array_append (header, tail, 5);
  g_byte_array_append (out, magic, 8);
  append_chunk (out, "IHDR", header->data, header->len);
  append_chunk (out, "IDAT", packed->data, packed->len);
  append_chunk (out, "IEND", NULL, 0);
  return g_byte_array_free_to_bytes (out);
}

GBytes *
tenant_parts_pdf (const char *title, const char *const *lines)
{
  g_autoptr (GString) page = g_string_new ("BT /F1 16 Tf 60 780 Td 20 TL ");
  g_autofree char *ascii = g_str_to_ascii (title, "C");
  g_strdelimit (ascii, "()\\", ' ');
  g_string_append_printf (page, "(%s) Tj T* /F1 11 Tf ", ascii);
  for (guint i = 0; lines[i] != NULL; i++) {
    g_autofree char *line = g_str_to_ascii (lines[i], "C");
    g_strdelimit (line, "()\\", ' ');
    g_string_append_printf (page, "(%s) Tj T* ", line);
  }
  g_string_append (page, "ET");
  g_autofree char *stream
      = g_strdup_printf ("<< /Length %" G_GSIZE_FORMAT " >>\nstream\n%s\nendstream", page->len,
                         page->str);
  const char *objects[]
      = { "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
          "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
          " /Resources << /Font << /F1 5 0 R >> >> >>",
          stream, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>" };
  GString *pdf = g_string_new ("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n");
  g_autoptr (GString) table = g_string_new ("0000000000 65535 f \n");
  for (guint i = 0; i < G_N_ELEMENTS (objects); i++) {
    g_string_append_printf (table, "%010" G_GSIZE_FORMAT " 00000 n \n", pdf->len);
    g_string_append_printf (pdf, "%u 0 obj\n%s\nendobj\n", i + 1, objects[i]);
  }
  gsize start = pdf->len;
  g_string_append_printf (
      pdf,
      "xref\n0 6\n%strailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%" G_GSIZE_FORMAT "\n%%%%EOF\n",
      table->str, start);
  return g_string_free_to_bytes (pdf);
}

static void
append_le (GByteArray *out, guint32 value, guint bytes)
{
  for (guint i = 0; i < bytes; i++) {
    guint8 byte = (guint8)(value >> (8 * i));
    g_byte_array_append (out, &byte, 1);
  }
}

/* The fields that a local and a central zip header share. */
static void
append_zip_fields (GByteArray *out, const char *name, const char *text)
{
  gsize size = strlen (text);
  append_le (out, 20, 2); /* version */
  append_le (out, 0, 2);
  append_le (out, 0, 2);          /* stored */
  append_le (out, 0x5b4f6000, 4); /* a fixed time */
  append_le (out, crc32_of ((const guchar *)text, size), 4);
  append_le (out, (guint32)size, 4);
  append_le (out, (guint32)size, 4);
  append_le (out, (guint32)strlen (name), 2);
  append_le (out, 0, 2);
}

GBytes *
tenant_parts_document (const char *title, const char *text)
{
  g_autofree char *safe_title = g_markup_escape_text (title, -1),
                  *safe_text = g_markup_escape_text (text, -1);
  g_autofree char *document
      = g_strdup_printf ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<w:document "
                         "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/"
                         "main\"><w:body><w:p><w:r><w:t>%s</w:t></w:r>"
                         "</w:p><w:p><w:r><w:t>%s</w:t></w:r></w:p></w:body></w:document>",
                         safe_title, safe_text);
  const char *files[][2]
      = { { "[Content_Types].xml",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Types "
            "xmlns=\"http://schemas.openxmlformats.org/package/2006/"
            "content-types\"><Default Extension=\"rels\" "
            "ContentType=\"application/vnd.openxmlformats-package."
            "relationships+xml\"/><Override PartName=\"/word/document.xml\" "
            "ContentType=\"application/vnd."
            "openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>" },
          { "_rels/.rels", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Relationships "
                           "xmlns=\"http://schemas.openxmlformats.org/"
                           "package/2006/relationships\"><Relationship Id=\"r1\" "
                           "Type=\"http://schemas.openxmlformats.org/"
                           "officeDocument/2006/relationships/officeDocument\" "
                           "Target=\"word/document.xml\"/></Relationships>" },
          { "word/document.xml", document } };
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GByteArray) central = g_byte_array_new ();
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    guint32 offset = out->len;
    append_le (out, 0x04034b50, 4);
    append_zip_fields (out, files[i][0], files[i][1]);
    g_byte_array_append (out, (const guint8 *)files[i][0], strlen (files[i][0]));
    g_byte_array_append (out, (const guint8 *)files[i][1], strlen (files[i][1]));
    append_le (central, 0x02014b50, 4);
    append_le (central, 20, 2);
    append_zip_fields (central, files[i][0], files[i][1]);
    append_le (central, 0, 4); /* no comment, first disk */
    append_le (central, 0, 4);
    append_le (central, 0, 2);
    append_le (central, offset, 4);
    g_byte_array_append (central, (const guint8 *)files[i][0], strlen (files[i][0]));
  }
  guint32 start = out->len;
  g_byte_array_append (out, central->data, central->len);
  append_le (out, 0x06054b50, 4);
  append_le (out, 0, 4);
  append_le (out, G_N_ELEMENTS (files), 2);
  append_le (out, G_N_ELEMENTS (files), 2);
  append_le (out, central->len, 4);
  append_le (out, start, 4);
  append_le (out, 0, 2);
  return g_byte_array_free_to_bytes (out);
}

GBytes *
tenant_parts_csv (TenantDice *dice, guint rows)
{
  GString *text = g_string_new ("serial;wavelength_nm;transmission;operator;remark\r\n");
  static const char *const operators[] = { "TW", "NB", "BS", "MK", "ŁW", NULL };
  static const char *const remarks[]
      = { "", "ok", "repeat", "edge chip", "à refaire", "geprüft", NULL };
  for (guint i = 0; i < rows; i++)
    g_string_append_printf (text, "%u;%u;%u.%u;%s;%s\r\n", 40000 + tenant_dice_below (dice, 50000),
                            380 + tenant_dice_below (dice, 700), 60 + tenant_dice_below (dice, 39),
                            tenant_dice_below (dice, 10), tenant_dice_pick (dice, operators),
                            tenant_dice_pick (dice, remarks));
  return g_string_free_to_bytes (text);
}

char *
tenant_parts_invitation (const char *uid, const char *organizer, const char *attendee,
                         const char *summary, gint64 start)
{
  g_autoptr (GDateTime) from = g_date_time_new_from_unix_utc (start);
  g_autoptr (GDateTime) to = g_date_time_add_hours (from, 1);
  g_autofree char *begin = g_date_time_format (from, "%Y%m%dT%H%M%SZ"),
                  *end = g_date_time_format (to, "%Y%m%dT%H%M%SZ");
  return g_strdup_printf (
      "BEGIN:VCALENDAR\r\nPRODID:-//Alderbrook//Calendar//EN\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\n"
      "BEGIN:VEVENT\r\nUID:%s\r\nORGANIZER:mailto:%s\r\nATTENDEE;RSVP=TRUE:mailto:%s\r\n"
      "DTSTAMP:%s\r\nDTSTART:%s\r\nDTEND:%s\r\nSUMMARY:%s\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
      uid, organizer, attendee, begin, begin, end, summary);
}

GBytes *
tenant_parts_noise (TenantDice *dice, gsize size)
{
  gsize words = size / 8 + 1;
  guint64 *data = g_new (guint64, words);
  for (gsize i = 0; i < words; i++)
    data[i] = tenant_dice_next (dice);
  return g_bytes_new_take (data, size);
}
