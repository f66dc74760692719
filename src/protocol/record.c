/* record.c: one JSON object of a server as a GObject */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-protocol"

#include "record.h"

#include "json.h"

#include <string.h>

struct _MunRecord {
  GObject parent_instance;

  JsonObject *root;
};

G_DEFINE_FINAL_TYPE (MunRecord, mun_record, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

/* The object that holds the last name of @path, and that name; NULL when it is not there and not to
 * be made. */
static JsonObject *
find_parent (JsonObject *root, const char *path, gboolean make, const char **leaf)
{
  g_auto (GStrv) names = g_strsplit (path, "/", -1);
  guint last = g_strv_length (names) - 1;
  JsonObject *object = root;

  for (guint i = 0; i < last && object != NULL; i++) {
    JsonObject *child = mun_json_get_object (object, names[i]);

    if (child == NULL && make) {
      child = json_object_new ();
      json_object_set_object_member (object, names[i], child);
    }
    object = child;
  }
  *leaf = path + strlen (path) - strlen (names[last]);
  return object;
}

static JsonObject *
find (MunRecord *self, const char *path, const char **leaf)
{
  g_return_val_if_fail (MUN_IS_RECORD (self) && path != NULL && *path != '\0', NULL);

  return find_parent (self->root, path, FALSE, leaf);
}

static void
mun_record_finalize (GObject *object)
{
  MunRecord *self = MUN_RECORD (object);

  json_object_unref (self->root);
  G_OBJECT_CLASS (mun_record_parent_class)->finalize (object);
}

static void
mun_record_class_init (MunRecordClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mun_record_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
mun_record_init (MunRecord *self)
{
}

MunRecord *
mun_record_new (JsonObject *root)
{
  MunRecord *self = g_object_new (MUN_TYPE_RECORD, NULL);

  self->root = root != NULL ? json_object_ref (root) : json_object_new ();
  return self;
}

MunRecord *
mun_record_copy (MunRecord *self)
{
  g_autoptr (JsonObject) root = NULL;

  g_return_val_if_fail (MUN_IS_RECORD (self), NULL);

  root = mun_json_copy_object (self->root);
  return mun_record_new (root);
}

gboolean
mun_record_equal (MunRecord *self, MunRecord *other)
{
  g_return_val_if_fail (MUN_IS_RECORD (self) && MUN_IS_RECORD (other), FALSE);

  return json_object_equal (self->root, other->root);
}

const char *
mun_record_get_string (MunRecord *self, const char *path, const char *fallback)
{
  const char *leaf = NULL;
  JsonObject *parent = find (self, path, &leaf);

  return mun_json_get_string (parent, leaf, fallback);
}

char *
mun_record_dup_text (MunRecord *self, const char *path)
{
  const char *leaf = NULL;
  JsonObject *parent = find (self, path, &leaf);

  return mun_json_dup_text (parent, leaf);
}

gint64
mun_record_get_int (MunRecord *self, const char *path, gint64 fallback)
{
  const char *leaf = NULL;
  JsonObject *parent = find (self, path, &leaf);

  return mun_json_get_int (parent, leaf, fallback);
}

gboolean
mun_record_get_bool (MunRecord *self, const char *path, gboolean fallback)
{
  const char *leaf = NULL;
  JsonObject *parent = find (self, path, &leaf);

  return mun_json_get_bool (parent, leaf, fallback);
}

JsonObject *
mun_record_get_object (MunRecord *self, const char *path)
{
  const char *leaf = NULL;
  JsonObject *parent = find (self, path, &leaf);

  return mun_json_get_object (parent, leaf);
}

JsonArray *
mun_record_get_array (MunRecord *self, const char *path)
{
  const char *leaf = NULL;
  JsonObject *parent = find (self, path, &leaf);

  return mun_json_get_array (parent, leaf);
}

GStrv
mun_record_get_strings (MunRecord *self, const char *path)
{
  const char *leaf = NULL;
  JsonObject *parent = find (self, path, &leaf);

  return mun_json_dup_strings (parent, leaf);
}

gboolean
mun_record_has (MunRecord *self, const char *path)
{
  const char *leaf = NULL;
  JsonObject *parent = find (self, path, &leaf);

  return mun_json_has (parent, leaf);
}

void
mun_record_set_node (MunRecord *self, const char *path, JsonNode *value)
{
  const char *leaf = NULL;
  JsonObject *parent;

  g_return_if_fail (MUN_IS_RECORD (self) && path != NULL && *path != '\0' && value != NULL);

  parent = find_parent (self->root, path, TRUE, &leaf);
  json_object_set_member (parent, leaf, value);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
mun_record_set_string (MunRecord *self, const char *path, const char *value)
{
  JsonNode *node = json_node_new (value != NULL ? JSON_NODE_VALUE : JSON_NODE_NULL);

  if (value != NULL)
    json_node_set_string (node, value);
  mun_record_set_node (self, path, node);
}

void
mun_record_set_int (MunRecord *self, const char *path, gint64 value)
{
  JsonNode *node = json_node_new (JSON_NODE_VALUE);

  json_node_set_int (node, value);
  mun_record_set_node (self, path, node);
}

void
mun_record_set_bool (MunRecord *self, const char *path, gboolean value)
{
  JsonNode *node = json_node_new (JSON_NODE_VALUE);

  json_node_set_boolean (node, value);
  mun_record_set_node (self, path, node);
}

void
mun_record_set_strings (MunRecord *self, const char *path, const char *const *values)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; values != NULL && values[i] != NULL; i++)
    json_array_add_string_element (array, values[i]);
  mun_record_set_node (self, path, mun_json_node_take_array (array));
}

void
mun_record_remove (MunRecord *self, const char *path)
{
  const char *leaf = NULL;
  JsonObject *parent = find (self, path, &leaf);

  if (parent == NULL || !json_object_has_member (parent, leaf))
    return;
  json_object_remove_member (parent, leaf);
  g_signal_emit (self, signals[CHANGED], 0);
}

JsonObject *
mun_record_get_object_root (MunRecord *self)
{
  g_return_val_if_fail (MUN_IS_RECORD (self), NULL);

  return self->root;
}

GPtrArray *
mun_record_list_from_array (JsonNode *array)
{
  GPtrArray *records = g_ptr_array_new_with_free_func (g_object_unref);
  JsonArray *elements
      = array != NULL && JSON_NODE_HOLDS_ARRAY (array) ? json_node_get_array (array) : NULL;

  for (guint i = 0; elements != NULL && i < json_array_get_length (elements); i++) {
    JsonNode *element = json_array_get_element (elements, i);

    if (JSON_NODE_HOLDS_OBJECT (element))
      g_ptr_array_add (records, mun_record_new (json_node_get_object (element)));
  }
  return records;
}
