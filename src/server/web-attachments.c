/* web-attachments.c: one attachment, decoded; and a message without its large parts */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "web-messages.h"

#include "archive.h"
#include "errors.h"
#include "json.h"
#include "spool.h"

#include <libsoup/soup.h>
#include <string.h>

/* To know how long a part is, it is decoded: up to so many encoded bytes whoever asks is told, beyond
 * only who asks for that, or for a range. */
#define MEASURED_AT_ONCE (4 * 1024 * 1024)
/* Messages in messages that are handed out at once, as files. */
#define INNER_BYTES ((gsize)2 * 1024 * 1024 * 1024)
/* What an outline takes along: any part of this size, a body, a picture in it, all together. */
#define SMALL_PART (64 * 1024)
#define BODY_PART (1024 * 1024)
#define INLINE_PART (512 * 1024)
#define SKELETON (4 * 1024 * 1024)

static MunSpoolRoom inner_room = { INNER_BYTES, 0 };

/* A message of which parts are asked for. */
typedef struct {
  MunWebRequest *request;
  char *id;
  JsonObject *info;
  guint rights;
  MunMessageReader *reader;
  MunOutline *outline;
} Target;

static void
clear_target (Target *self)
{
  g_free (self->id);
  g_clear_pointer (&self->info, json_object_unref);
  g_clear_pointer (&self->reader, mun_message_reader_free);
  g_clear_pointer (&self->outline, mun_outline_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Target, clear_target)

static gboolean
load_outline (Target *self, GError **error)
{
  MunPartCache *cache = self->request->parts;
  const char *digest;

  self->reader
      = mun_archive_open_message (mun_server_get_archive (self->request->server), self->id, error);
  if (self->reader == NULL)
    return FALSE;
  digest = mun_message_reader_get_digest (self->reader);
  self->outline = mun_part_cache_find (cache, digest);
  if (self->outline != NULL)
    return TRUE;
  self->outline = mun_message_reader_outline (self->reader, self->request->cancellable, error);
  if (self->outline == NULL)
    return FALSE;
  mun_part_cache_add (cache, digest, self->outline);
  return TRUE;
}

/* FALSE: the request is answered. */
static gboolean
open_target (Target *self, MunWebRequest *request)
{
  g_autoptr (GError) error = NULL;

  self->request = request;
  self->info = mun_web_message_find (request, &self->id, &self->rights);
  if (self->info == NULL)
    return FALSE;
  if (load_outline (self, &error))
    return TRUE;
  mun_web_message_fail (request, error);
  return FALSE;
}

/* --- one attachment --- */

/* Types that a browser would run, were it to show them in spite of everything, are only bytes. */
static const char *
safe_type (const char *type)
{
  static const char *const active[] = { "html", "xml", "svg", "script" };
  const char *slash = strchr (type, '/');

  if (slash == NULL || slash == type || slash[1] == '\0')
    return "application/octet-stream";
  for (const char *c = type; *c != '\0'; c++)
    if (c != slash && !g_ascii_isalnum (*c) && strchr ("!#$&^_.+-", *c) == NULL)
      return "application/octet-stream";
  for (guint i = 0; i < G_N_ELEMENTS (active); i++)
    if (strstr (type, active[i]) != NULL)
      return "application/octet-stream";
  return type;
}

/* As a file of its own name (RFC 6266): for those who know only ASCII, and for all others. */
static char *
dup_disposition (const char *name)
{
  GString *text = g_string_new ("attachment");
  g_autofree char *clean = g_strdup (*name != '\0' ? name : "attachment");
  g_autofree char *ascii = NULL;

  for (char *c = clean; *c != '\0'; c++)
    if ((guchar)*c < 32 || *c == 127 || strchr ("/\\\"", *c) != NULL)
      *c = '_';
  ascii = g_str_to_ascii (clean, "C");
  g_string_append (text, "; ");
  soup_header_g_string_append_param (text, "filename", ascii);
  if (!g_str_is_ascii (clean)) {
    g_string_append (text, "; ");
    soup_header_g_string_append_param (text, "filename", clean);
  }
  return g_string_free (text, FALSE);
}

static void
set_file_headers (MunWebRequest *request, const MunAttachment *attachment)
{
  g_autofree char *disposition = dup_disposition (attachment->name);

  soup_message_headers_replace (request->reply_headers, "Content-Disposition", disposition);
  soup_message_headers_replace (request->reply_headers, "Content-Security-Policy",
                                "sandbox; default-src 'none'");
}

static void
send_source (Target *self, guint index, const MunWebSource *source, const MunWebStretch *stretch)
{
  const MunAttachment *attachment = mun_outline_get_attachment (self->outline, index);
  g_autoptr (GError) error = NULL;
  g_autoptr (MunWebStream) stream = mun_web_stream_new (source, stretch->length, &error);

  if (stream == NULL) {
    mun_web_message_fail (self->request, error);
    return;
  }
  if (!mun_web_message_record (self->request, self->info, self->id, self->rights))
    return;
  mun_web_stretch_reply (self->request, stretch, safe_type (attachment->type),
                         g_steal_pointer (&stream));
  set_file_headers (self->request, attachment);
}

static GBytes *
read_part (gpointer data, gsize most, GError **error)
{
  return mun_part_reader_read (data, most, error);
}

static void
send_part (Target *self, guint index, const MunLeaf *leaf, const char *etag)
{
  const char *digest = mun_message_reader_get_digest (self->reader);
  g_autoptr (MunPartMap) map = mun_part_cache_get_map (self->request->parts, digest, index);
  g_autoptr (MunPartReader) reader
      = mun_part_reader_new (g_steal_pointer (&self->reader), leaf, map);
  g_autoptr (GError) error = NULL;
  MunWebStretch stretch;
  guint64 size;

  if (leaf->coding != MUN_CODING_NONE && leaf->length > MEASURED_AT_ONCE
      && !mun_part_map_get_length (map, &size)
      && !mun_web_stretch_needs_size (self->request, etag)) {
    size = MUN_WEB_STREAM_TO_END;
  } else if (!mun_part_reader_measure (reader, self->request->cancellable, &size, &error)) {
    mun_web_message_fail (self->request, error);
    return;
  }
  if (!mun_web_stretch_choose (self->request, size, etag, &stretch))
    return;
  if (stretch.start > 0)
    mun_part_reader_seek (reader, stretch.start);
  send_source (self, index,
               &(MunWebSource){ read_part, (GDestroyNotify)mun_part_reader_free,
                                g_steal_pointer (&reader) },
               &stretch);
}

/* A message in the message, which is no part with a content of its own: written to a file first. */
typedef struct {
  GBytes *bytes;
  gsize at;
} Inner;

static GBytes *
read_inner (gpointer data, gsize most, GError **error)
{
  Inner *self = data;
  gsize start = self->at;

  self->at += MIN (most, g_bytes_get_size (self->bytes) - start);
  return g_bytes_new_from_bytes (self->bytes, start, self->at - start);
}

static void
inner_free (gpointer data)
{
  Inner *self = data;

  g_bytes_unref (self->bytes);
  g_free (self);
}

static gboolean
write_inner (gpointer data, gconstpointer bytes, gsize length, GError **error)
{
  return mun_spool_append (data, bytes, length, error);
}

static GBytes *
spool_inner (Target *self, guint index, GError **error)
{
  MunSpool *spool
      = mun_spool_new (mun_server_get_data_dir (self->request->server), &inner_room, error);

  if (spool == NULL)
    return NULL;
  if (mun_message_reader_write_inner (self->reader, index, write_inner, spool,
                                      self->request->cancellable, error))
    return mun_spool_end (spool, error);
  mun_spool_free (spool);
  return NULL;
}

static void
send_inner (Target *self, guint index, const char *etag)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = spool_inner (self, index, &error);
  MunWebStretch stretch;
  Inner *inner;

  if (bytes == NULL) {
    mun_web_message_fail (self->request, error);
    return;
  }
  if (!mun_web_stretch_choose (self->request, g_bytes_get_size (bytes), etag, &stretch))
    return;
  inner = g_new0 (Inner, 1);
  inner->bytes = g_steal_pointer (&bytes);
  inner->at = stretch.start;
  send_source (self, index, &(MunWebSource){ read_inner, inner_free, inner }, &stretch);
}

