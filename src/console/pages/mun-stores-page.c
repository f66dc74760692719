/* mun-stores-page.c: the page Storage Locations: the archive stores, and what keeps them whole */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-page"

#include "mun-stores-page.h"

#include "json.h"
#include "mun-choice.h"
#include "mun-operation-row.h"
#include "mun-state-stack.h"
#include "mun-store-dialogs.h"
#include "mun-store-row.h"
#include "mun-text-dialog.h"
#include "mun-words.h"

#include <glib/gi18n.h>

#define CREATE "CreateStore"
#define ATTACH "AttachStore"
#define SET_STATE "SetStoreRequestedState"
#define VERIFY_ALL "VerifyStores"
#define RENEW_KEY "RenewMasterKey"
#define MAINTAIN "MaintainFileSystemDatabases"
#define COMPACT_MASTER "CompactMasterDatabase"
/* An operation knows by this which store it works on. */
#define STORE_ID_KEY "mun-store-id"

/* What is done to all stores. */
static const struct {
  const char *action, *function;
} works[] = {
  { "stores.verify-all", VERIFY_ALL },
  { "stores.maintain", MAINTAIN },
  { "stores.compact-master", COMPACT_MASTER },
  { "stores.renew-master-key", RENEW_KEY },
};

struct _MunStoresPage {
  MunPage parent_instance;

  GtkBox *operations_box;
  MunStateStack *states;
  AdwPreferencesGroup *group;
  GtkWidget *create_button;
  GtkWidget *menu_button;

  JsonArray *stores;
  GPtrArray *rows;    /* of MunStoreRow, in the group */
  GHashTable *latest; /* the id of a store → its latest operation */
};

G_DEFINE_FINAL_TYPE (MunStoresPage, mun_stores_page, MUN_TYPE_PAGE)

/* What is to be done when a question is answered. */
typedef struct {
  MunStoresPage *page;
  JsonObject *store;
  MunCare care;
  char *state;
} Plan;

static Plan *
plan_new (MunStoresPage *page, JsonObject *store, MunCare care, const char *state)
{
  Plan *plan = g_new0 (Plan, 1);

  plan->page = g_object_ref (page);
  plan->store = store != NULL ? json_object_ref (store) : NULL;
  plan->care = care;
  plan->state = g_strdup (state);
  return plan;
}

static void
plan_free (Plan *plan)
{
  g_object_unref (plan->page);
  g_clear_pointer (&plan->store, json_object_unref);
  g_free (plan->state);
  g_free (plan);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Plan, plan_free)

static MunConnection *
get_connection (MunStoresPage *self)
{
  return mun_page_get_connection (MUN_PAGE (self));
}

static gboolean
has_function (MunStoresPage *self, const char *function)
{
  MunConnection *connection = get_connection (self);

  return connection != NULL && mun_connection_has_function (connection, function);
}

static void
update_actions (MunStoresPage *self)
{
  gboolean can_create = has_function (self, CREATE);
  gboolean can_attach = has_function (self, ATTACH);
  gboolean has_menu = can_attach;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "stores.create", can_create);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "stores.attach", can_attach);
  for (guint i = 0; i < G_N_ELEMENTS (works); i++) {
    gboolean has = has_function (self, works[i].function);

    gtk_widget_action_set_enabled (GTK_WIDGET (self), works[i].action, has);
    has_menu = has_menu || has;
  }
  gtk_widget_set_visible (self->create_button, can_create);
  gtk_widget_set_visible (self->menu_button, has_menu);
}

static void
update_badge (MunStoresPage *self)
{
  MunBadge badge = MUN_BADGE_NONE;

  for (guint i = 0; i < self->rows->len; i++) {
    MunStoreRow *row = g_ptr_array_index (self->rows, i);
    MunOperation *operation = mun_store_row_get_operation (row);

    if (mun_store_is_broken (mun_store_row_get_store (row)))
      badge = MUN_BADGE_ATTENTION;
    else if (badge == MUN_BADGE_NONE && operation != NULL
             && mun_operation_get_state (operation) == MUN_OPERATION_RUNNING)
      badge = MUN_BADGE_RUNNING;
  }
  mun_page_set_badge (MUN_PAGE (self), badge);
}

/* --- operations --- */

