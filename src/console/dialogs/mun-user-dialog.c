/* mun-user-dialog.c: the properties of a user, or a new one */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-user-dialog.h"

#include "json.h"
#include "mun-folder-access-row.h"
#include "mun-hint-row.h"
#include "mun-privilege-group.h"
#include "mun-user.h"
#include "mun-words.h"
#include "text.h"

#include <glib/gi18n.h>
#include <string.h>

struct _MunUserDialog {
  AdwWindow parent_instance;

  GtkWidget *save_button;
  GtkWidget *form;
  GtkEditable *user_name;
  GtkEditable *full_name;
  AdwComboRow *authentication;
  GtkEditable *password;
  GtkEditable *distinguished_name;
  MunHintRow *problem;
  GtkWidget *address_group;
  GtkEditable *addresses;
  MunHintRow *address_problem;
  GtkEditable *pop3_names;
  MunPrivilegeGroup *privileges;
  MunPrivilegeGroup *login_privileges;
  AdwPreferencesGroup *folder_group;
  GtkEditable *new_folder;

  MunConnection *connection;
  GCancellable *cancellable;
  JsonObject *before; /* NULL: a new user */
  GPtrArray *calls;   /* still to be made, while saving */
  GPtrArray *folder_rows;
  gboolean filling;
};

G_DEFINE_FINAL_TYPE (MunUserDialog, mun_user_dialog, ADW_TYPE_WINDOW)

enum {
  SAVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static const char *const authentications[] = { "integrated", "directoryServices" };

static char *
dup_trimmed (GtkEditable *editable)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (editable)));
}

static void
take_text (JsonObject *user, const char *member, GtkEditable *editable)
{
  g_autofree char *text = dup_trimmed (editable);

  if (*text != '\0' || *mun_json_get_string (user, member, "") != '\0')
    json_object_set_string_member (user, member, text);
}

static void
take_list (JsonObject *user, const char *member, GtkEditable *editable)
{
  g_auto (GStrv) values = mun_text_split_list (gtk_editable_get_text (editable));

  mun_json_set_strings (user, member, (const char *const *)values);
}

/* The user as the form says: a copy of what was read, with what the form knows. */
static JsonObject *
collect (MunUserDialog *self)
{
  JsonObject *user
      = self->before != NULL ? mun_json_copy_object (self->before) : json_object_new ();
  guint selected = adw_combo_row_get_selected (self->authentication);
  g_auto (GStrv) privileges = mun_privilege_group_dup_values (self->privileges);
  g_auto (GStrv) login = mun_privilege_group_dup_values (self->login_privileges);

  take_text (user, "userName", self->user_name);
  take_text (user, "fullName", self->full_name);
  take_text (user, "distinguishedName", self->distinguished_name);
  if (selected < G_N_ELEMENTS (authentications))
    json_object_set_string_member (user, "authentication", authentications[selected]);
  take_list (user, "emailAddresses", self->addresses);
  take_list (user, "pop3UserNames", self->pop3_names);
  mun_json_set_strings (user, "privileges", (const char *const *)privileges);
  if (gtk_widget_get_visible (GTK_WIDGET (self->login_privileges)))
    mun_json_set_strings (user, "loginPrivileges", (const char *const *)login);
  for (guint i = 0; i < self->folder_rows->len; i++) {
    MunFolderAccessRow *row = g_ptr_array_index (self->folder_rows, i);
    g_auto (GStrv) values = mun_folder_access_row_dup_privileges (row);

    mun_user_set_folder_privileges (user, mun_folder_access_row_get_folder (row),
                                    (const char *const *)values);
  }
  /* Passwords keep their blanks. */
  if (*gtk_editable_get_text (self->password) != '\0')
    json_object_set_string_member (user, "password", gtk_editable_get_text (self->password));
  return user;
}

static const char *
find_wrong_address (GStrv addresses)
{
  for (guint i = 0; addresses[i] != NULL; i++) {
    const char *at = strchr (addresses[i], '@');

    if (at == NULL || at == addresses[i] || at[1] == '\0'
        || strpbrk (addresses[i], " \t<>") != NULL)
      return addresses[i];
  }
  return NULL;
}

