/* read-tnef.c: what Outlook wraps into winmail.dat */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "readers.h"

/* ytnef.h wants it. */
#include <stdio.h>
#include <string.h>
#include <ytnef.h>

/* Messages attached to such messages. */
#define MAX_DEPTH 8
/* A property that is an object begins with the id of its interface. */
#define INTERFACE_ID 16
/* Types of properties. */
#define TYPE_OBJECT 0x000d
#define TYPE_STRING 0x001e
#define TYPE_UNICODE 0x001f
#define TYPE_BINARY 0x0102

static MunTextOutcome
read_stream (const guint8 *bytes, gsize size, guint depth, MunReply *reply);

/* A property with something in it, or NULL. */
static variableLength *
find (MAPIProps *properties, guint type, guint id)
{
  variableLength *value = MAPIFindProperty (properties, PROP_TAG (type, id));

  return value != MAPI_UNDEFINED && value != NULL && value->data != NULL && value->size > 0 ? value
                                                                                            : NULL;
}

static variableLength *
find_text (MAPIProps *properties, guint id)
{
  variableLength *value = find (properties, TYPE_UNICODE, id);

  return value != NULL ? value : find (properties, TYPE_STRING, id);
}

static gsize
text_length (const variableLength *value)
{
  return strnlen ((const char *)value->data, value->size);
}

static guint32
code_page (const TNEFStruct *tnef)
{
  guint32 page = 0;

  if (tnef->CodePage.data != NULL && tnef->CodePage.size >= (int)sizeof page)
    memcpy (&page, tnef->CodePage.data, sizeof page);
  return GUINT32_FROM_LE (page);
}

static void
add_text (TNEFStruct *tnef, const variableLength *value, MunReply *reply)
{
  if (value != NULL && value->data != NULL && value->size > 0)
    mun_reply_bytes (reply, code_page (tnef), value->data, text_length (value));
}

/* The library turns Unicode into UTF-8; other text is in the code page. */
static void
add_property (TNEFStruct *tnef, guint id, MunReply *reply)
{
  variableLength *value = find (&tnef->MapiProperties, TYPE_UNICODE, id);

  if (value != NULL)
    mun_reply_bytes (reply, 65001, value->data, text_length (value));
  else
    add_text (tnef, find (&tnef->MapiProperties, TYPE_STRING, id), reply);
}

static void
add_bodies (TNEFStruct *tnef, guint depth, MunReply *reply)
{
  variableLength *html = find (&tnef->MapiProperties, TYPE_BINARY, PR_BODY_HTML);

  /* The outermost one has the subject of the message that it came in. */
  if (depth > 0)
    add_property (tnef, PR_SUBJECT, reply);
  add_text (tnef, &tnef->body, reply);
  add_property (tnef, PR_BODY, reply);
  if (html != NULL)
    mun_reply_html (reply, html->data, html->size);
}

static MunTextOutcome
add_attachment (Attachment *attachment, guint depth, MunReply *reply)
{
  variableLength *name = find_text (&attachment->MAPI, PR_ATTACH_LONG_FILENAME);
  variableLength *object = find (&attachment->MAPI, TYPE_OBJECT, PR_ATTACH_DATA_OBJ);
  variableLength *data = find (&attachment->MAPI, TYPE_BINARY, PR_ATTACH_DATA_OBJ);

  if (object != NULL && object->size > INTERFACE_ID)
    return read_stream (object->data + INTERFACE_ID, object->size - INTERFACE_ID, depth + 1, reply);
  if (name == NULL && attachment->Title.data != NULL && attachment->Title.size > 0)
    name = &attachment->Title;
  if (data == NULL)
    data = &attachment->FileData;
  if (name != NULL || (data->data != NULL && data->size > 0))
    mun_reply_part (reply, name != NULL ? (const char *)name->data : "",
                    name != NULL ? text_length (name) : 0, data->data,
                    data->data != NULL && data->size > 0 ? data->size : 0);
  return MUN_TEXT_COMPLETE;
}

static MunTextOutcome
read_stream (const guint8 *bytes, gsize size, guint depth, MunReply *reply)
{
  TNEFStruct tnef;
  MunTextOutcome outcome = MUN_TEXT_COMPLETE;

  if (depth > MAX_DEPTH || size > G_MAXINT32)
    return MUN_TEXT_TOO_LARGE;
  TNEFInitialize (&tnef);
  if (TNEFParseMemory ((BYTE *)bytes, size, &tnef) < 0)
    outcome = MUN_TEXT_DAMAGED;
  /* What came before the damage is there all the same. */
  add_bodies (&tnef, depth, reply);
  for (Attachment *i = tnef.starting_attach.next; i != NULL && !reply->is_full; i = i->next) {
    MunTextOutcome inner = add_attachment (i, depth, reply);

    if (outcome == MUN_TEXT_COMPLETE)
      outcome = inner;
  }
  TNEFFree (&tnef);
  return outcome;
}

MunTextOutcome
mun_read_tnef (GBytes *data, MunReply *reply)
{
  gsize size;
  const guint8 *bytes = g_bytes_get_data (data, &size);

  return read_stream (bytes, size, 0, reply);
}