static gint64
store_of (MunOperation *operation)
{
  gint64 *id = g_object_get_data (G_OBJECT (operation), STORE_ID_KEY);

  return id != NULL ? *id : 0;
}

static gboolean
is_of_all (MunOperation *operation)
{
  const char *function = mun_operation_get_function (operation);

  for (guint i = 0; i < G_N_ELEMENTS (works); i++)
    if (g_strcmp0 (function, works[i].function) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_ours (MunStoresPage *self, MunOperation *operation)
{
  MunConnection *connection = get_connection (self);

  return connection != NULL && (is_of_all (operation) || store_of (operation) != 0)
         && g_strcmp0 (mun_operation_get_server_name (operation),
                       mun_connection_get_name (connection))
                == 0;
}

/* What was said at the end, and what came before it. */
static void
show_report (MunStoresPage *self, MunOperation *operation)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  const GError *error = mun_operation_get_error (operation);
  g_autoptr (GString) text = g_string_new (mun_operation_get_log (operation));
  g_autofree char *end = NULL;

  if (mun_operation_get_state (operation) == MUN_OPERATION_CANCELLED)
    end = g_strdup (_ ("Cancelled"));
  else if (error != NULL)
    end = mun_words_for_error (error);
  else
    end = mun_care_dup_outcome (mun_operation_get_function (operation),
                                mun_operation_get_result (operation));
  if (text->len > 0 && text->str[text->len - 1] != '\n')
    g_string_append_c (text, '\n');
  g_string_append_printf (text, "%s%s\n", text->len > 0 ? "\n" : "", end);
  mun_text_dialog_present (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                           mun_operation_get_title (operation), text->str);
}

static void
report_button_cb (AdwToast *toast, MunStoresPage *self)
{
  show_report (self, g_object_get_data (G_OBJECT (toast), "operation"));
}

/* What concerns all stores has no row: its end is an event. */
static void
announce (MunStoresPage *self, MunOperation *operation)
{
  const GError *error = mun_operation_get_error (operation);
  g_autofree char *words = NULL;
  g_autofree char *safe = NULL;
  AdwToast *toast;

  if (mun_operation_get_state (operation) == MUN_OPERATION_CANCELLED)
    return;
  words = error != NULL ? mun_words_for_error (error)
                        : mun_care_dup_outcome (mun_operation_get_function (operation),
                                                mun_operation_get_result (operation));
  safe = mun_words_escape (words);
  toast = adw_toast_new (safe);
  adw_toast_set_timeout (toast, 0);
  adw_toast_set_button_label (toast, _ ("_Report"));
  g_object_set_data_full (G_OBJECT (toast), "operation", g_object_ref (operation), g_object_unref);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (report_button_cb), self, 0);
  mun_page_add_toast (MUN_PAGE (self), toast);
}

/* A row for each operation on all stores that runs; of those on one, its row shows the latest. */
static void
show_operations (MunStoresPage *self)
{
  MunConnection *connection = get_connection (self);
  GListModel *operations
      = connection != NULL ? G_LIST_MODEL (mun_connection_get_operations (connection)) : NULL;
  guint n_operations = operations != NULL ? g_list_model_get_n_items (operations) : 0;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->operations_box))) != NULL)
    gtk_box_remove (self->operations_box, child);
  for (guint i = n_operations; i > 0; i--) {
    g_autoptr (MunOperation) operation = g_list_model_get_item (operations, i - 1);
    gint64 id = store_of (operation);

    if (!is_ours (self, operation))
      continue;
    if (id != 0)
      g_hash_table_insert (self->latest, g_memdup2 (&id, sizeof id), g_object_ref (operation));
    else if (mun_operation_get_state (operation) == MUN_OPERATION_RUNNING)
      gtk_box_append (self->operations_box, mun_operation_row_new (operation));
  }
  gtk_widget_set_visible (GTK_WIDGET (self->operations_box),
                          gtk_widget_get_first_child (GTK_WIDGET (self->operations_box)) != NULL);
  for (guint i = 0; i < self->rows->len; i++) {
    MunStoreRow *row = g_ptr_array_index (self->rows, i);
    gint64 id = mun_store_row_get_id (row);

    mun_store_row_set_operation (row, g_hash_table_lookup (self->latest, &id));
  }
  update_badge (self);
}

