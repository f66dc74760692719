/* mun-credential-manager.c: the Credential Manager: all credentials, made, edited, exported and
 * deleted */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-credential-manager.h"

#include "errors.h"
#include "json.h"
#include "keyring.h"
#include "mun-credential-dialog.h"
#include "mun-credential-item.h"
#include "mun-file-prompt.h"
#include "mun-state-stack.h"
#include "mun-words.h"

#include <glib/gi18n.h>
#include <string.h>

struct _MunCredentialManager {
  AdwWindow parent_instance;
  AdwToastOverlay *toasts;
  MunStateStack *states;
  AdwPreferencesGroup *local_group;
  AdwPreferencesGroup *server_group;
  MunConnection *connection;
  GCancellable *cancellable;
  /* What the last refresh has brought together; a reply that is missing stays NULL. */
  GPtrArray *local;
  JsonNode *server;
  JsonNode *directory;
  JsonNode *profiles;
  guint pending;
  GListStore *choices;
  GPtrArray *items;
  MunCredentialChoice *acting; /* of the dialog that is open */
  char *exported;              /* PEM of the certificate that is being saved */
  gboolean renew;
  gboolean locked; /* the keyring was, at the last look */
};

G_DEFINE_FINAL_TYPE (MunCredentialManager, mun_credential_manager, ADW_TYPE_WINDOW)

enum { SIGNAL_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
toast (MunCredentialManager *self, const char *text)
{
  g_autofree char *escaped = mun_words_escape (text);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

static void
toast_error (MunCredentialManager *self, const GError *error)
{
  g_autofree char *sentence = mun_words_for_error (error);

  toast (self, sentence);
}

static void
show_choices (MunCredentialManager *self)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  gboolean any_on_server = FALSE;

  for (guint i = 0; i < self->items->len; i++) {
    GtkWidget *item = g_ptr_array_index (self->items, i);
    MunCredentialChoice *choice = mun_credential_item_get_choice (MUN_CREDENTIAL_ITEM (item));
    gboolean local = mun_credential_choice_get_local (choice) != NULL;

    adw_preferences_group_remove (local ? self->local_group : self->server_group, item);
  }
  g_ptr_array_set_size (self->items, 0);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->choices)); i++) {
    g_autoptr (MunCredentialChoice) choice
        = g_list_model_get_item (G_LIST_MODEL (self->choices), i);
    MunCredentialItem *item = mun_credential_item_new (choice, now);
    gboolean local = mun_credential_choice_get_local (choice) != NULL;

    adw_preferences_group_add (local ? self->local_group : self->server_group, GTK_WIDGET (item));
    g_ptr_array_add (self->items, item);
    any_on_server = any_on_server || !local;
  }
  gtk_widget_set_visible (GTK_WIDGET (self->server_group), any_on_server);
  gtk_widget_set_visible (GTK_WIDGET (self->local_group),
                          self->local != NULL && self->local->len > 0);
}

/* One of the replies is there; with the last one the list is made. */
static void
arrived (MunCredentialManager *self)
{
  g_autoptr (GListStore) choices = NULL;

  if (--self->pending > 0)
    return;
  /* All local ones belong in this list, whatever the server takes. */
  choices = mun_credential_choice_list (self->server, self->local, TRUE);
  g_set_object (&self->choices, choices);
  show_choices (self);
  mun_state_stack_set_state (self->states, g_list_model_get_n_items (G_LIST_MODEL (choices)) > 0
                                               ? MUN_STATE_CONTENT
                                               : MUN_STATE_EMPTY);
}

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) local = mun_keyring_list_finish (result, &error);
  MunCredentialManager *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_pointer (&self->local, g_ptr_array_unref);
  if (local == NULL) {
    self->pending = 0;
    self->locked = g_error_matches (error, MUN_ERROR, MUN_ERROR_KEYRING_LOCKED);
    g_cancellable_cancel (self->cancellable);
    mun_state_stack_set_error (self->states, error);
    return;
  }
  self->local = g_steal_pointer (&local);
  arrived (self);
}