void
mun_web_attachment (MunWebRequest *request)
{
  g_auto (Target) target = { NULL };
  g_autofree char *etag = NULL;
  const MunLeaf *leaf;
  guint64 number;

  if (!open_target (&target, request))
    return;
  if (!g_ascii_string_to_unsigned (request->segments[4], 10, 1,
                                   mun_outline_get_n_attachments (target.outline), &number, NULL)) {
    mun_web_request_fail (request, SOUP_STATUS_NOT_FOUND, "Message %s has no attachment %s",
                          target.id, request->segments[4]);
    return;
  }
  etag = g_strdup_printf ("\"%s-%" G_GUINT64_FORMAT "\"",
                          mun_message_reader_get_digest (target.reader), number);
  leaf = mun_outline_get_content (target.outline, number - 1);
  if (leaf != NULL)
    send_part (&target, number - 1, leaf, etag);
  else
    send_inner (&target, number - 1, etag);
}

/* --- the outline --- */

typedef struct {
  MunMessageReader *reader;
  GByteArray *bytes;
  gboolean is_cut;
  GError *error;
} Skeleton;

/* FALSE: it is not all of the stretch. */
static gboolean
take_stretch (Skeleton *self, guint64 offset, guint64 length)
{
  guint64 room = SKELETON - self->bytes->len;
  guint64 left = MIN (length, room);

  if (left > 0)
    mun_message_reader_seek (self->reader, offset);
  while (left > 0 && self->error == NULL) {
    g_autoptr (GBytes) chunk = mun_message_reader_read (self->reader, left, &self->error);
    gsize size;
    const guint8 *data;

    if (chunk == NULL)
      return FALSE;
    data = g_bytes_get_data (chunk, &size);
    g_byte_array_append (self->bytes, data, size);
    left -= size;
  }
  self->is_cut = self->is_cut || length > room;
  return length <= room;
}