static void
operation_finished_cb (MunOperations *operations, MunOperation *operation, MunStoresPage *self)
{
  if (!is_ours (self, operation))
    return;
  if (is_of_all (operation))
    announce (self, operation);
  show_operations (self);
  mun_page_refresh (MUN_PAGE (self));
}

static char *
dup_title (MunCare care, JsonObject *store, JsonObject *arguments)
{
  const char *name = mun_json_get_string (store, "name", "");

  if (care == MUN_CARE_SET_RECOVERY_KEY && !*mun_json_get_string (arguments, "passphrase", ""))
    /* Translators: %s is the name of an archive store. */
    return g_strdup_printf (_ ("Remove the recovery key of %s"), name);
  return mun_care_dup_title (care, name);
}

/* Takes @arguments. */
static void
start (MunStoresPage *self, MunCare care, JsonObject *store, JsonObject *arguments)
{
  g_autofree char *title = dup_title (care, store, arguments);
  gint64 id = mun_json_get_int (store, "id", 0);
  MunOperation *operation;

  if (care == MUN_CARE_VERIFY)
    json_object_set_boolean_member (arguments, "includeIndexes", TRUE);
  operation = mun_connection_start (get_connection (self), mun_care_get_function (care), arguments,
                                    title);
  g_object_set_data_full (G_OBJECT (operation), STORE_ID_KEY, g_memdup2 (&id, sizeof id), g_free);
  /* One that ended at once was not known as ours then. */
  if (mun_operation_get_state (operation) != MUN_OPERATION_RUNNING)
    mun_page_refresh (MUN_PAGE (self));
  show_operations (self);
}

/* --- one store --- */

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Plan) plan = data;
  g_autoptr (JsonObject) arguments = mun_store_ask_finish (result, NULL);

  if (arguments != NULL && get_connection (plan->page) != NULL)
    start (plan->page, plan->care, plan->store, g_steal_pointer (&arguments));
}

static void
confirmed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Plan) plan = data;
  JsonObject *arguments;

  if (!mun_confirm_finish (result) || get_connection (plan->page) == NULL)
    return;
  arguments = json_object_new ();
  json_object_set_int_member (arguments, "id", mun_json_get_int (plan->store, "id", 0));
  start (plan->page, plan->care, plan->store, arguments);
}

static void
confirm (Plan *plan, const char *heading_format, const char *body, const char *verb)
{
  g_auto (GStrv) parts = g_strsplit (heading_format, "%s", 2);
  g_autofree char *heading = g_strjoinv (mun_json_get_string (plan->store, "name", ""), parts);

  mun_confirm_async (GTK_WIDGET (plan->page), heading, body, verb, FALSE, NULL, confirmed_cb, plan);
}

static void
care_cb (MunStoreRow *row, guint care, MunStoresPage *self)
{
  JsonObject *store = mun_store_row_get_store (row);
  JsonObject *arguments;
  Plan *plan = care != MUN_CARE_VERIFY ? plan_new (self, store, care, NULL) : NULL;

  switch (care) {
  case MUN_CARE_RECOVER:
    mun_store_ask_recover_async (GTK_WIDGET (self), store, NULL, answered_cb, plan);
    break;
  case MUN_CARE_UNLOCK:
    mun_store_ask_unlock_async (GTK_WIDGET (self), store, NULL, answered_cb, plan);
    break;
  case MUN_CARE_SET_RECOVERY_KEY:
    mun_store_ask_recovery_key_async (GTK_WIDGET (self), store, NULL, answered_cb, plan);
    break;
  case MUN_CARE_COMPACT:
    /* Translators: %s is the name of an archive store. */
    confirm (plan, _ ("Compact “%s”?"),
             _ ("The space of deleted messages is given back, in small steps while the archive is "
                "in use. Cancelling keeps what is done so far."),
             _ ("_Compact"));
    break;
  case MUN_CARE_RECREATE_RECORDS:
    /* Translators: %s is the name of an archive store. */
    confirm (plan, _ ("Recreate the recovery records of “%s”?"),
             _ ("What the store is recovered from when its catalogue is lost is written anew. No "
                "message changes."),
             _ ("Rec_reate"));
    break;
  default:
    arguments = json_object_new ();
    json_object_set_int_member (arguments, "id", mun_store_row_get_id (row));
    start (self, care, store, arguments);
  }
}

