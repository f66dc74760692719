/* mun-credential-row.c: chooses the credential that a server shall use */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-credential-row.h"

#include "errors.h"
#include "keyring.h"
#include "mun-combo-list.h"
#include "mun-credential-manager.h"
#include "mun-hand-over.h"

#include <glib/gi18n.h>

struct _MunCredentialRow {
  AdwComboRow parent_instance;
  MunConnection *connection;
  GCancellable *cancellable;
  JsonNode *server;
  GPtrArray *local;
  guint pending;
  gint64 server_id;
  MunCredentialChoice *choice;
  gboolean filling; /* the selection is not the user's */
};

G_DEFINE_FINAL_TYPE (MunCredentialRow, mun_credential_row, ADW_TYPE_COMBO_ROW)

enum { PROP_0, PROP_SERVER_ID, PROP_CHOICE, N_PROPS };
static GParamSpec *properties[N_PROPS];
enum { SIGNAL_PROBLEM, SIGNAL_HANDED_OVER, N_SIGNALS };
static guint signals[N_SIGNALS];

static char *
choice_label (MunCredentialChoice *choice, gpointer data)
{
  return choice != NULL
             ? mun_credential_choice_dup_label (choice, g_get_real_time () / G_USEC_PER_SEC)
             : g_strdup ("");
}

static void
set_choice (MunCredentialRow *self, MunCredentialChoice *choice)
{
  if (g_set_object (&self->choice, choice))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHOICE]);
}

/* Selects what `server_id` says; an id that the server no longer has is shown as none. */
static void
select_present (MunCredentialRow *self)
{
  GListModel *model = adw_combo_row_get_model (ADW_COMBO_ROW (self));
  guint position = model != NULL ? mun_credential_choice_find (model, self->server_id) : G_MAXUINT;
  gboolean found = position != G_MAXUINT;
  g_autoptr (MunCredentialChoice) choice = found ? g_list_model_get_item (model, position) : NULL;

  self->filling = TRUE;
  adw_combo_row_set_selected (ADW_COMBO_ROW (self), found ? position : 0);
  self->filling = FALSE;
  /* The chosen one stands below the title, where it has room; without any there is a sentence. */
  adw_combo_row_set_use_subtitle (ADW_COMBO_ROW (self),
                                  model != NULL && g_list_model_get_n_items (model) > 1);
  if (!adw_combo_row_get_use_subtitle (ADW_COMBO_ROW (self)))
    adw_action_row_set_subtitle (ADW_ACTION_ROW (self),
                                 _ ("None yet. Create one with the button “…”."));
  set_choice (self, choice);
}

static void
arrived (MunCredentialRow *self)
{
  g_autoptr (GListStore) choices = NULL;
  g_autoptr (MunCredentialChoice) none = NULL;
  gboolean takes;

  if (--self->pending > 0)
    return;
  takes = self->connection != NULL
          && mun_connection_has_function (self->connection, "CreateCredentials");
  choices = mun_credential_choice_list (self->server, self->local, takes);
  /* The row lets nobody choose from a single item, and "none" is a choice. */
  none = mun_credential_choice_new_none ();
  g_list_store_insert (choices, 0, none);
  self->filling = TRUE;
  adw_combo_row_set_model (ADW_COMBO_ROW (self), G_LIST_MODEL (choices));
  self->filling = FALSE;
  select_present (self);
}

static void
called_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);
  MunCredentialRow *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_pointer (&self->server, json_node_unref);
  if (error != NULL)
    g_signal_emit (self, signals[SIGNAL_PROBLEM], 0, error);
  else
    self->server = g_steal_pointer (&node);
  arrived (self);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) local = mun_keyring_list_finish (result, &error);
  MunCredentialRow *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  /* A desktop without keyring still shows what the server has; the manager says what is the matter.
   */
  if (error != NULL)
    g_info ("keyring: %s", error->message);
  if (g_error_matches (error, MUN_ERROR, MUN_ERROR_KEYRING_LOCKED))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.keyring-locked", NULL);
  g_clear_pointer (&self->local, g_ptr_array_unref);
  self->local = g_steal_pointer (&local);
  arrived (self);
}

void
mun_credential_row_reload (MunCredentialRow *self)
{
  g_return_if_fail (MUN_IS_CREDENTIAL_ROW (self));
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->pending = 0;
  if (self->connection == NULL)
    return;
  if (mun_connection_has_function (self->connection, "GetCredentials")) {
    self->pending++;
    mun_connection_call_async (self->connection, "GetCredentials", NULL, self->cancellable,
                               called_cb, self);
  }
  self->pending++;
  mun_keyring_list_async (self->cancellable, listed_cb, self);
}

static void
handed_over_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunCredentialRow) self = data;
  g_autoptr (GError) error = NULL;
  gint64 id = mun_hand_over_finish (result, &error);

  if (id == 0) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      g_signal_emit (self, signals[SIGNAL_PROBLEM], 0, error);
    select_present (self);
    return;
  }
  mun_credential_row_set_server_id (self, id);
  g_signal_emit (self, signals[SIGNAL_HANDED_OVER], 0);
  mun_credential_row_reload (self);
}

