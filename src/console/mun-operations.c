/* mun-operations.c: the list of operations that the operations button shows */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-operation"

#include "mun-operations.h"

struct _MunOperations {
  GObject parent_instance;

  GListStore *list;
  guint n_running;
};

enum {
  PROP_0,
  PROP_N_RUNNING,
  N_PROPS,
};

enum {
  FINISHED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static GType
get_item_type (GListModel *model)
{
  return MUN_TYPE_OPERATION;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (MUN_OPERATIONS (model)->list));
}

static gpointer
get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (MUN_OPERATIONS (model)->list), position);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (MunOperations, mun_operations, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
finished_cb (MunOperation *operation, MunOperations *self)
{
  self->n_running--;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_RUNNING]);
  g_signal_emit (self, signals[FINISHED], 0, operation);
}

static void
mun_operations_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_uint (value, MUN_OPERATIONS (object)->n_running);
}

static void
mun_operations_dispose (GObject *object)
{
  g_clear_object (&MUN_OPERATIONS (object)->list);
  G_OBJECT_CLASS (mun_operations_parent_class)->dispose (object);
}

static void
mun_operations_class_init (MunOperationsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mun_operations_get_property;
  object_class->dispose = mun_operations_dispose;

  properties[PROP_N_RUNNING] = g_param_spec_uint ("n-running", NULL, NULL, 0, G_MAXUINT, 0,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[FINISHED] = g_signal_new ("finished", MUN_TYPE_OPERATIONS, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 1, MUN_TYPE_OPERATION);
}

static void
mun_operations_init (MunOperations *self)
{
  self->list = g_list_store_new (MUN_TYPE_OPERATION);
  g_signal_connect_object (self->list, "items-changed", G_CALLBACK (g_list_model_items_changed),
                           self, G_CONNECT_SWAPPED);
}

MunOperations *
mun_operations_new (void)
{
  return g_object_new (MUN_TYPE_OPERATIONS, NULL);
}

void
mun_operations_add (MunOperations *self, MunOperation *operation)
{
  g_list_store_insert (self->list, 0, operation);
  if (mun_operation_get_state (operation) != MUN_OPERATION_RUNNING)
    return;
  self->n_running++;
  g_signal_connect_object (operation, "finished", G_CALLBACK (finished_cb), self, 0);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_RUNNING]);
}

guint
mun_operations_get_n_running (MunOperations *self)
{
  return self->n_running;
}

void
mun_operations_clear_seen (MunOperations *self)
{
  for (guint i = get_n_items (G_LIST_MODEL (self)); i > 0; i--) {
    g_autoptr (MunOperation) operation = get_item (G_LIST_MODEL (self), i - 1);

    if (mun_operation_get_seen (operation)
        && mun_operation_get_state (operation) != MUN_OPERATION_RUNNING)
      g_list_store_remove (self->list, i - 1);
  }
}

MunOperation *
mun_operations_find (MunOperations *self, const char *server_name, const char *function)
{
  for (guint i = 0; i < get_n_items (G_LIST_MODEL (self)); i++) {
    g_autoptr (MunOperation) operation = get_item (G_LIST_MODEL (self), i);

    if (mun_operation_get_state (operation) == MUN_OPERATION_RUNNING
        && g_strcmp0 (mun_operation_get_server_name (operation), server_name) == 0
        && g_strcmp0 (mun_operation_get_function (operation), function) == 0)
      return operation; /* the list keeps it alive */
  }
  return NULL;
}