static void
changed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunStoresPage) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);

  if (node == NULL)
    mun_page_report_error (MUN_PAGE (self), error);
  mun_page_refresh (MUN_PAGE (self));
}

static void
set_state (MunStoresPage *self, JsonObject *store, const char *state)
{
  JsonObject *arguments = json_object_new ();

  json_object_set_int_member (arguments, "id", mun_json_get_int (store, "id", 0));
  json_object_set_string_member (arguments, "requestedState", state);
  mun_connection_call_async (get_connection (self), SET_STATE, arguments, NULL, changed_cb,
                             g_object_ref (self));
}

static void
disable_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Plan) plan = data;

  if (mun_confirm_finish (result) && get_connection (plan->page) != NULL)
    set_state (plan->page, plan->store, plan->state);
}

static void
state_cb (MunStoreRow *row, const char *state, MunStoresPage *self)
{
  JsonObject *store = mun_store_row_get_store (row);
  g_autofree char *heading = NULL;

  if (g_strcmp0 (state, mun_json_get_string (store, "requestedState", "")) == 0)
    return;
  if (!g_str_equal (state, "disabled")) {
    set_state (self, store, state);
    return;
  }
  /* Translators: %s is the name of an archive store. */
  heading = g_strdup_printf (_ ("Disable “%s”?"), mun_store_row_get_name (row));
  mun_confirm_async (GTK_WIDGET (self), heading,
                     _ ("Its messages are neither shown nor found until it is enabled again. "
                        "Nothing is deleted."),
                     _ ("_Disable"), FALSE, NULL, disable_cb,
                     plan_new (self, store, MUN_N_CARES, state));
}

static void
report_cb (MunStoreRow *row, MunStoresPage *self)
{
  if (mun_store_row_get_operation (row) != NULL)
    show_report (self, mun_store_row_get_operation (row));
}

/* --- all stores --- */

static void
call_answered (Plan *plan, const char *function, GAsyncResult *result)
{
  g_autoptr (JsonObject) arguments = mun_store_ask_finish (result, NULL);

  if (arguments != NULL && get_connection (plan->page) != NULL)
    mun_connection_call_async (get_connection (plan->page), function, g_steal_pointer (&arguments),
                               NULL, changed_cb, g_object_ref (plan->page));
}

static void
create_answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Plan) plan = data;

  call_answered (plan, CREATE, result);
}

static void
create_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunStoresPage *self = MUN_STORES_PAGE (widget);

  mun_store_ask_create_async (widget, self->stores, NULL, create_answered_cb,
                              plan_new (self, NULL, MUN_N_CARES, NULL));
}

static void
attach_answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Plan) plan = data;

  call_answered (plan, ATTACH, result);
}

static void
attach_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunStoresPage *self = MUN_STORES_PAGE (widget);

  mun_store_ask_attach_async (widget, self->stores, NULL, attach_answered_cb,
                              plan_new (self, NULL, MUN_N_CARES, NULL));
}

static void
verify_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunStoresPage *self = MUN_STORES_PAGE (widget);
  JsonObject *arguments = json_object_new ();

  json_object_set_boolean_member (arguments, "includeIndexes", TRUE);
  mun_connection_start (get_connection (self), VERIFY_ALL, arguments,
                        _ ("Verify all archive stores"));
  show_operations (self);
}

static void
maintain_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunStoresPage *self = MUN_STORES_PAGE (widget);

  mun_connection_start (get_connection (self), MAINTAIN, NULL,
                        _ ("Maintain the databases of the archive stores"));
  show_operations (self);
}

static void
compact_master_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunStoresPage *self = MUN_STORES_PAGE (widget);

  mun_connection_start (get_connection (self), COMPACT_MASTER, NULL,
                        _ ("Compact the master database"));
  show_operations (self);
}

static void
renew_confirmed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Plan) plan = data;

  if (!mun_confirm_finish (result) || get_connection (plan->page) == NULL)
    return;
  mun_connection_start (get_connection (plan->page), RENEW_KEY, NULL, _ ("Renew the master key"));
  show_operations (plan->page);
}

static void
renew_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mun_confirm_async (widget, _ ("Renew the master key?"),
                     _ ("The server makes a new master key and seals the keys of all archive "
                        "stores with it; no message is written anew. Back up the new key: without "
                        "it the archive cannot be read."),
                     _ ("_Renew"), FALSE, NULL, renew_confirmed_cb,
                     plan_new (MUN_STORES_PAGE (widget), NULL, MUN_N_CARES, NULL));
}

