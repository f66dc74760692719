/* mun-message-large.c: messages that are shown without their large attachments, which stay at the server */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-archive"

#include "archive-save.h"
#include "json.h"
#include "mun-message-view-private.h"

#include <glib/gi18n.h>

/* What is known of an attachment that may not be here. */
static JsonObject *
outlined (MunMessageView *self, guint index)
{
  JsonArray *list = self->outline ? mun_json_get_array (self->outline, "attachments") : NULL;

  return list && index < json_array_get_length (list) ? json_array_get_object_element (list, index)
                                                      : NULL;
}

guint
mun_message_view_get_n_attachments (MunMessageView *self)
{
  JsonArray *list = self->outline ? mun_json_get_array (self->outline, "attachments") : NULL;

  return list ? json_array_get_length (list) : mun_message_get_n_attachments (self->message);
}

MunAttachment
mun_message_view_get_attachment (MunMessageView *self, guint index)
{
  JsonObject *object = outlined (self, index);

  if (!object)
    return *mun_message_get_attachment (self->message, index);
  return (MunAttachment){ .name = mun_json_get_string (object, "name", ""),
                          .type = mun_json_get_string (object, "type", ""),
                          .size = mun_json_get_int (object, "size", 0),
                          .is_inline = mun_json_get_bool (object, "isInline", FALSE) };
}

GBytes *
mun_message_view_dup_attachment (MunMessageView *self, guint index)
{
  JsonObject *object = outlined (self, index);

  if ((object && mun_json_get_bool (object, "isOmitted", TRUE))
      || index >= mun_message_get_n_attachments (self->message))
    return NULL;
  return mun_message_dup_attachment (self->message, index);
}

GBytes *
mun_message_view_dup_raw (MunMessageView *self)
{
  return self->outline ? NULL : g_bytes_ref (mun_message_get_raw (self->message));
}

const char *
mun_message_view_get_cut_note (MunMessageView *self)
{
  if (!self->outline || !mun_json_get_bool (self->outline, "isCut", FALSE))
    return NULL;
  return _ ("This message is very long: only its beginning is shown. Save it to have all of it.");
}

GBytes *
mun_message_view_decode_skeleton (JsonObject *outline)
{
  gsize length;
  guint8 *bytes = g_base64_decode (mun_json_get_string (outline, "skeleton", ""), &length);

  return g_bytes_new_take (bytes, length);
}

/* --- saving what is not here --- */

typedef struct {
  MunMessageView *self;
  MunSaved done;
} Saving;

static void
saving_free (gpointer data)
{
  g_object_unref (((Saving *)data)->self);
  g_free (data);
}

static void
done_cb (GFile *file, const GError *error, gpointer data)
{
  Saving *saving = data;

  saving->done (file, error, saving->self);
}

gboolean
mun_message_view_can_stream (MunMessageView *self)
{
  return self->id && self->connection && mun_connection_get_archive (self->connection);
}

void
mun_message_view_stream (MunMessageView *self, guint number, GFile *file, MunSaved done)
{
  Saving *saving;
  guint64 size;

  if (!mun_message_view_can_stream (self))
    return;
  size = number > 0      ? mun_message_view_get_attachment (self, number - 1).size
         : self->outline ? mun_json_get_int (self->outline, "size", 0)
                         : 0;
  saving = g_new0 (Saving, 1);
  saving->self = g_object_ref (self);
  saving->done = done;
  mun_save_bar_add (self->save_bar, mun_connection_get_archive (self->connection), self->id, number,
                    size, file, done_cb, saving, saving_free);
}