/* Why it cannot be saved, in words; NULL when it can. The sentence at the field is set too. */
static char *
find_problem (MunUserDialog *self, guint n_changes)
{
  g_auto (GStrv) addresses = mun_text_split_list (gtk_editable_get_text (self->addresses));
  const char *wrong = find_wrong_address (addresses);
  g_autofree char *sentence = NULL;
  g_autofree char *name = dup_trimmed (self->user_name);

  if (wrong != NULL)
    sentence = g_strdup_printf (_ ("“%s” is not an email address."), wrong);
  mun_hint_row_set_for_field (self->address_problem, GTK_WIDGET (self->addresses), MUN_HINT_ERROR,
                              sentence);
  if (*name == '\0')
    return g_strdup (_ ("Enter the user name."));
  if (self->before == NULL && adw_combo_row_get_selected (self->authentication) == 0
      && *gtk_editable_get_text (self->password) == '\0')
    return g_strdup (_ ("Enter a password, or choose Directory Services."));
  if (sentence != NULL)
    return g_steal_pointer (&sentence);
  return n_changes == 0 ? g_strdup (_ ("Nothing has changed.")) : NULL;
}

static void
changed_cb (MunUserDialog *self)
{
  g_autoptr (JsonObject) after = NULL;
  g_autoptr (GPtrArray) calls = NULL;
  g_autofree char *reason = NULL;

  if (self->filling)
    return;
  after = collect (self);
  calls = mun_user_plan_changes (self->before, after);
  reason = find_problem (self, calls->len);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "user.save", reason == NULL);
  gtk_widget_set_tooltip_text (self->save_button, reason);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->save_button),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, reason != NULL ? reason : "",
                                  -1);
}

static void
set_busy (MunUserDialog *self, gboolean busy)
{
  /* GTK 4.8 warns when an entry that has the focus becomes insensitive. */
  if (busy)
    gtk_window_set_focus (GTK_WINDOW (self), NULL);
  gtk_widget_set_sensitive (self->form, !busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "user.save", !busy);
}

/* The user exists from now on, with what CreateUser was told: after a later failure only the rest
 * is tried again. */
static void
note_creation (MunUserDialog *self)
{
  self->before = collect (self);
  json_object_remove_member (self->before, "emailAddresses");
  json_object_remove_member (self->before, "pop3UserNames");
  json_object_remove_member (self->before, "privilegesOnFolders");
  json_object_remove_member (self->before, "password");
  gtk_editable_set_editable (self->user_name, FALSE);
}

static void
make_next_call (MunUserDialog *self);

static void
called_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (MunUserDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_connection_call_finish (MUN_CONNECTION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (node == NULL) {
    MunUserCall *call = g_ptr_array_index (self->calls, 0);
    g_autofree char *why = mun_words_for_error (error);
    /* Translators: the first %s is a function of the server, the second a sentence */
    g_autofree char *sentence = g_strdup_printf (_ ("%s failed: %s"), call->function, why);

    mun_hint_row_set (self->problem, MUN_HINT_ERROR, sentence);
    set_busy (self, FALSE);
    return;
  }
  if (self->before == NULL)
    note_creation (self);
  g_ptr_array_remove_index (self->calls, 0);
  make_next_call (self);
}

static void
make_next_call (MunUserDialog *self)
{
  MunUserCall *call;

  if (self->calls->len == 0) {
    g_autofree char *name = dup_trimmed (self->user_name);

    g_signal_emit (self, signals[SAVED], 0, name);
    gtk_window_close (GTK_WINDOW (self));
    return;
  }
  call = g_ptr_array_index (self->calls, 0);
  mun_connection_call_async (self->connection, call->function, json_object_ref (call->arguments),
                             self->cancellable, called_cb, g_object_ref (self));
}

static void
save_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  MunUserDialog *self = MUN_USER_DIALOG (widget);
  g_autoptr (JsonObject) after = collect (self);

  g_clear_pointer (&self->calls, g_ptr_array_unref);
  self->calls = mun_user_plan_changes (self->before, after);
  mun_hint_row_set (self->problem, MUN_HINT_ERROR, NULL);
  set_busy (self, TRUE);
  make_next_call (self);
}