typedef struct {
  MunCredentialManager *self;
  JsonNode **reply;
} Fetch;

static void
fetched_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree Fetch *fetch = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL)
    g_info ("credential manager: %s", error->message);
  g_clear_pointer (fetch->reply, json_node_unref);
  *fetch->reply = g_steal_pointer (&node);
  arrived (fetch->self);
}

static void
fetch (MunCredentialManager *self, const char *function, JsonNode **reply)
{
  JsonObject *arguments = NULL;
  Fetch *data;

  if (self->connection == NULL || !mun_connection_has_function (self->connection, function))
    return;
  if (strcmp (function, "GetProfiles") == 0) {
    arguments = json_object_new ();
    json_object_set_boolean_member (arguments, "raw", TRUE);
  }
  data = g_new (Fetch, 1);
  data->self = self;
  data->reply = reply;
  self->pending++;
  mun_connection_call_async (self->connection, function, arguments, self->cancellable, fetched_cb,
                             data);
}

void
mun_credential_manager_refresh (MunCredentialManager *self)
{
  g_return_if_fail (MUN_IS_CREDENTIAL_MANAGER (self));
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  mun_state_stack_set_state (self->states, MUN_STATE_LOADING);
  self->locked = FALSE;
  self->pending = 1;
  fetch (self, "GetCredentials", &self->server);
  fetch (self, "GetDirectoryServicesConfiguration", &self->directory);
  fetch (self, "GetProfiles", &self->profiles);
  mun_keyring_list_async (self->cancellable, listed_cb, self);
}

/* The credential that an action is about. (transfer full), NULL when it is gone. */
static MunCredentialChoice *
find_choice (MunCredentialManager *self, GVariant *parameter)
{
  const char *key = g_variant_get_string (parameter, NULL);

  for (guint i = 0;
       self->choices != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (self->choices)); i++) {
    g_autoptr (MunCredentialChoice) choice
        = g_list_model_get_item (G_LIST_MODEL (self->choices), i);
    g_autofree char *its_key = mun_credential_item_dup_key (choice);

    if (strcmp (key, its_key) == 0)
      return g_steal_pointer (&choice);
  }
  return NULL;
}

static void
dialog_saved_cb (MunCredentialDialog *dialog, MunAppCredential *credential, gpointer data)
{
  MunCredentialManager *self = MUN_CREDENTIAL_MANAGER (data);
  /* Translators: %s is the name of a credential. */
  g_autofree char *text
      = g_strdup_printf (_ ("“%s” saved in the keyring"), mun_app_credential_get_name (credential));

  toast (self, text);
  mun_credential_manager_refresh (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, credential);
}

static void
open_dialog (MunCredentialManager *self, MunAppCredential *credential)
{
  MunCredentialDialog *dialog = mun_credential_dialog_new (GTK_WINDOW (self), credential);

  g_signal_connect_object (dialog, "saved", G_CALLBACK (dialog_saved_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
  if (self->renew)
    gtk_widget_activate_action (GTK_WIDGET (mun_credential_dialog_get_certificate_group (dialog)),
                                "certificate.create", NULL);
  self->renew = FALSE;
}

static void
create_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MUN_CREDENTIAL_MANAGER (widget)->renew = FALSE;
  open_dialog (MUN_CREDENTIAL_MANAGER (widget), NULL);
}

static void
loaded_for_edit_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunAppCredential) credential = mun_keyring_load_finish (result, &error);
  MunCredentialManager *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (credential != NULL) {
    open_dialog (self, credential);
    return;
  }
  toast_error (self, error);
  if (g_error_matches (error, MUN_ERROR, MUN_ERROR_NOT_FOUND))
    mun_credential_manager_refresh (self);
}

