/* mun-credential-dialog.c: the dialog "Azure AD App Credentials" */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-credential-dialog.h"

#include "cloud.h"
#include "errors.h"
#include "keyring.h"
#include "mun-combo-list.h"
#include "mun-hint-row.h"
#include "mun-sign-in-test.h"
#include "mun-sign-in-words.h"
#include "mun-words.h"

#include <glib/gi18n.h>
#include <string.h>

struct _MunCredentialDialog {
  AdwWindow parent_instance;
  GtkSpinner *save_spinner;
  GtkWidget *save_button;
  MunHintRow *save_hint;
  GtkWidget *name_row;
  MunHintRow *name_hint;
  GtkWidget *client_row;
  GtkWidget *client_ok;
  MunHintRow *client_hint;
  GtkWidget *tenant_row;
  GtkWidget *tenant_ok;
  MunHintRow *tenant_hint;
  AdwComboRow *cloud_row;
  MunCertificateGroup *certificate_group;
  GtkSpinner *test_spinner;
  GtkWidget *test_button;
  MunHintRow *test_hint;
  MunAppCredential *original; /* as loaded; what Cancel goes back to */
  MunAppCredential *saving;   /* the copy that is on its way into the keyring */
  GCancellable *cancellable;
  gboolean cleaning;
  gboolean testing;
};

G_DEFINE_FINAL_TYPE (MunCredentialDialog, mun_credential_dialog, ADW_TYPE_WINDOW)

enum { SIGNAL_SAVED, N_SIGNALS };
static guint signals[N_SIGNALS];

typedef gboolean (*Validate) (const char *text, GError **error);
typedef char *(*Clean) (const char *text);

static const char *
text_of (GtkWidget *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static const char *
selected_cloud (MunCredentialDialog *self)
{
  const MunCloud *const *clouds = mun_cloud_list ();
  guint selected = adw_combo_row_get_selected (self->cloud_row);
  guint n = g_list_model_get_n_items (adw_combo_row_get_model (self->cloud_row));

  return selected < n ? clouds[selected]->id : "global";
}

/* What the fields say, as a credential that may be saved or tested. */
static MunAppCredential *
dup_draft (MunCredentialDialog *self)
{
  MunAppCredential *draft = mun_app_credential_copy (self->original);

  mun_app_credential_set_name (draft, text_of (self->name_row));
  mun_app_credential_set_client_id (draft, text_of (self->client_row));
  mun_app_credential_set_tenant_id (draft, text_of (self->tenant_row));
  mun_app_credential_set_cloud (draft, selected_cloud (self));
  mun_app_credential_set_certificate (draft, mun_certificate_group_get_certificate (
                                                 self->certificate_group));
  return draft;
}

static gboolean
is_changed (MunCredentialDialog *self)
{
  return g_strcmp0 (text_of (self->name_row), mun_app_credential_get_name (self->original)) != 0
         || g_strcmp0 (text_of (self->client_row),
                       mun_app_credential_get_client_id (self->original))
                != 0
         || g_strcmp0 (text_of (self->tenant_row),
                       mun_app_credential_get_tenant_id (self->original))
                != 0
         || g_strcmp0 (selected_cloud (self), mun_app_credential_get_cloud (self->original)) != 0
         || mun_certificate_group_get_certificate (self->certificate_group)
                != mun_app_credential_get_certificate (self->original);
}

/* Why the credential cannot be saved (or tested, where the name does not matter); NULL when it can.
 */
static const char *
find_obstacle (MunCredentialDialog *self, gboolean for_test)
{
  MunCertificate *certificate = mun_certificate_group_get_certificate (self->certificate_group);

  if (mun_certificate_group_get_busy (self->certificate_group))
    return _ ("The certificate is not ready yet");
  if (!for_test && !mun_app_credential_validate_name (text_of (self->name_row), NULL))
    return _ ("Enter a name first");
  if (!mun_app_credential_validate_client_id (text_of (self->client_row), NULL))
    return _ ("Enter the application (client) ID first");
  if (!mun_app_credential_validate_tenant_id (text_of (self->tenant_row), NULL))
    return _ ("Enter the directory (tenant) ID first");
  if (certificate == NULL)
    return _ ("Create or import a certificate first");
  if (!mun_certificate_has_key (certificate))
    return _ ("The certificate needs its key");
  if (!for_test
      && mun_certificate_get_not_after (certificate) <= g_get_real_time () / G_USEC_PER_SEC)
    return _ ("The certificate has expired");
  return NULL;
}

static void
set_obstacle (GtkWidget *button, const char *obstacle)
{
  gtk_widget_set_tooltip_text (button, obstacle);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  obstacle != NULL ? obstacle : "", -1);
}

