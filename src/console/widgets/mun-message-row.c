/* mun-message-row.c: one line of a message list, which may still be on its way */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-archive"

#include "mun-message-row.h"

#include "address-names.h"
#include "mun-hits.h"
#include "mun-words.h"

#include <glib/gi18n.h>

struct _MunMessageRow {
  GObject parent_instance;

  guint position;
  guint bound;
  MunRecord *record;
  char *correspondent;
  char *date;
  char *exact_date;
  char *size;
  gint64 bytes;
  PangoAttrList *attributes; /* of the snippet */
};

G_DEFINE_FINAL_TYPE (MunMessageRow, mun_message_row, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_RECORD,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
clear_texts (MunMessageRow *self)
{
  g_clear_pointer (&self->correspondent, g_free);
  g_clear_pointer (&self->date, g_free);
  g_clear_pointer (&self->exact_date, g_free);
  g_clear_pointer (&self->size, g_free);
  g_clear_pointer (&self->attributes, pango_attr_list_unref);
}

static void
mun_message_row_finalize (GObject *object)
{
  MunMessageRow *self = MUN_MESSAGE_ROW (object);

  clear_texts (self);
  g_clear_object (&self->record);
  G_OBJECT_CLASS (mun_message_row_parent_class)->finalize (object);
}

static void
mun_message_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_RECORD)
    g_value_set_object (value, MUN_MESSAGE_ROW (object)->record);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
mun_message_row_class_init (MunMessageRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mun_message_row_finalize;
  object_class->get_property = mun_message_row_get_property;
  properties[PROP_RECORD] = g_param_spec_object ("record", NULL, NULL, MUN_TYPE_RECORD,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
mun_message_row_init (MunMessageRow *self)
{
}

MunMessageRow *
mun_message_row_new (guint position)
{
  MunMessageRow *self = g_object_new (MUN_TYPE_MESSAGE_ROW, NULL);

  self->position = position;
  return self;
}

guint
mun_message_row_get_position (MunMessageRow *self)
{
  g_return_val_if_fail (MUN_IS_MESSAGE_ROW (self), 0);
  return self->position;
}

static const char *
text (MunMessageRow *self, const char *member, const char *fallback)
{
  const char *value;

  if (!self->record)
    return "";
  value = mun_record_get_string (self->record, member, "");
  return *value ? value : fallback;
}

void
mun_message_row_set_record (MunMessageRow *self, MunRecord *record)
{
  gint64 date;

  g_return_if_fail (MUN_IS_MESSAGE_ROW (self));
  if (!g_set_object (&self->record, record))
    return;
  clear_texts (self);
  if (record) {
    self->correspondent = mun_address_dup_names (text (self, "fromOrTo", _ ("(unknown)")));
    date = mun_words_parse_time (mun_record_get_string (record, "date", NULL));
    self->date = mun_words_date_short (date, g_get_real_time () / G_USEC_PER_SEC);
    self->exact_date = mun_words_date_exact (date);
    self->bytes = mun_record_get_int (record, "size", -1);
    self->size = mun_words_size (self->bytes);
    self->attributes = mun_hits_new_attributes (mun_record_get_object (record, "snippet"));
  }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RECORD]);
}

MunRecord *
mun_message_row_get_record (MunMessageRow *self)
{
  g_return_val_if_fail (MUN_IS_MESSAGE_ROW (self), NULL);
  return self->record;
}

const char *
mun_message_row_get_id (MunMessageRow *self)
{
  g_return_val_if_fail (MUN_IS_MESSAGE_ROW (self), NULL);
  return self->record ? mun_record_get_string (self->record, "id", NULL) : NULL;
}

const char *
mun_message_row_get_correspondent (MunMessageRow *self)
{
  return self->correspondent ? self->correspondent : "";
}

const char *
mun_message_row_get_address (MunMessageRow *self)
{
  return text (self, "fromOrTo", _ ("(unknown)"));
}

const char *
mun_message_row_get_subject (MunMessageRow *self)
{
  return text (self, "subject", _ ("(no subject)"));
}

const char *
mun_message_row_get_date (MunMessageRow *self)
{
  return self->date ? self->date : "";
}

const char *
mun_message_row_get_exact_date (MunMessageRow *self)
{
  return self->exact_date ? self->exact_date : "";
}

const char *
mun_message_row_get_size (MunMessageRow *self)
{
  return self->size ? self->size : "";
}

gint64
mun_message_row_get_bytes (MunMessageRow *self)
{
  return self->size ? self->bytes : -1;
}

const char *
mun_message_row_get_folder (MunMessageRow *self)
{
  return text (self, "folder", "");
}

const char *
mun_message_row_get_snippet (MunMessageRow *self)
{
  return text (self, "snippet/text", "");
}

PangoAttrList *
mun_message_row_get_snippet_attributes (MunMessageRow *self)
{
  return self->attributes;
}

GStrv
mun_message_row_dup_hits (MunMessageRow *self)
{
  return self->record ? mun_record_get_strings (self->record, "snippet/words") : g_new0 (char *, 1);
}

gboolean
mun_message_row_has_attachments (MunMessageRow *self)
{
  return self->record && mun_record_get_bool (self->record, "hasAttachments", FALSE);
}

gboolean
mun_message_row_is_damaged (MunMessageRow *self)
{
  return self->record && mun_record_get_bool (self->record, "damaged", FALSE);
}

void
mun_message_row_bind (MunMessageRow *self)
{
  self->bound++;
}

void
mun_message_row_unbind (MunMessageRow *self)
{
  g_return_if_fail (self->bound > 0);
  self->bound--;
}

gboolean
mun_message_row_is_bound (MunMessageRow *self)
{
  return self->bound > 0;
}