/* --- loading --- */

static void
show_stores (MunStoresPage *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->group, g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < json_array_get_length (self->stores); i++) {
    JsonNode *element = json_array_get_element (self->stores, i);
    MunStoreRow *row;

    if (!JSON_NODE_HOLDS_OBJECT (element))
      continue;
    row = mun_store_row_new (json_node_get_object (element), get_connection (self));
    g_signal_connect_object (row, "care", G_CALLBACK (care_cb), self, 0);
    g_signal_connect_object (row, "state", G_CALLBACK (state_cb), self, 0);
    g_signal_connect_object (row, "report", G_CALLBACK (report_cb), self, 0);
    adw_preferences_group_add (self->group, GTK_WIDGET (row));
    g_ptr_array_add (self->rows, row);
  }
  show_operations (self);
  mun_state_stack_set_state (self->states,
                             self->rows->len > 0 ? MUN_STATE_CONTENT : MUN_STATE_EMPTY);
}

static void
stores_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);
  MunStoresPage *self = data; /* while not cancelled */

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (node == NULL) {
    mun_state_stack_set_error (self->states, error);
    return;
  }
  g_clear_pointer (&self->stores, json_array_unref);
  self->stores = JSON_NODE_HOLDS_ARRAY (node) ? json_array_ref (json_node_get_array (node))
                                              : json_array_new ();
  show_stores (self);
}

static void
mun_stores_page_load (MunPage *page)
{
  MunStoresPage *self = MUN_STORES_PAGE (page);
  JsonObject *arguments = json_object_new ();

  json_object_set_boolean_member (arguments, "includeSize", TRUE);
  mun_state_stack_set_state (self->states, MUN_STATE_LOADING);
  update_actions (self);
  show_operations (self);
  mun_connection_call_async (get_connection (self), "GetStores", arguments,
                             mun_page_get_cancellable (page), stores_cb, self);
}

static void
connection_cb (MunStoresPage *self)
{
  MunConnection *connection = get_connection (self);

  g_hash_table_remove_all (self->latest);
  if (connection != NULL && mun_connection_get_operations (connection) != NULL)
    g_signal_connect_object (mun_connection_get_operations (connection), "finished",
                             G_CALLBACK (operation_finished_cb), self, 0);
}

static void
mun_stores_page_finalize (GObject *object)
{
  MunStoresPage *self = MUN_STORES_PAGE (object);

  g_clear_pointer (&self->stores, json_array_unref);
  g_ptr_array_unref (self->rows);
  g_hash_table_unref (self->latest);
  G_OBJECT_CLASS (mun_stores_page_parent_class)->finalize (object);
}

static void
mun_stores_page_class_init (MunStoresPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mun_stores_page_finalize;
  MUN_PAGE_CLASS (klass)->load = mun_stores_page_load;
  MUN_PAGE_CLASS (klass)->create_action = "stores.create";
  g_type_ensure (MUN_TYPE_STATE_STACK);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/muniment/Console/pages/mun-stores-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MunStoresPage, operations_box);
  gtk_widget_class_bind_template_child (widget_class, MunStoresPage, states);
  gtk_widget_class_bind_template_child (widget_class, MunStoresPage, group);
  gtk_widget_class_bind_template_child (widget_class, MunStoresPage, create_button);
  gtk_widget_class_bind_template_child (widget_class, MunStoresPage, menu_button);
  gtk_widget_class_install_action (widget_class, "stores.create", NULL, create_action);
  gtk_widget_class_install_action (widget_class, "stores.attach", NULL, attach_action);
  gtk_widget_class_install_action (widget_class, "stores.verify-all", NULL, verify_all_action);
  gtk_widget_class_install_action (widget_class, "stores.maintain", NULL, maintain_action);
  gtk_widget_class_install_action (widget_class, "stores.compact-master", NULL,
                                   compact_master_action);
  gtk_widget_class_install_action (widget_class, "stores.renew-master-key", NULL, renew_action);
}

static void
mun_stores_page_init (MunStoresPage *self)
{
  self->rows = g_ptr_array_new ();
  self->latest = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
  update_actions (self);
  g_signal_connect (self, "notify::connection", G_CALLBACK (connection_cb), NULL);
}
