/* mun-server-list.c: "This Computer" and the saved servers, kept in GSettings */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-server"

#include "mun-server-list.h"

#define SERVERS_KEY "servers"

struct _MunServerList {
  GObject parent_instance;

  GSettings *settings;
  GListStore *entries;
};

static GType
get_item_type (GListModel *model)
{
  return MUN_TYPE_SERVER_ENTRY;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (MUN_SERVER_LIST (model)->entries));
}

static gpointer
get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (MUN_SERVER_LIST (model)->entries), position);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (MunServerList, mun_server_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
save (MunServerList *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < get_n_items (G_LIST_MODEL (self)); i++) {
    g_autoptr (MunServerEntry) entry = get_item (G_LIST_MODEL (self), i);

    if (!mun_server_entry_is_local (entry))
      g_variant_builder_add_value (&builder, mun_server_entry_to_variant (entry));
  }
  g_settings_set_value (self->settings, SERVERS_KEY, g_variant_builder_end (&builder));
}

static void
entry_changed_cb (MunServerEntry *entry, GParamSpec *pspec, MunServerList *self)
{
  if (!mun_server_entry_is_local (entry))
    save (self);
}

static void
append (MunServerList *self, MunServerEntry *entry)
{
  g_signal_connect_object (entry, "notify", G_CALLBACK (entry_changed_cb), self, 0);
  g_list_store_append (self->entries, entry);
}

static gboolean
find (MunServerList *self, const char *id, guint *position)
{
  for (guint i = 0; i < get_n_items (G_LIST_MODEL (self)); i++) {
    g_autoptr (MunServerEntry) entry = get_item (G_LIST_MODEL (self), i);

    if (g_strcmp0 (mun_server_entry_get_id (entry), id) == 0) {
      *position = i;
      return TRUE;
    }
  }
  return FALSE;
}

static void
mun_server_list_dispose (GObject *object)
{
  MunServerList *self = MUN_SERVER_LIST (object);

  g_list_store_remove_all (self->entries);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (mun_server_list_parent_class)->dispose (object);
}

static void
mun_server_list_finalize (GObject *object)
{
  g_clear_object (&MUN_SERVER_LIST (object)->entries);
  G_OBJECT_CLASS (mun_server_list_parent_class)->finalize (object);
}

static void
mun_server_list_class_init (MunServerListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mun_server_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = mun_server_list_finalize;
}

static void
mun_server_list_init (MunServerList *self)
{
  self->entries = g_list_store_new (MUN_TYPE_SERVER_ENTRY);
  g_signal_connect_object (self->entries, "items-changed", G_CALLBACK (g_list_model_items_changed),
                           self, G_CONNECT_SWAPPED);
}

MunServerList *
mun_server_list_new (GSettings *settings)
{
  MunServerList *self = g_object_new (MUN_TYPE_SERVER_LIST, NULL);
  g_autoptr (MunServerEntry) local = mun_server_entry_new_local ();
  g_autoptr (GVariant) saved = g_settings_get_value (settings, SERVERS_KEY);

  self->settings = g_object_ref (settings);
  append (self, local);
  for (gsize i = 0; i < g_variant_n_children (saved); i++) {
    g_autoptr (GVariant) dictionary = g_variant_get_child_value (saved, i);
    g_autoptr (MunServerEntry) entry = mun_server_entry_new_from_variant (dictionary);

    if (entry)
      append (self, entry);
  }
  return self;
}

void
mun_server_list_add (MunServerList *self, MunServerEntry *entry)
{
  guint position;

  if (find (self, mun_server_entry_get_id (entry), &position)) {
    g_autoptr (MunServerEntry) old = get_item (G_LIST_MODEL (self), position);

    if (old == entry)
      return;
    g_signal_handlers_disconnect_by_data (old, self);
    g_list_store_remove (self->entries, position);
  }
  append (self, entry);
  save (self);
}

void
mun_server_list_remove (MunServerList *self, MunServerEntry *entry)
{
  guint position;

  g_return_if_fail (!mun_server_entry_is_local (entry));

  if (!g_list_store_find (self->entries, entry, &position))
    return;
  g_signal_handlers_disconnect_by_data (entry, self);
  g_list_store_remove (self->entries, position);
  save (self);
}

MunServerEntry *
mun_server_list_lookup (MunServerList *self, const char *id)
{
  g_autoptr (MunServerEntry) entry = NULL;
  guint position;

  if (!find (self, id, &position))
    return NULL;
  entry = get_item (G_LIST_MODEL (self), position);
  return entry; /* the list keeps it alive */
}

MunServerEntry *
mun_server_list_get_local (MunServerList *self)
{
  return mun_server_list_lookup (self, "local");
}
