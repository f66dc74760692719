/* store-key.c: store.json: what a store is, and its key wrapped by the master key */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "store-key.h"

#include "container-file.h"
#include "errors.h"
#include "json.h"
#include "text.h"

#include <string.h>

/* {"version":1,"guid":"32 hex digits","keys":[{"number":1,"master":"base64url of nonce, key,
 * tag"}]} */

static char *
wrap_context (const guint8 guid[16])
{
  g_autofree char *hex = mun_text_to_hex (guid, 16, FALSE);

  return g_strconcat ("muniment store ", hex, NULL);
}

static gboolean
file_error (GError **error, const GError *problem, const char *step, const char *path)
{
  MunError code = MUN_ERROR_FAILED;

  if (g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOSPC))
    code = MUN_ERROR_NO_SPACE;
  else if (g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_ACCES)
           || g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_ROFS))
    code = MUN_ERROR_READ_ONLY;
  else if (g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    code = MUN_ERROR_NOT_FOUND;
  g_set_error (error, MUN_ERROR, code, "%s %s: %s", step, path, problem->message);
  return FALSE;
}

gboolean
mun_store_key_restore (const char *path, const char *text, GError **error)
{
  g_autofree char *dir = g_path_get_dirname (path);
  g_autoptr (GError) local_error = NULL;
  int problem = mun_container_file_fault ("key");

  if (problem != 0)
    return mun_container_file_error (error, problem, "writing", path);
  if (!g_file_set_contents_full (path, text, -1,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                 &local_error))
    return file_error (error, local_error, "writing", path);
  return mun_container_file_sync_dir (dir, error);
}

JsonObject *
mun_store_key_get_only (JsonObject *root)
{
  JsonArray *keys = mun_json_get_array (root, "keys");
  JsonNode *node
      = keys != NULL && json_array_get_length (keys) > 0 ? json_array_get_element (keys, 0) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static void
set_master (JsonObject *root, GBytes *wrapped)
{
  JsonObject *key = mun_store_key_get_only (root);
  g_autofree char *sealed
      = mun_text_base64url (g_bytes_get_data (wrapped, NULL), g_bytes_get_size (wrapped));

  json_object_set_string_member (key, "master", sealed);
}

static GBytes *
wrap (MunStoreKey *self, MunSecret *master_key, GError **error)
{
  g_autofree char *context = wrap_context (self->guid);
  gsize length;
  gconstpointer data = mun_secret_get_data (self->key, &length);

  return mun_seal_wrap (master_key, context, data, length, error);
}

static JsonObject *
new_root (const guint8 guid[16])
{
  JsonObject *root = json_object_new ();
  JsonArray *keys = json_array_new ();
  JsonObject *key = json_object_new ();
  g_autofree char *hex = mun_text_to_hex (guid, 16, FALSE);

  json_object_set_int_member (key, "number", 1);
  json_array_add_object_element (keys, key);
  json_object_set_int_member (root, "version", 1);
  json_object_set_string_member (root, "guid", hex);
  json_object_set_array_member (root, "keys", keys);
  return root;
}

gboolean
mun_store_key_create (MunStoreKey *self, const char *path, MunSecret *master_key, GError **error)
{
  g_autofree char *random = mun_text_random_hex (16);
  g_autoptr (GBytes) guid = mun_text_from_hex (random);
  g_autoptr (GBytes) wrapped = NULL;
  g_autoptr (JsonObject) root = NULL;

  memcpy (self->guid, g_bytes_get_data (guid, NULL), 16);
  self->key = mun_seal_random_secret (MUN_SEAL_KEY_SIZE, error);
  if (self->key == NULL)
    return FALSE;
  wrapped = wrap (self, master_key, error);
  if (wrapped == NULL)
    return FALSE;
  root = new_root (self->guid);
  set_master (root, wrapped);
  self->text = mun_json_object_to_string (root);
  return mun_store_key_restore (path, self->text, error);
}

gboolean
mun_store_key_wrap (MunStoreKey *self, MunSecret *master_key, GError **error)
{
  g_autoptr (GBytes) wrapped = wrap (self, master_key, error);
  g_autoptr (JsonObject) root = NULL;

  if (wrapped == NULL)
    return FALSE;
  /* What else stands there stays. */
  root = mun_json_parse_object (self->text, -1, error);
  if (root == NULL)
    return FALSE;
  set_master (root, wrapped);
  g_free (self->text);
  self->text = mun_json_object_to_string (root);
  return TRUE;
}

char *
mun_store_key_read (const char *path, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  char *text;

  if (g_file_get_contents (path, &text, NULL, &local_error))
    return text;
  file_error (error, local_error, "reading", path);
  return NULL;
}

static gboolean
damaged (GError **error, const char *place)
{
  g_set_error (error, MUN_ERROR, MUN_ERROR_DAMAGED, "%s does not hold the key of a store", place);
  return FALSE;
}

gboolean
mun_store_key_parse (MunStoreKey *self, const char *text, const char *place, MunSecret *master_key,
                     GError **error)
{
  g_autoptr (JsonObject) root = mun_json_parse_object (text, -1, NULL);
  g_autoptr (GBytes) guid = mun_text_from_hex (mun_json_get_string (root, "guid", ""));
  JsonObject *key = mun_store_key_get_only (root);
  g_autoptr (GBytes) wrapped = mun_text_from_base64url (mun_json_get_string (key, "master", ""));
  g_autofree char *context = NULL;
  g_autoptr (GError) local_error = NULL;

  if (guid == NULL || g_bytes_get_size (guid) != 16 || wrapped == NULL
      || g_bytes_get_size (wrapped) == 0)
    return damaged (error, place);
  memcpy (self->guid, g_bytes_get_data (guid, NULL), 16);
  context = wrap_context (self->guid);
  self->key = mun_seal_unwrap (master_key, context, wrapped, &local_error);
  if (self->key != NULL) {
    self->text = g_strdup (text);
    return TRUE;
  }
  if (!g_error_matches (local_error, MUN_ERROR, MUN_ERROR_AUTHENTICATION))
    g_set_error (error, MUN_ERROR, local_error->code, "opening the key in %s: %s", place,
                 local_error->message);
  else
    g_set_error (error, MUN_ERROR, MUN_ERROR_AUTHENTICATION,
                 "the store is locked: the key in %s was sealed with another master key%s", place,
                 mun_json_get_object (key, "recovery") != NULL
                     ? "; UnlockStore opens it with the store's recovery key"
                     : ", and it has no recovery key");
  return FALSE;
}

void
mun_store_key_clear (MunStoreKey *self)
{
  g_clear_pointer (&self->key, mun_secret_unref);
  g_clear_pointer (&self->text, g_free);
}