static void
edit_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunCredentialManager *self = MUN_CREDENTIAL_MANAGER (widget);
  g_autoptr (MunCredentialChoice) choice = find_choice (self, parameter);
  MunAppCredential *local = choice != NULL ? mun_credential_choice_get_local (choice) : NULL;

  if (local == NULL)
    return;
  self->renew = strcmp (name, "manager.renew") == 0;
  mun_keyring_load_async (mun_app_credential_get_id (local), self->cancellable, loaded_for_edit_cb,
                          self);
}

static void
exported_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_file_get_parse_name (G_FILE (source));
  g_autofree char *text = NULL;

  mun_file_save_finish (result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL) {
    toast_error (data, error);
    return;
  }
  text = g_strdup_printf (_ ("Saved as %s"), path);
  toast (data, text);
}

static void
export_chosen_cb (GtkWidget *owner, GFile *file, gpointer data)
{
  MunCredentialManager *self = MUN_CREDENTIAL_MANAGER (owner);
  g_autofree char *name = g_file_get_basename (file);
  g_autoptr (GError) error = NULL;
  g_autoptr (MunCertificate) certificate = NULL;
  g_autoptr (GBytes) bytes = NULL;

  certificate = mun_certificate_new_from_pem (self->exported, NULL, &error);
  if (certificate == NULL) {
    toast_error (self, error);
    return;
  }
  if (g_str_has_suffix (name, ".pem"))
    bytes = g_bytes_new (self->exported, strlen (self->exported));
  else
    bytes = mun_certificate_export_der (certificate);
  mun_file_save_async (file, bytes, FALSE, self->cancellable, exported_cb, self);
}

/* Only the public part, as text. */
static void
prompt_export (MunCredentialManager *self, const char *pem)
{
  const char *const filters[] = { _ ("Certificate (.cer)"), "*.cer;*.crt",
                                  _ ("Certificate in Text Form (.pem)"), "*.pem", NULL };
  g_autofree char *name = g_strconcat (mun_credential_choice_get_name (self->acting), ".cer", NULL);

  g_free (self->exported);
  self->exported = g_strdup (pem);
  mun_file_prompt (GTK_WIDGET (self), GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Export Certificate"), name,
                   filters, export_chosen_cb, NULL);
}

static void
loaded_for_export_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunAppCredential) credential = mun_keyring_load_finish (result, &error);
  g_autofree char *pem = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (credential == NULL) {
    toast_error (data, error);
    return;
  }
  pem = mun_certificate_export_pem (mun_app_credential_get_certificate (credential));
  prompt_export (data, pem);
}

static void
fetched_for_export_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL)
    toast_error (data, error);
  else if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    prompt_export (data, mun_json_get_string (json_node_get_object (node), "certificate", ""));
}

static JsonObject *
id_arguments (MunCredentialChoice *choice)
{
  JsonObject *arguments = json_object_new ();

  json_object_set_int_member (arguments, "id", mun_credential_choice_get_server_id (choice));
  return arguments;
}

static void
export_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunCredentialManager *self = MUN_CREDENTIAL_MANAGER (widget);
  g_autoptr (MunCredentialChoice) choice = find_choice (self, parameter);
  MunAppCredential *local = choice != NULL ? mun_credential_choice_get_local (choice) : NULL;

  if (choice == NULL)
    return;
  g_set_object (&self->acting, choice);
  if (local != NULL)
    mun_keyring_load_async (mun_app_credential_get_id (local), self->cancellable,
                            loaded_for_export_cb, self);
  else if (mun_connection_has_function (self->connection, "GetCredentialsCertificate"))
    mun_connection_call_async (self->connection, "GetCredentialsCertificate", id_arguments (choice),
                               self->cancellable, fetched_for_export_cb, self);
  else
    toast (self, _ ("This server does not hand out certificates."));
}

/* The window may have been closed meanwhile; what was confirmed is deleted all the same. */
static void
deletion_ended (MunCredentialManager *self, const char *problem)
{
  if (!g_cancellable_is_cancelled (self->cancellable)) {
    if (problem != NULL)
      toast (self, problem);
    mun_credential_manager_refresh (self);
  }
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, NULL);
}