static void
update_actions (MunCredentialDialog *self)
{
  const char *to_save = find_obstacle (self, FALSE);
  const char *to_test = find_obstacle (self, TRUE);

  if (to_save == NULL && self->saving == NULL
      && *mun_app_credential_get_revision (self->original) != '\0' && !is_changed (self))
    to_save = _ ("Nothing has been changed");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "credential.save",
                                 to_save == NULL && self->saving == NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "credential.test",
                                 to_test == NULL && !self->testing);
  set_obstacle (self->save_button, to_save);
  set_obstacle (self->test_button, to_test);
}

/* Nothing is wrong with a field that nobody has filled in yet. */
static void
check_field (GtkWidget *row, MunHintRow *hint, GtkWidget *ok, Validate validate,
             const char *sentence)
{
  gboolean valid = validate (text_of (row), NULL);
  gboolean empty = *text_of (row) == '\0';

  mun_hint_row_set_for_field (hint, row, MUN_HINT_ERROR, valid || empty ? NULL : sentence);
  if (ok != NULL)
    gtk_widget_set_visible (ok, valid);
}

static void
check_fields (MunCredentialDialog *self)
{
  check_field (self->name_row, self->name_hint, NULL, mun_app_credential_validate_name,
               _ ("The name must not consist of spaces."));
  check_field (self->client_row, self->client_hint, self->client_ok,
               mun_app_credential_validate_client_id,
               _ ("An application ID has 32 digits and letters a to f, such as "
                  "11111111-2222-3333-4444-555555555555."));
  check_field (self->tenant_row, self->tenant_hint, self->tenant_ok,
               mun_app_credential_validate_tenant_id,
               _ ("Enter the directory ID, or a verified domain such as contoso.onmicrosoft.com."));
  mun_certificate_group_set_common_name (self->certificate_group, text_of (self->name_row));
  update_actions (self);
}

/* "Application (client) ID : 1111…" pasted from the portal becomes the id alone. Letters that are
 * typed one by one are left as they are. */
static void
clean_pasted (MunCredentialDialog *self, GtkWidget *row, Clean clean)
{
  const char *text = text_of (row);
  g_autofree char *cleaned = NULL;

  if (strpbrk (text, " \t\n:{}") == NULL)
    return;
  cleaned = clean (text);
  if (cleaned == NULL || strcmp (cleaned, text) == 0)
    return;
  self->cleaning = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (row), cleaned);
  gtk_editable_set_position (GTK_EDITABLE (row), -1);
  self->cleaning = FALSE;
}

static void
field_changed_cb (GtkEditable *editable, gpointer data)
{
  MunCredentialDialog *self = MUN_CREDENTIAL_DIALOG (data);

  if (self->cleaning || self->original == NULL)
    return;
  if (GTK_WIDGET (editable) == self->client_row)
    clean_pasted (self, self->client_row, mun_app_credential_clean_client_id);
  else if (GTK_WIDGET (editable) == self->tenant_row)
    clean_pasted (self, self->tenant_row, mun_app_credential_clean_tenant_id);
  check_fields (self);
}

static void
cloud_selected_cb (AdwComboRow *row, GParamSpec *pspec, gpointer data)
{
  MunCredentialDialog *self = MUN_CREDENTIAL_DIALOG (data);

  if (self->original != NULL)
    update_actions (self);
}

static void
certificate_changed_cb (MunCertificateGroup *group, GParamSpec *pspec, gpointer data)
{
  MunCredentialDialog *self = MUN_CREDENTIAL_DIALOG (data);

  if (self->original != NULL)
    update_actions (self);
}

static void
entry_activated_cb (AdwEntryRow *row, gpointer data)
{
  gtk_widget_activate_action (GTK_WIDGET (data), "credential.save", NULL);
}