/* What is behind the last line end goes: the next boundary must begin a line. */
static void
end_line (Skeleton *self, gsize start)
{
  const guint8 *from = self->bytes->data + start;
  const guint8 *end = memrchr (from, '\n', self->bytes->len - start);

  g_byte_array_set_size (self->bytes, end != NULL ? end + 1 - self->bytes->data : start);
}

/* The content of a part: whole, its start when it is a body, or nothing. */
static gboolean
take_leaf (Skeleton *self, const MunLeaf *leaf)
{
  guint64 most = leaf->is_body ? BODY_PART : leaf->is_inline ? INLINE_PART : SMALL_PART;
  gsize start = self->bytes->len;

  if (leaf->length <= most)
    return take_stretch (self, leaf->offset, leaf->length);
  if (!leaf->is_body)
    return FALSE;
  take_stretch (self, leaf->offset, most);
  end_line (self, start);
  self->is_cut = TRUE;
  return FALSE;
}

/* @whole: the set of the attachments whose contents are in it. */
static void
build_skeleton (Skeleton *self, Target *target, GHashTable *whole)
{
  GArray *leaves = mun_outline_get_leaves (target->outline);
  guint64 done = 0, size = mun_message_reader_get_size (target->reader);

  for (guint i = 0; i < leaves->len && self->error == NULL; i++) {
    const MunLeaf *leaf = &g_array_index (leaves, MunLeaf, i);

    if (leaf->offset < done)
      continue;
    if (!take_stretch (self, done, leaf->offset - done))
      return;
    if (take_leaf (self, leaf) && leaf->attachment >= 0)
      g_hash_table_add (whole, GINT_TO_POINTER (leaf->attachment));
    done = leaf->offset + leaf->length;
  }
  if (self->error == NULL)
    take_stretch (self, done, size - done);
}

static JsonObject *
describe (Target *target, guint index, GHashTable *whole)
{
  const MunAttachment *attachment = mun_outline_get_attachment (target->outline, index);
  g_autoptr (MunPartMap) map
      = mun_part_cache_get_map (target->request->parts,
                                mun_message_reader_get_digest (target->reader), index);
  JsonObject *object = json_object_new ();
  guint64 size;

  if (!mun_part_map_get_length (map, &size))
    size = attachment->size;
  json_object_set_int_member (object, "number", index + 1);
  json_object_set_string_member (object, "name", attachment->name);
  json_object_set_string_member (object, "type", attachment->type);
  json_object_set_int_member (object, "size", size);
  mun_json_set_text (object, "contentId", attachment->content_id);
  json_object_set_boolean_member (object, "isInline", attachment->is_inline);
  json_object_set_boolean_member (object, "isOmitted",
                                  !g_hash_table_contains (whole, GUINT_TO_POINTER (index)));
  return object;
}

static void
reply_outline (Target *target, Skeleton *skeleton, GHashTable *whole)
{
  JsonObject *reply = json_object_new ();
  JsonArray *attachments = json_array_new ();
  g_autofree char *text = g_base64_encode (skeleton->bytes->data, skeleton->bytes->len);

  for (guint i = 0; i < mun_outline_get_n_attachments (target->outline); i++)
    json_array_add_object_element (attachments, describe (target, i, whole));
  json_object_set_int_member (reply, "size", mun_message_reader_get_size (target->reader));
  json_object_set_string_member (reply, "sha256", mun_message_reader_get_digest (target->reader));
  json_object_set_string_member (reply, "skeleton", text);
  json_object_set_boolean_member (reply, "isCut", skeleton->is_cut);
  json_object_set_array_member (reply, "attachments", attachments);
  mun_web_request_reply_json (target->request, mun_json_node_take_object (reply));
}

void
mun_web_outline (MunWebRequest *request)
{
  g_auto (Target) target = { NULL };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GHashTable) whole = g_hash_table_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  Skeleton skeleton = { .bytes = bytes };

  if (!open_target (&target, request))
    return;
  skeleton.reader = target.reader;
  build_skeleton (&skeleton, &target, whole);
  error = skeleton.error;
  if (error != NULL)
    mun_web_message_fail (request, error);
  else if (mun_web_message_record (request, target.info, target.id, target.rights))
    reply_outline (&target, &skeleton, whole);
}