static void
deleted_on_server_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);
  g_autoptr (MunCredentialManager) self = data;
  g_autofree char *problem = error != NULL ? mun_words_for_error (error) : NULL;

  deletion_ended (self, problem);
}

static void
deleted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunCredentialManager) self = data;
  g_autofree char *problem = NULL;

  mun_keyring_delete_finish (result, &error);
  if (g_error_matches (error, MUN_ERROR, MUN_ERROR_CHANGED_ELSEWHERE))
    problem = g_strdup (_ ("Another program has changed this credential meanwhile. Look at it "
                           "before you delete it."));
  else if (error != NULL && !g_error_matches (error, MUN_ERROR, MUN_ERROR_NOT_FOUND))
    problem = mun_words_for_error (error);
  deletion_ended (self, problem);
}

static void
delete_response_cb (AdwMessageDialog *dialog, const char *response, gpointer data)
{
  MunCredentialManager *self = MUN_CREDENTIAL_MANAGER (data);
  MunAppCredential *local = mun_credential_choice_get_local (self->acting);

  if (strcmp (response, "delete") != 0)
    return;
  if (local != NULL)
    mun_keyring_delete_async (mun_app_credential_get_id (local),
                              mun_app_credential_get_revision (local), NULL, deleted_cb,
                              g_object_ref (self));
  else
    mun_connection_call_async (self->connection, "DeleteCredentials", id_arguments (self->acting),
                               NULL, deleted_on_server_cb, g_object_ref (self));
}

/* What becomes of those who use it: a server works with its own copy. */
static char *
deletion_consequence (MunCredentialManager *self, MunCredentialChoice *choice, gboolean *blocked)
{
  gint64 server_id = mun_credential_choice_get_server_id (choice);
  g_auto (GStrv) users
      = mun_credential_choice_dup_users (server_id, self->directory, self->profiles);
  g_autofree char *names = g_strjoinv (", ", users);
  const char *server = self->connection != NULL ? mun_connection_get_name (self->connection) : "";
  gboolean local = mun_credential_choice_get_local (choice) != NULL;

  *blocked = !local && *users != NULL;
  if (*blocked)
    /* Translators: a server, and what uses the credential there (Directory Services, names of
     * profiles). */
    return g_strdup_printf (_ ("%s uses it for: %s. Choose another credential there first."),
                            server, names);
  if (!local)
    /* Translators: %s is a server. */
    return g_strdup_printf (_ ("It is deleted on %s. Nothing there uses it."), server);
  if (*users != NULL)
    /* Translators: a server, and what uses the credential there. */
    return g_strdup_printf (
        _ ("%s has a copy and uses it for: %s. The copy stays there and goes on working until "
           "its certificate expires; without this one you cannot renew it."),
        server, names);
  return g_strdup (_ (
      "The certificate's key is deleted from the keyring for good. A copy that a server has stays "
      "there."));
}

static void
delete_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunCredentialManager *self = MUN_CREDENTIAL_MANAGER (widget);
  g_autoptr (MunCredentialChoice) choice = find_choice (self, parameter);
  g_autofree char *body = NULL;
  AdwMessageDialog *dialog;
  gboolean blocked = FALSE;

  if (choice == NULL)
    return;
  g_set_object (&self->acting, choice);
  body = deletion_consequence (self, choice, &blocked);
  dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (GTK_WINDOW (self), NULL, body));
  if (mun_credential_choice_get_local (choice) == NULL
      && !mun_connection_has_function (self->connection, "DeleteCredentials"))
    blocked = TRUE;
  /* Translators: %s is the name of a credential. */
  adw_message_dialog_format_heading (dialog, _ ("Delete “%s”?"),
                                     mun_credential_choice_get_name (choice));
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "delete", _ ("_Delete"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "delete", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_enabled (dialog, "delete", !blocked);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (delete_response_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
unlocked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  MunCredentialManager *self = data;

  mun_keyring_unlock_finish (result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL)
    toast_error (self, error);
  else
    mun_credential_manager_refresh (self);
}

/* The list alone never asks for the keyring's password; who presses Unlock wants to be asked. */
static void
refresh_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunCredentialManager *self = MUN_CREDENTIAL_MANAGER (widget);

  if (!self->locked) {
    mun_credential_manager_refresh (self);
    return;
  }
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  mun_keyring_unlock_async (self->cancellable, unlocked_cb, self);
}

