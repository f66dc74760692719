/* mun-store-index.c: the search index of one archive in one store, and its state in words */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-store-index.h"

#include "json.h"
#include "mun-words.h"

#include <glib/gi18n.h>

struct _MunStoreIndex {
  GObject parent_instance;

  char *folder;
  char *store;
  char *state;
  gint64 store_id;
  gboolean needs_rebuild;
};

G_DEFINE_FINAL_TYPE (MunStoreIndex, mun_store_index, G_TYPE_OBJECT)

enum { PROP_0, PROP_FOLDER, PROP_STORE, PROP_STATE, N_PROPS };

static GParamSpec *properties[N_PROPS];

static void
mun_store_index_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MunStoreIndex *self = MUN_STORE_INDEX (object);

  switch (id) {
  case PROP_FOLDER:
    g_value_set_string (value, self->folder);
    break;
  case PROP_STORE:
    g_value_set_string (value, self->store);
    break;
  case PROP_STATE:
    g_value_set_string (value, self->state);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mun_store_index_finalize (GObject *object)
{
  MunStoreIndex *self = MUN_STORE_INDEX (object);

  g_free (self->folder);
  g_free (self->store);
  g_free (self->state);
  G_OBJECT_CLASS (mun_store_index_parent_class)->finalize (object);
}

static void
mun_store_index_class_init (MunStoreIndexClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = mun_store_index_get_property;
  object_class->finalize = mun_store_index_finalize;
  properties[PROP_FOLDER] = g_param_spec_string ("folder", NULL, NULL, NULL, flags);
  properties[PROP_STORE] = g_param_spec_string ("store", NULL, NULL, NULL, flags);
  properties[PROP_STATE] = g_param_spec_string ("state", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
mun_store_index_init (MunStoreIndex *self)
{
}

/* Some servers tell no numbers. */
static char *
dup_state (JsonObject *listed)
{
  gint64 messages = mun_json_get_int (listed, "messages", 0);
  gint64 indexed = mun_json_get_int (listed, "indexed", messages);
  gint64 unreadable = mun_json_get_int (listed, "unreadable", 0);
  g_autofree char *messages_text = mun_words_count (messages);
  g_autofree char *indexed_text = mun_words_count (indexed);
  g_autofree char *unreadable_text = mun_words_count (unreadable);

  if (unreadable > 0)
    /* Translators: all are numbers of messages: 1,200 of 1,204 indexed, 4 unreadable */
    return g_strdup_printf (_ ("%s of %s indexed, %s unreadable"), indexed_text, messages_text,
                            unreadable_text);
  if (indexed < messages)
    /* Translators: both are numbers of messages: 1,200 of 1,204 indexed */
    return g_strdup_printf (_ ("%s of %s indexed"), indexed_text, messages_text);
  if (mun_json_get_bool (listed, "needsRebuild", FALSE))
    return g_strdup (_ ("Needs to be rebuilt"));
  if (mun_json_get_bool (listed, "selectedForRebuild", FALSE))
    return g_strdup (_ ("Selected for rebuild"));
  /* Translators: of a search index */
  return g_strdup (C_ ("index", "Complete"));
}

MunStoreIndex *
mun_store_index_new (JsonObject *listed, JsonObject *store)
{
  MunStoreIndex *self = g_object_new (MUN_TYPE_STORE_INDEX, NULL);

  self->folder = g_strdup (mun_json_get_string (listed, "folder", ""));
  self->store = g_strdup (mun_json_get_string (store, "name", ""));
  self->store_id = mun_json_get_int (store, "id", 0);
  self->needs_rebuild = mun_json_get_bool (listed, "needsRebuild", FALSE);
  self->state = dup_state (listed);
  return self;
}

const char *
mun_store_index_get_folder (MunStoreIndex *self)
{
  return self->folder;
}

gint64
mun_store_index_get_store_id (MunStoreIndex *self)
{
  return self->store_id;
}

const char *
mun_store_index_get_state (MunStoreIndex *self)
{
  return self->state;
}

gboolean
mun_store_index_needs_rebuild (MunStoreIndex *self)
{
  return self->needs_rebuild;
}
