/* read-package.c: the text of documents that are zip files */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "readers.h"

#include <archive.h>
#include <archive_entry.h>

/* Which files hold text, in whichever kind of document. */
static const struct {
  const char *pattern;
  MunXmlContent content;
} files[] = {
  { "word/document*.xml", MUN_XML_OFFICE },
  { "word/header*.xml", MUN_XML_OFFICE },
  { "word/footer*.xml", MUN_XML_OFFICE },
  { "word/footnotes.xml", MUN_XML_OFFICE },
  { "word/endnotes.xml", MUN_XML_OFFICE },
  { "word/comments.xml", MUN_XML_OFFICE },
  { "xl/workbook.xml", MUN_XML_OFFICE },
  { "xl/sharedStrings.xml", MUN_XML_OFFICE },
  { "xl/worksheets/*.xml", MUN_XML_OFFICE },
  { "xl/comments*.xml", MUN_XML_OFFICE },
  { "ppt/slides/slide*.xml", MUN_XML_OFFICE },
  { "ppt/notesSlides/*.xml", MUN_XML_OFFICE },
  { "docProps/core.xml", MUN_XML_PROPERTIES },
  { "content.xml", MUN_XML_OPEN },
  { "styles.xml", MUN_XML_OPEN }, /* heads and feet of pages */
  { "meta.xml", MUN_XML_PROPERTIES },
  { "META-INF/manifest.xml", MUN_XML_MANIFEST },
};

/* One package being read. */
typedef struct {
  struct archive *archive;
  gsize unpacked;
  gboolean is_too_large;
} Package;

static int
read_cb (void *context, char *buffer, int length)
{
  Package *self = context;
  la_ssize_t n = archive_read_data (self->archive, buffer, length);

  if (n < 0)
    return -1;
  self->unpacked += n;
  if (self->unpacked <= MUN_TEXT_MAX_UNPACKED)
    return n;
  self->is_too_large = TRUE;
  return -1;
}

static gboolean
find_content (const char *path, MunXmlContent *content)
{
  for (gsize i = 0; path != NULL && i < G_N_ELEMENTS (files); i++)
    if (g_pattern_match_simple (files[i].pattern, path)) {
      *content = files[i].content;
      return TRUE;
    }
  return FALSE;
}

/* The first thing that is wrong counts; that it is encrypted explains all others. */
static MunTextOutcome
worse (MunTextOutcome a, MunTextOutcome b)
{
  if (a == MUN_TEXT_ENCRYPTED || b == MUN_TEXT_ENCRYPTED)
    return MUN_TEXT_ENCRYPTED;
  return a != MUN_TEXT_COMPLETE ? a : b;
}

static MunTextOutcome
read_entry (Package *self, struct archive_entry *entry, MunReply *reply)
{
  MunXmlContent content;
  MunTextOutcome outcome;

  if (!find_content (archive_entry_pathname_utf8 (entry), &content))
    return MUN_TEXT_COMPLETE;
  if (archive_entry_is_data_encrypted (entry))
    return MUN_TEXT_ENCRYPTED;
  outcome = mun_read_xml (content, read_cb, self, reply);
  if (self->is_too_large)
    return MUN_TEXT_TOO_LARGE;
  if (outcome == MUN_TEXT_COMPLETE)
    mun_reply_line (reply);
  return outcome;
}

static MunTextOutcome
read_entries (Package *self, MunReply *reply)
{
  MunTextOutcome outcome = MUN_TEXT_COMPLETE;
  struct archive_entry *entry;
  int status;

  for (guint n = 0;; n++) {
    status = archive_read_next_header (self->archive, &entry);
    if (status == ARCHIVE_EOF)
      return outcome;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
      return worse (outcome, MUN_TEXT_DAMAGED);
    if (n >= MUN_TEXT_MAX_ENTRIES)
      return worse (outcome, MUN_TEXT_TOO_LARGE);
    outcome = worse (outcome, read_entry (self, entry, reply));
    if (reply->is_full || self->is_too_large)
      return outcome;
  }
}

MunTextOutcome
mun_read_package (GBytes *data, MunReply *reply)
{
  Package self = { archive_read_new () };
  MunTextOutcome outcome = MUN_TEXT_DAMAGED;
  gsize size;
  gconstpointer bytes = g_bytes_get_data (data, &size);

  if (self.archive == NULL)
    return MUN_TEXT_DAMAGED;
  if (archive_read_support_format_zip (self.archive) == ARCHIVE_OK
      && archive_read_open_memory (self.archive, bytes, size) == ARCHIVE_OK)
    outcome = read_entries (&self, reply);
  archive_read_free (self.archive);
  return outcome;
}
