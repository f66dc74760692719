/* text-documents.c: small documents, sound and hostile, and messages that they are attached to */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text-documents.h"

#include "text-wire.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdarg.h>
#include <string.h>

static la_ssize_t
write_cb (struct archive *zip, void *data, const void *bytes, size_t length)
{
  g_byte_array_append (data, bytes, length);
  return length;
}

static struct archive *
begin_zip (GByteArray *out)
{
  struct archive *zip = archive_write_new ();

  g_assert_cmpint (archive_write_set_format_zip (zip), ==, ARCHIVE_OK);
  archive_write_set_bytes_in_last_block (zip, 1);
  g_assert_cmpint (archive_write_open (zip, out, NULL, write_cb, NULL), ==, ARCHIVE_OK);
  return zip;
}

static void
begin_file (struct archive *zip, const char *name)
{
  struct archive_entry *entry = archive_entry_new ();

  archive_entry_set_pathname (entry, name);
  archive_entry_set_filetype (entry, AE_IFREG);
  archive_entry_set_perm (entry, 0644);
  g_assert_cmpint (archive_write_header (zip, entry), ==, ARCHIVE_OK);
  archive_entry_free (entry);
}

static GBytes *
end_zip (struct archive *zip, GByteArray *out)
{
  g_assert_cmpint (archive_write_close (zip), ==, ARCHIVE_OK);
  archive_write_free (zip);
  return g_byte_array_free_to_bytes (out);
}

GBytes *
text_documents_zip (const char *name, ...)
{
  GByteArray *out = g_byte_array_new ();
  struct archive *zip = begin_zip (out);
  va_list values;

  va_start (values, name);
  for (; name != NULL; name = va_arg (values, const char *)) {
    const char *content = va_arg (values, const char *);

    begin_file (zip, name);
    g_assert_cmpint (archive_write_data (zip, content, strlen (content)), ==, strlen (content));
  }
  va_end (values);
  return end_zip (zip, out);
}

GBytes *
text_documents_docx (const char *words)
{
  g_autofree char *document = g_strdup_printf (
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document xmlns:w=\"w\"><w:body>"
      "<w:p><w:r><w:t>%s</w:t></w:r></w:p></w:body></w:document>",
      words);

  return text_documents_zip ("[Content_Types].xml", "<Types/>", "word/document.xml", document,
                             NULL);
}

GBytes *
text_documents_pdf (const char *words)
{
  g_autofree char *page = g_strdup_printf ("BT /F 12 Tf 10 100 Td (%s) Tj ET", words);
  char *document = g_strdup_printf (
      "%%PDF-1.4\n1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj\n"
      "2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj\n"
      "3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Contents 4 0 R"
      " /Resources <</Font <</F 5 0 R>>>>>> endobj\n"
      "4 0 obj <</Length %zu>> stream\n%s\nendstream endobj\n"
      "5 0 obj <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>> endobj\n"
      "trailer <</Root 1 0 R>>\n",
      strlen (page) + 1, page);

  return g_bytes_new_take (document, strlen (document));
}

GBytes *
text_documents_bomb (void)
{
  GByteArray *out = g_byte_array_new ();
  struct archive *zip = begin_zip (out);
  const char *start = "<d><p><t>before</t></p>";
  g_autofree char *comment = g_strnfill (1024 * 1024, ' ');

  memcpy (comment, "<!--", 4);
  memcpy (comment + 1024 * 1024 - 3, "-->", 3);
  begin_file (zip, "word/document.xml");
  archive_write_data (zip, start, strlen (start));
  for (guint i = 0; i <= MUN_TEXT_MAX_UNPACKED / (1024 * 1024); i++)
    g_assert_cmpint (archive_write_data (zip, comment, 1024 * 1024), ==, 1024 * 1024);
  archive_write_data (zip, "</d>", 4);
  return end_zip (zip, out);
}

/* MS-OXTNEF 2.1.3: level, id, length, data, sum of the data. */
static void
add_attribute (GByteArray *out, guint8 level, guint32 id, gconstpointer data, guint32 length)
{
  guint32 little_id = GUINT32_TO_LE (id), little_length = GUINT32_TO_LE (length);
  guint16 sum = 0;

  for (guint32 i = 0; i < length; i++)
    sum += ((const guint8 *)data)[i];
  sum = GUINT16_TO_LE (sum);
  g_byte_array_append (out, &level, 1);
  g_byte_array_append (out, (guint8 *)&little_id, sizeof little_id);
  g_byte_array_append (out, (guint8 *)&little_length, sizeof little_length);
  g_byte_array_append (out, data, length);
  g_byte_array_append (out, (guint8 *)&sum, sizeof sum);
}

GBytes *
text_documents_tnef (const char *body, const char *name, GBytes *data)
{
  GByteArray *out = g_byte_array_new ();
  guint32 version = GUINT32_TO_LE (0x10000), code_page[2] = { GUINT32_TO_LE (1252), 0 };
  guint8 rendering[14] = { 1 };

  g_byte_array_append (out, (const guint8 *)"\x78\x9f\x3e\x22\x01\x00", 6);
  add_attribute (out, 1, 0x00089006, &version, sizeof version);
  add_attribute (out, 1, 0x00069007, code_page, sizeof code_page);
  add_attribute (out, 1, 0x0002800c, body, strlen (body) + 1);
  if (data != NULL) {
    gsize length;
    gconstpointer bytes = g_bytes_get_data (data, &length);

    add_attribute (out, 2, 0x00069002, rendering, sizeof rendering);
    add_attribute (out, 2, 0x00018010, name, strlen (name) + 1);
    add_attribute (out, 2, 0x0006800f, bytes, length);
  }
  return g_byte_array_free_to_bytes (out);
}

GBytes *
text_documents_signed (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "archive", "signed", name, NULL);
  g_autoptr (GError) error = NULL;
  char *bytes;
  gsize length;

  g_file_get_contents (path, &bytes, &length, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (bytes, length);
}

GBytes *
text_documents_fault (const char *what)
{
  char *document = g_strdup_printf ("%%PDF-fault %s", what);

  return g_bytes_new_take (document, strlen (document));
}

GBytes *
text_documents_message (const char *subject, const char *type, const char *name, GBytes *data, ...)
{
  GString *raw = g_string_new (NULL);
  va_list values;

  g_string_printf (raw,
                   "From: a@example.com\r\nTo: b@example.com\r\nSubject: %s\r\n"
                   "Date: Tue, 1 Jul 2025 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
                   "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n"
                   "Content-Type: text/plain\r\n\r\nletter\r\n",
                   subject);
  va_start (values, data);
  while (type != NULL) {
    gsize length;
    const guchar *bytes = g_bytes_get_data (data, &length);
    g_autofree char *encoded = g_base64_encode (bytes, length);

    g_string_append_printf (raw,
                            "--m\r\nContent-Type: %s\r\nContent-Transfer-Encoding: base64\r\n"
                            "Content-Disposition: attachment; filename=\"%s\"\r\n\r\n%s\r\n",
                            type, name, encoded);
    type = va_arg (values, const char *);
    if (type != NULL) {
      name = va_arg (values, const char *);
      data = va_arg (values, GBytes *);
    }
  }
  va_end (values);
  g_string_append (raw, "--m--\r\n");
  return g_string_free_to_bytes (raw);
}