static void
fill_fields (MunCredentialDialog *self, MunAppCredential *credential)
{
  const MunCloud *const *clouds = mun_cloud_list ();
  const char *cloud = mun_app_credential_get_cloud (credential);

  gtk_editable_set_text (GTK_EDITABLE (self->name_row), mun_app_credential_get_name (credential));
  gtk_editable_set_text (GTK_EDITABLE (self->client_row),
                         mun_app_credential_get_client_id (credential));
  gtk_editable_set_text (GTK_EDITABLE (self->tenant_row),
                         mun_app_credential_get_tenant_id (credential));
  for (guint i = 0; clouds[i] != NULL; i++)
    if (g_strcmp0 (clouds[i]->id, cloud) == 0)
      adw_combo_row_set_selected (self->cloud_row, i);
  mun_certificate_group_set_certificate (self->certificate_group,
                                         mun_app_credential_get_certificate (credential));
}

static void
set_original (MunCredentialDialog *self, MunAppCredential *credential)
{
  g_set_object (&self->original, credential);
  fill_fields (self, credential);
  check_fields (self);
}

static void
set_saving (MunCredentialDialog *self, MunAppCredential *saving)
{
  g_set_object (&self->saving, saving);
  gtk_widget_set_visible (GTK_WIDGET (self->save_spinner), saving != NULL);
  gtk_spinner_set_spinning (self->save_spinner, saving != NULL);
  update_actions (self);
}

static void
save_as (MunCredentialDialog *self, const char *revision);

/* Somebody else's version, without its key: the revision to save over. */
static void
listed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = mun_keyring_list_finish (result, &error);
  MunCredentialDialog *self = data;
  const char *revision = "";

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  for (guint i = 0; list != NULL && i < list->len; i++) {
    MunAppCredential *other = g_ptr_array_index (list, i);

    if (g_strcmp0 (mun_app_credential_get_id (other), mun_app_credential_get_id (self->original))
        == 0)
      revision = mun_app_credential_get_revision (other);
  }
  save_as (self, revision);
}

static void
reloaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunAppCredential) credential = mun_keyring_load_finish (result, &error);
  MunCredentialDialog *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (credential != NULL) {
    set_original (self, credential);
  } else {
    g_autofree char *sentence = mun_words_for_error (error);

    mun_hint_row_set (self->save_hint, MUN_HINT_ERROR, sentence);
  }
}

static void
conflict_response_cb (AdwMessageDialog *dialog, const char *response, gpointer data)
{
  MunCredentialDialog *self = MUN_CREDENTIAL_DIALOG (data);

  if (strcmp (response, "overwrite") == 0)
    mun_keyring_list_async (self->cancellable, listed_cb, self);
  else if (strcmp (response, "reload") == 0)
    mun_keyring_load_async (mun_app_credential_get_id (self->original), self->cancellable,
                            reloaded_cb, self);
  else if (strcmp (response, "anew") == 0)
    save_as (self, "");
}

