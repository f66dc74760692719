/* read-xml.c: the text in the XML files of documents */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "readers.h"

#include <libxml/xmlreader.h>
#include <string.h>

/* One file being read. */
typedef struct {
  MunXmlContent content;
  MunReply *reply;
  guint wanted;       /* elements round this place whose text counts */
  guint unwanted;     /* elements round it whose text does not, whatever else is round it */
  gboolean is_number; /* the cell's value is a value: neither a truth nor the number of a text */
  gboolean is_encrypted;
} Walk;

static gboolean
is_wanted (Walk *self, const char *name)
{
  static const char *const properties[]
      = { "title", "subject", "description", "keywords", "keyword", "creator", NULL };

  switch (self->content) {
  case MUN_XML_OFFICE:
    return strcmp (name, "t") == 0 || (strcmp (name, "v") == 0 && self->is_number);
  case MUN_XML_OPEN:
    return strcmp (name, "p") == 0 || strcmp (name, "h") == 0;
  case MUN_XML_PROPERTIES:
    return g_strv_contains (properties, name);
  case MUN_XML_MANIFEST:
  default:
    return FALSE;
  }
}

/* How a word is read aloud stands beside it. */
static gboolean
is_unwanted (Walk *self, const char *name)
{
  return self->content == MUN_XML_OFFICE && strcmp (name, "rPh") == 0;
}

static gboolean
ends_line (Walk *self, const char *name)
{
  static const char *const lines[] = { "p", "h", "si", "c", "comment", NULL };

  return g_strv_contains (lines, name)
         || (self->content == MUN_XML_PROPERTIES && is_wanted (self, name));
}

static gboolean
is_gap (Walk *self, const char *name)
{
  static const char *const office[] = { "tab", "br", "cr", NULL };
  static const char *const open[] = { "tab", "s", "line-break", NULL };

  return g_strv_contains (self->content == MUN_XML_OFFICE ? office : open, name);
}

static gboolean
has_number (xmlTextReaderPtr reader)
{
  static const char *const others[] = { "s", "b", "e", NULL };
  xmlChar *type = xmlTextReaderGetAttribute (reader, BAD_CAST "t");
  gboolean is_other = type != NULL && g_strv_contains (others, (const char *)type);

  xmlFree (type);
  return !is_other;
}

static void
add_name (Walk *self, xmlTextReaderPtr reader)
{
  xmlChar *value = xmlTextReaderGetAttribute (reader, BAD_CAST "name");

  if (value != NULL && mun_reply_text (self->reply, (const char *)value, -1))
    mun_reply_line (self->reply);
  xmlFree (value);
}

static void
begin_element (Walk *self, xmlTextReaderPtr reader, const char *name)
{
  if (self->content == MUN_XML_OFFICE && strcmp (name, "c") == 0)
    self->is_number = has_number (reader);
  if (self->content == MUN_XML_OFFICE && strcmp (name, "sheet") == 0)
    add_name (self, reader);
  if (self->content == MUN_XML_MANIFEST && strcmp (name, "encryption-data") == 0)
    self->is_encrypted = TRUE;
  if (is_gap (self, name) && !self->reply->has_line)
    mun_reply_text (self->reply, " ", 1);
  if (xmlTextReaderIsEmptyElement (reader))
    return;
  self->wanted += is_wanted (self, name);
  self->unwanted += is_unwanted (self, name);
}

static void
end_element (Walk *self, const char *name)
{
  self->wanted -= self->wanted > 0 && is_wanted (self, name);
  self->unwanted -= self->unwanted > 0 && is_unwanted (self, name);
  if (ends_line (self, name))
    mun_reply_line (self->reply);
}

static void
take_node (Walk *self, xmlTextReaderPtr reader)
{
  const char *name = (const char *)xmlTextReaderConstLocalName (reader);

  switch (xmlTextReaderNodeType (reader)) {
  case XML_READER_TYPE_ELEMENT:
    begin_element (self, reader, name);
    break;
  case XML_READER_TYPE_END_ELEMENT:
    end_element (self, name);
    break;
  case XML_READER_TYPE_TEXT:
  case XML_READER_TYPE_CDATA:
  case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
    if (self->wanted > 0 && self->unwanted == 0)
      mun_reply_text (self->reply, (const char *)xmlTextReaderConstValue (reader), -1);
    break;
  default:
    break;
  }
}

static int
close_cb (void *context)
{
  return 0;
}

MunTextOutcome
mun_read_xml (MunXmlContent content, MunXmlRead read, gpointer context, MunReply *reply)
{
  Walk self = { .content = content, .reply = reply, .is_number = TRUE };
  /* Entities stay what they are: none is expanded, none is loaded. */
  xmlTextReaderPtr reader
      = xmlReaderForIO (read, close_cb, context, NULL, NULL,
                        XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  int status = -1;

  if (reader == NULL)
    return MUN_TEXT_DAMAGED;
  while (!reply->is_full && (status = xmlTextReaderRead (reader)) == 1)
    take_node (&self, reader);
  xmlFreeTextReader (reader);
  if (self.is_encrypted)
    return MUN_TEXT_ENCRYPTED;
  return status == 0 || reply->is_full ? MUN_TEXT_COMPLETE : MUN_TEXT_DAMAGED;
}