static void
mun_credential_manager_dispose (GObject *object)
{
  MunCredentialManager *self = MUN_CREDENTIAL_MANAGER (object);

  g_cancellable_cancel (self->cancellable);
  G_OBJECT_CLASS (mun_credential_manager_parent_class)->dispose (object);
}

static void
mun_credential_manager_finalize (GObject *object)
{
  MunCredentialManager *self = MUN_CREDENTIAL_MANAGER (object);

  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->local, g_ptr_array_unref);
  g_clear_pointer (&self->server, json_node_unref);
  g_clear_pointer (&self->directory, json_node_unref);
  g_clear_pointer (&self->profiles, json_node_unref);
  g_clear_object (&self->choices);
  g_clear_object (&self->acting);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_free (self->exported);
  G_OBJECT_CLASS (mun_credential_manager_parent_class)->finalize (object);
}

static void
mun_credential_manager_class_init (MunCredentialManagerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mun_credential_manager_dispose;
  object_class->finalize = mun_credential_manager_finalize;
  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", MUN_TYPE_CREDENTIAL_MANAGER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 1, MUN_TYPE_APP_CREDENTIAL);
  g_type_ensure (MUN_TYPE_STATE_STACK);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/muniment/Console/dialogs/mun-credential-manager.ui");
  gtk_widget_class_bind_template_child (widget_class, MunCredentialManager, toasts);
  gtk_widget_class_bind_template_child (widget_class, MunCredentialManager, states);
  gtk_widget_class_bind_template_child (widget_class, MunCredentialManager, local_group);
  gtk_widget_class_bind_template_child (widget_class, MunCredentialManager, server_group);
  gtk_widget_class_install_action (widget_class, "manager.create", NULL, create_action);
  gtk_widget_class_install_action (widget_class, "manager.edit", "s", edit_action);
  gtk_widget_class_install_action (widget_class, "manager.renew", "s", edit_action);
  gtk_widget_class_install_action (widget_class, "manager.export", "s", export_action);
  gtk_widget_class_install_action (widget_class, "manager.delete", "s", delete_action);
  /* The Retry button of the state stack. */
  gtk_widget_class_install_action (widget_class, "page.refresh", NULL, refresh_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_n, GDK_CONTROL_MASK, "manager.create",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F5, 0, "page.refresh", NULL);
}

static void
mun_credential_manager_init (MunCredentialManager *self)
{
  self->cancellable = g_cancellable_new ();
  self->items = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

MunCredentialManager *
mun_credential_manager_new (GtkWindow *parent, MunConnection *connection)
{
  MunCredentialManager *self
      = g_object_new (MUN_TYPE_CREDENTIAL_MANAGER, "transient-for", parent, NULL);

  g_set_object (&self->connection, connection);
  if (connection != NULL) {
    /* Translators: %s is a server. */
    g_autofree char *title
        = g_strdup_printf (_ ("Only on %s"), mun_connection_get_name (connection));
    g_autofree char *escaped = mun_words_escape (title);

    adw_preferences_group_set_title (self->server_group, escaped);
    if (!mun_connection_has_function (connection, "CreateCredentials"))
      adw_preferences_group_set_description (
          self->server_group,
          _ ("This server takes credentials only from its own client; here they are shown."));
  }
  mun_credential_manager_refresh (self);
  return self;
}