static void
ask_about_conflict (MunCredentialDialog *self, gboolean deleted)
{
  const char *name = text_of (self->name_row);
  GtkWidget *widget = adw_message_dialog_new (GTK_WINDOW (self), NULL, NULL);
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (widget);

  adw_message_dialog_add_response (dialog, "cancel", _ ("_Cancel"));
  if (deleted) {
    /* Translators: %s is the name of a credential. */
    adw_message_dialog_format_heading (dialog, _ ("“%s” Was Deleted"), name);
    adw_message_dialog_set_body (
        dialog, _ ("Another program deleted this credential from the keyring. What you "
                   "have here is complete and can be saved again."));
    adw_message_dialog_add_response (dialog, "anew", _ ("_Save Again"));
  } else {
    /* Translators: %s is the name of a credential. */
    adw_message_dialog_format_heading (dialog, _ ("“%s” Was Changed Elsewhere"), name);
    adw_message_dialog_set_body (
        dialog, _ ("Another program saved this credential after you opened it. You can "
                   "look at its version, which gives up yours, or save yours over it."));
    adw_message_dialog_add_response (dialog, "reload", _ ("_Show Other Version"));
    adw_message_dialog_add_response (dialog, "overwrite", _ ("Save _Mine"));
    adw_message_dialog_set_response_appearance (dialog, "overwrite", ADW_RESPONSE_DESTRUCTIVE);
  }
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (conflict_response_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean saved = mun_keyring_save_finish (result, &error);
  MunCredentialDialog *self = data;
  g_autoptr (MunAppCredential) credential = NULL;
  g_autofree char *sentence = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  credential = g_object_ref (self->saving);
  set_saving (self, NULL);
  if (saved) {
    g_set_object (&self->original, credential);
    g_signal_emit (self, signals[SIGNAL_SAVED], 0, credential);
    gtk_window_destroy (GTK_WINDOW (self));
    return;
  }
  g_info ("credential not saved: %s", error->message);
  if (g_error_matches (error, MUN_ERROR, MUN_ERROR_CHANGED_ELSEWHERE)
      || g_error_matches (error, MUN_ERROR, MUN_ERROR_NOT_FOUND)) {
    ask_about_conflict (self, g_error_matches (error, MUN_ERROR, MUN_ERROR_NOT_FOUND));
    return;
  }
  if (g_error_matches (error, MUN_ERROR, MUN_ERROR_EXISTS)) {
    mun_hint_row_set_for_field (self->name_hint, self->name_row, MUN_HINT_ERROR,
                                _ ("Another credential has this name. Choose a different one."));
    gtk_widget_grab_focus (self->name_row);
    return;
  }
  sentence = mun_words_for_error (error);
  mun_hint_row_set (self->save_hint, MUN_HINT_ERROR, sentence);
}

static void
save_as (MunCredentialDialog *self, const char *revision)
{
  g_autoptr (MunAppCredential) draft = dup_draft (self);

  mun_app_credential_normalize (draft);
  mun_app_credential_set_revision (draft, revision);
  mun_hint_row_set (self->save_hint, MUN_HINT_NOTE, NULL);
  set_saving (self, draft);
  mun_keyring_save_async (draft, self->cancellable, saved_cb, self);
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunCredentialDialog *self = MUN_CREDENTIAL_DIALOG (widget);

  save_as (self, mun_app_credential_get_revision (self->original));
}

static void
discard_response_cb (AdwMessageDialog *dialog, const char *response, gpointer data)
{
  if (strcmp (response, "discard") != 0)
    return;
  /* The question outlives its parent by a moment: it must not look for it then. */
  gtk_window_set_transient_for (GTK_WINDOW (dialog), NULL);
  gtk_window_destroy (GTK_WINDOW (data));
}

static gboolean
mun_credential_dialog_close_request (GtkWindow *window)
{
  MunCredentialDialog *self = MUN_CREDENTIAL_DIALOG (window);
  AdwMessageDialog *dialog;

  if (!is_changed (self))
    return GTK_WINDOW_CLASS (mun_credential_dialog_parent_class)->close_request (window);
  dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (
      window, _ ("Discard Changes?"),
      _ ("What you have entered, and a certificate made here, would be lost.")));
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Keep Editing"), "discard",
                                    _ ("_Discard"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (dialog, "cancel");
  adw_message_dialog_set_default_response (dialog, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (discard_response_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
  return TRUE;
}

static void
cancel_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_window_close (GTK_WINDOW (widget));
}

static void
set_testing (MunCredentialDialog *self, gboolean testing)
{
  self->testing = testing;
  gtk_widget_set_visible (GTK_WIDGET (self->test_spinner), testing);
  gtk_spinner_set_spinning (self->test_spinner, testing);
  update_actions (self);
}

static void
tested_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) report = mun_sign_in_test_finish (result, &error);
  MunCredentialDialog *self = data;
  g_autofree char *sentence = NULL;
  MunCertificate *certificate;
  MunSignInState state;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  set_testing (self, FALSE);
  if (report == NULL) {
    sentence = mun_words_for_error (error);
    mun_hint_row_set (self->test_hint, MUN_HINT_ERROR, sentence);
    return;
  }
  certificate = mun_certificate_group_get_certificate (self->certificate_group);
  state = mun_sign_in_words (report,
                             certificate != NULL ? mun_certificate_get_thumbprint (certificate)
                                                 : NULL,
                             &sentence);
  mun_hint_row_set (self->test_hint,
                    state == MUN_SIGN_IN_GOOD      ? MUN_HINT_GOOD
                    : state == MUN_SIGN_IN_MISSING ? MUN_HINT_WARNING
                                                   : MUN_HINT_ERROR,
                    sentence);
}

static void
test_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunCredentialDialog *self = MUN_CREDENTIAL_DIALOG (widget);
  g_autofree char *client_id = mun_app_credential_clean_client_id (text_of (self->client_row));
  g_autofree char *tenant_id = mun_app_credential_clean_tenant_id (text_of (self->tenant_row));

  mun_hint_row_set (self->test_hint, MUN_HINT_NOTE, NULL);
  set_testing (self, TRUE);
  mun_sign_in_test_async (selected_cloud (self), tenant_id, client_id,
                          mun_certificate_group_get_certificate (self->certificate_group),
                          self->cancellable, tested_cb, self);
}