static void
hand_over (MunCredentialRow *self, MunCredentialChoice *choice)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  mun_hand_over_async (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, self->connection, choice,
                       NULL, handed_over_cb, g_object_ref (self));
}

void
mun_credential_row_hand_over (MunCredentialRow *self)
{
  g_return_if_fail (MUN_IS_CREDENTIAL_ROW (self));
  if (self->choice != NULL && mun_credential_choice_get_local (self->choice) != NULL)
    hand_over (self, self->choice);
}

static void
selected_cb (MunCredentialRow *self)
{
  MunCredentialChoice *choice = adw_combo_row_get_selected_item (ADW_COMBO_ROW (self));

  if (self->filling || choice == NULL)
    return;
  if (mun_credential_choice_get_local (choice) != NULL
      && mun_credential_choice_get_server_id (choice) == 0)
    hand_over (self, choice);
  else
    mun_credential_row_set_server_id (self, mun_credential_choice_get_server_id (choice));
}

static void
manager_changed_cb (MunCredentialManager *manager, MunAppCredential *credential, gpointer data)
{
  mun_credential_row_reload (MUN_CREDENTIAL_ROW (data));
}

void
mun_credential_row_open_manager (MunCredentialRow *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  MunCredentialManager *manager;

  g_return_if_fail (MUN_IS_CREDENTIAL_ROW (self));
  manager = mun_credential_manager_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                        self->connection);
  g_signal_connect_object (manager, "changed", G_CALLBACK (manager_changed_cb), self, 0);
  gtk_window_present (GTK_WINDOW (manager));
}

static void
mun_credential_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MunCredentialRow *self = MUN_CREDENTIAL_ROW (object);

  if (id == PROP_SERVER_ID)
    g_value_set_int64 (value, self->server_id);
  else if (id == PROP_CHOICE)
    g_value_set_object (value, self->choice);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
mun_credential_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SERVER_ID)
    mun_credential_row_set_server_id (MUN_CREDENTIAL_ROW (object), g_value_get_int64 (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
mun_credential_row_dispose (GObject *object)
{
  MunCredentialRow *self = MUN_CREDENTIAL_ROW (object);

  g_cancellable_cancel (self->cancellable);
  G_OBJECT_CLASS (mun_credential_row_parent_class)->dispose (object);
}

static void
mun_credential_row_finalize (GObject *object)
{
  MunCredentialRow *self = MUN_CREDENTIAL_ROW (object);

  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->choice);
  g_clear_pointer (&self->server, json_node_unref);
  g_clear_pointer (&self->local, g_ptr_array_unref);
  G_OBJECT_CLASS (mun_credential_row_parent_class)->finalize (object);
}

static void
mun_credential_row_class_init (MunCredentialRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = mun_credential_row_get_property;
  object_class->set_property = mun_credential_row_set_property;
  object_class->dispose = mun_credential_row_dispose;
  object_class->finalize = mun_credential_row_finalize;
  properties[PROP_SERVER_ID]
      = g_param_spec_int64 ("server-id", NULL, NULL, 0, G_MAXINT64, 0,
                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_CHOICE] = g_param_spec_object ("choice", NULL, NULL, MUN_TYPE_CREDENTIAL_CHOICE,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SIGNAL_PROBLEM] = g_signal_new ("problem", MUN_TYPE_CREDENTIAL_ROW, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  signals[SIGNAL_HANDED_OVER]
      = g_signal_new ("handed-over", MUN_TYPE_CREDENTIAL_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 0);
}

static void
mun_credential_row_init (MunCredentialRow *self)
{
  g_autoptr (GtkExpression) label
      = gtk_cclosure_expression_new (G_TYPE_STRING, NULL, 0, NULL, G_CALLBACK (choice_label), NULL,
                                     NULL);
  GtkWidget *button = gtk_button_new_with_label ("…");

  self->cancellable = g_cancellable_new ();
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_combo_row_set_expression (ADW_COMBO_ROW (self), label);
  mun_combo_list_show_whole (ADW_COMBO_ROW (self));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, _ ("Credential Manager"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Credential Manager"), -1);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (mun_credential_row_open_manager), self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), button);
  g_signal_connect (self, "notify::selected-item", G_CALLBACK (selected_cb), NULL);
}

void
mun_credential_row_set_connection (MunCredentialRow *self, MunConnection *connection)
{
  g_return_if_fail (MUN_IS_CREDENTIAL_ROW (self));
  g_set_object (&self->connection, connection);
  mun_credential_row_reload (self);
}

gint64
mun_credential_row_get_server_id (MunCredentialRow *self)
{
  g_return_val_if_fail (MUN_IS_CREDENTIAL_ROW (self), 0);
  return self->server_id;
}

void
mun_credential_row_set_server_id (MunCredentialRow *self, gint64 server_id)
{
  gboolean changed;

  g_return_if_fail (MUN_IS_CREDENTIAL_ROW (self));
  changed = self->server_id != server_id;
  self->server_id = server_id;
  if (self->pending == 0)
    select_present (self);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SERVER_ID]);
}

MunCredentialChoice *
mun_credential_row_get_choice (MunCredentialRow *self)
{
  g_return_val_if_fail (MUN_IS_CREDENTIAL_ROW (self), NULL);
  return self->choice;
}