static void
add_folder (MunUserDialog *self, const char *folder, const char *const *privileges)
{
  GtkWidget *row = mun_folder_access_row_new (folder, privileges);

  g_signal_connect_object (row, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (self->folder_group, row);
  g_ptr_array_add (self->folder_rows, row);
}

static void
folder_added_cb (MunUserDialog *self)
{
  static const char *const read_only[] = { "read", NULL };
  g_autofree char *folder = dup_trimmed (self->new_folder);

  for (guint i = 0; i < self->folder_rows->len; i++)
    if (g_strcmp0 (folder,
                   mun_folder_access_row_get_folder (g_ptr_array_index (self->folder_rows, i)))
        == 0)
      return;
  if (*folder == '\0')
    return;
  add_folder (self, folder, read_only);
  gtk_editable_set_text (self->new_folder, "");
  changed_cb (self);
}

static void
show_text (GtkEditable *editable, JsonObject *info, const char *member)
{
  gtk_editable_set_text (editable, mun_json_get_string (info, member, ""));
}

static void
show_list (GtkEditable *editable, JsonObject *info, const char *member)
{
  g_auto (GStrv) values = mun_json_dup_strings (info, member);
  g_autofree char *text = values != NULL ? g_strjoinv (", ", values) : g_strdup ("");

  gtk_editable_set_text (editable, text);
}

static void
show_info (MunUserDialog *self, JsonObject *info)
{
  JsonArray *folders = mun_json_get_array (info, "privilegesOnFolders");
  const char *authentication = mun_json_get_string (info, "authentication", "integrated");
  g_auto (GStrv) privileges = mun_json_dup_strings (info, "privileges");
  g_auto (GStrv) login = mun_json_dup_strings (info, "loginPrivileges");

  show_text (self->user_name, info, "userName");
  show_text (self->full_name, info, "fullName");
  show_text (self->distinguished_name, info, "distinguishedName");
  adw_combo_row_set_selected (self->authentication,
                              g_str_equal (authentication, authentications[1]) ? 1 : 0);
  show_list (self->addresses, info, "emailAddresses");
  show_list (self->pop3_names, info, "pop3UserNames");
  mun_privilege_group_set_values (self->privileges, (const char *const *)privileges);
  mun_privilege_group_set_values (self->login_privileges, (const char *const *)login);
  for (guint i = 0; folders != NULL && i < json_array_get_length (folders); i++) {
    JsonNode *node = json_array_get_element (folders, i);
    const char *folder = JSON_NODE_HOLDS_OBJECT (node)
                             ? mun_json_get_string (json_node_get_object (node), "folder", NULL)
                             : NULL;
    g_auto (GStrv) values = mun_user_dup_folder_privileges (info, folder);

    if (folder != NULL)
      add_folder (self, folder, (const char *const *)values);
  }
}

/* What the server has no function for is not there. */
static void
show_what_is_offered (MunUserDialog *self)
{
  const struct {
    gpointer widget;
    const char *function;
    gboolean at_creation; /* CreateUser says it, too */
  } offers[] = {
    { self->full_name, "SetUserFullName", TRUE },
    { self->authentication, "SetUserAuthentication", TRUE },
    { self->password, "SetUserPassword", TRUE },
    { self->distinguished_name, "SetUserDistinguishedName", TRUE },
    { self->address_group, "SetUserEmailAddresses", FALSE },
    { self->pop3_names, "SetUserPop3UserNames", FALSE },
    { self->privileges, "SetUserPrivileges", TRUE },
    { self->login_privileges, "SetUserLoginPrivileges", FALSE },
    { self->folder_group, "SetUserPrivilegesOnFolder", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (offers); i++)
    gtk_widget_set_visible (offers[i].widget,
                            (offers[i].at_creation && self->before == NULL)
                                || mun_connection_has_function (self->connection,
                                                                offers[i].function));
  /* Of a server that does not tell them, none are offered. */
  if (self->before != NULL && !mun_json_has (self->before, "loginPrivileges"))
    gtk_widget_set_visible (GTK_WIDGET (self->login_privileges), FALSE);
}

static void
mun_user_dialog_dispose (GObject *object)
{
  MunUserDialog *self = MUN_USER_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (mun_user_dialog_parent_class)->dispose (object);
}

static void
mun_user_dialog_finalize (GObject *object)
{
  MunUserDialog *self = MUN_USER_DIALOG (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->before, json_object_unref);
  g_clear_pointer (&self->calls, g_ptr_array_unref);
  g_clear_pointer (&self->folder_rows, g_ptr_array_unref);
  G_OBJECT_CLASS (mun_user_dialog_parent_class)->finalize (object);
}

static void
mun_user_dialog_class_init (MunUserDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = mun_user_dialog_dispose;
  object_class->finalize = mun_user_dialog_finalize;

  signals[SAVED] = g_signal_new ("saved", MUN_TYPE_USER_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (MUN_TYPE_HINT_ROW);
  g_type_ensure (MUN_TYPE_PRIVILEGE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/muniment/Console/dialogs/mun-user-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, MunUserDialog, save_button);
  gtk_widget_class_bind_template_child (widget_class, MunUserDialog, form);
  gtk_widget_class_bind_template_child (widget_class, MunUserDialog, user_name);
  gtk_widget_class_bind_template_child (widget_class, MunUserDialog, full_name);
  gtk_widget_class_bind_template_child (widget_class, MunUserDialog, authentication);
  gtk_widget_class_bind_template_child (widget_class, MunUserDialog, password);
  gtk_widget_class_bind_template_child (widget_class, MunUserDialog, distinguished_name);
  gtk_widget_class_bind_template_child (widget_class, MunUserDialog, problem);
  gtk_widget_class_bind_template_child (widget_class, MunUserDialog, address_group);
  gtk_widget_class_bind_template_child (widget_class, MunUserDialog, addresses);
  gtk_widget_class_bind_template_child (widget_class, MunUserDialog, address_problem);
  gtk_widget_class_bind_template_child (widget_class, MunUserDialog, pop3_names);
  gtk_widget_class_bind_template_child (widget_class, MunUserDialog, privileges);
  gtk_widget_class_bind_template_child (widget_class, MunUserDialog, login_privileges);
  gtk_widget_class_bind_template_child (widget_class, MunUserDialog, folder_group);
  gtk_widget_class_bind_template_child (widget_class, MunUserDialog, new_folder);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, folder_added_cb);

  gtk_widget_class_install_action (widget_class, "user.save", NULL, save_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
mun_user_dialog_init (MunUserDialog *self)
{
  self->filling = TRUE;
  self->cancellable = g_cancellable_new ();
  self->folder_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

MunUserDialog *
mun_user_dialog_new (GtkWindow *parent, MunConnection *connection, JsonObject *info)
{
  static const char *const usual[] = { "login", NULL };
  static const char *const usual_logins[] = { "windows", "web", "outlook", "imap", NULL };
  MunUserDialog *self
      = g_object_new (MUN_TYPE_USER_DIALOG, "transient-for", parent, "modal", TRUE, NULL);
  GtkWidget *focus;

  self->connection = g_object_ref (connection);
  if (info != NULL) {
    self->before = mun_json_copy_object (info);
    show_info (self, info);
    gtk_editable_set_editable (self->user_name, FALSE);
    gtk_window_set_title (GTK_WINDOW (self), mun_json_get_string (info, "userName", ""));
    focus = GTK_WIDGET (self->full_name);
  } else {
    mun_privilege_group_set_values (self->privileges, usual);
    mun_privilege_group_set_values (self->login_privileges, usual_logins);
    gtk_window_set_title (GTK_WINDOW (self), _ ("New User"));
    gtk_button_set_label (GTK_BUTTON (self->save_button), _ ("_Create"));
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->password), _ ("Password"));
    focus = GTK_WIDGET (self->user_name);
  }
  show_what_is_offered (self);
  self->filling = FALSE;
  changed_cb (self);
  gtk_widget_grab_focus (focus);
  return self;
}