static void
mun_credential_dialog_dispose (GObject *object)
{
  MunCredentialDialog *self = MUN_CREDENTIAL_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  G_OBJECT_CLASS (mun_credential_dialog_parent_class)->dispose (object);
}

static void
mun_credential_dialog_finalize (GObject *object)
{
  MunCredentialDialog *self = MUN_CREDENTIAL_DIALOG (object);

  g_clear_object (&self->original);
  g_clear_object (&self->saving);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (mun_credential_dialog_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, MunCredentialDialog, save_spinner);
  gtk_widget_class_bind_template_child (widget_class, MunCredentialDialog, save_button);
  gtk_widget_class_bind_template_child (widget_class, MunCredentialDialog, save_hint);
  gtk_widget_class_bind_template_child (widget_class, MunCredentialDialog, name_row);
  gtk_widget_class_bind_template_child (widget_class, MunCredentialDialog, name_hint);
  gtk_widget_class_bind_template_child (widget_class, MunCredentialDialog, client_row);
  gtk_widget_class_bind_template_child (widget_class, MunCredentialDialog, client_ok);
  gtk_widget_class_bind_template_child (widget_class, MunCredentialDialog, client_hint);
  gtk_widget_class_bind_template_child (widget_class, MunCredentialDialog, tenant_row);
  gtk_widget_class_bind_template_child (widget_class, MunCredentialDialog, tenant_ok);
  gtk_widget_class_bind_template_child (widget_class, MunCredentialDialog, tenant_hint);
  gtk_widget_class_bind_template_child (widget_class, MunCredentialDialog, cloud_row);
  gtk_widget_class_bind_template_child (widget_class, MunCredentialDialog, certificate_group);
  gtk_widget_class_bind_template_child (widget_class, MunCredentialDialog, test_spinner);
  gtk_widget_class_bind_template_child (widget_class, MunCredentialDialog, test_button);
  gtk_widget_class_bind_template_child (widget_class, MunCredentialDialog, test_hint);
  gtk_widget_class_bind_template_callback (widget_class, field_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, cloud_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, certificate_changed_cb);
}

static void
mun_credential_dialog_class_init (MunCredentialDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mun_credential_dialog_dispose;
  object_class->finalize = mun_credential_dialog_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = mun_credential_dialog_close_request;
  signals[SIGNAL_SAVED] = g_signal_new ("saved", MUN_TYPE_CREDENTIAL_DIALOG, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, MUN_TYPE_APP_CREDENTIAL);

  g_type_ensure (MUN_TYPE_HINT_ROW);
  g_type_ensure (MUN_TYPE_CERTIFICATE_GROUP);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/muniment/Console/dialogs/mun-credential-dialog.ui");
  bind_children (widget_class);
  gtk_widget_class_install_action (widget_class, "credential.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "credential.cancel", NULL, cancel_action);
  gtk_widget_class_install_action (widget_class, "credential.test", NULL, test_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "credential.cancel", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "credential.save",
                                       NULL);
}

static void
mun_credential_dialog_init (MunCredentialDialog *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  const MunCloud *const *clouds = mun_cloud_list ();

  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  mun_combo_list_show_whole (self->cloud_row);
  for (guint i = 0; clouds[i] != NULL; i++)
    gtk_string_list_append (names, clouds[i]->name);
  adw_combo_row_set_model (self->cloud_row, G_LIST_MODEL (names));
  gtk_widget_set_visible (GTK_WIDGET (self->cloud_row), clouds[0] != NULL && clouds[1] != NULL);
}

MunCredentialDialog *
mun_credential_dialog_new (GtkWindow *parent, MunAppCredential *credential)
{
  MunCredentialDialog *self
      = g_object_new (MUN_TYPE_CREDENTIAL_DIALOG, "transient-for", parent, NULL);
  g_autoptr (MunAppCredential) shown = NULL;

  if (credential != NULL) {
    shown = g_object_ref (credential);
  } else {
    shown = mun_app_credential_new ();
    mun_app_credential_set_cloud (shown, mun_cloud_get_default ()->id);
  }
  set_original (self, shown);
  gtk_widget_grab_focus (self->name_row);
  return self;
}

MunCertificateGroup *
mun_credential_dialog_get_certificate_group (MunCredentialDialog *self)
{
  g_return_val_if_fail (MUN_IS_CREDENTIAL_DIALOG (self), NULL);
  return self->certificate_group;
}
