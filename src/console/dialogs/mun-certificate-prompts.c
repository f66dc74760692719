/* mun-certificate-prompts.c: the small questions before a certificate is made, read or exported */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-certificate-prompts.h"

#include "certificate.h"
#include "mun-hint-row.h"

#include <glib/gi18n.h>
#include <string.h>

static const guint key_sizes[] = { 2048, 3072, 4096 };

typedef struct {
  GWeakRef owner;
  GtkWidget *dialog;
  GtkWidget *first;  /* key size, or the password */
  GtkWidget *second; /* months, or the password again; NULL when only one is asked for */
  MunHintRow *hint;
  GCallback func;
  gpointer data;
} Prompt;

static void
prompt_free (gpointer data, GClosure *closure)
{
  Prompt *prompt = data;

  g_weak_ref_clear (&prompt->owner);
  g_free (prompt);
}

static Prompt *
prompt_new (GtkWidget *owner, const char *heading, const char *body, const char *verb,
            GCallback func, gpointer data)
{
  GtkRoot *root = gtk_widget_get_root (owner);
  Prompt *prompt = g_new0 (Prompt, 1);
  AdwMessageDialog *dialog;

  prompt->dialog
      = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, heading, body);
  dialog = ADW_MESSAGE_DIALOG (prompt->dialog);
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "go", verb, NULL);
  adw_message_dialog_set_response_appearance (dialog, "go", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, "go");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_weak_ref_init (&prompt->owner, owner);
  prompt->func = func;
  prompt->data = data;
  return prompt;
}

static GtkWidget *
new_group (Prompt *prompt)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (prompt->dialog), group);
  return group;
}

static void
add_row (GtkWidget *group, GtkWidget *row, const char *title)
{
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_preferences_row_set_use_underline (ADW_PREFERENCES_ROW (row), TRUE);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
}

static void
show_prompt (Prompt *prompt, GCallback response_cb)
{
  g_signal_connect_data (prompt->dialog, "response", response_cb, prompt, prompt_free, 0);
  gtk_window_present (GTK_WINDOW (prompt->dialog));
}

static void
create_response_cb (AdwMessageDialog *dialog, const char *response, gpointer data)
{
  Prompt *prompt = data;
  g_autoptr (GtkWidget) owner = g_weak_ref_get (&prompt->owner);
  guint size = adw_combo_row_get_selected (ADW_COMBO_ROW (prompt->first));
  int months = gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (prompt->second));

  if (owner != NULL && strcmp (response, "go") == 0 && size < G_N_ELEMENTS (key_sizes))
    ((MunCreateCertificateFunc)prompt->func) (owner, key_sizes[size], months, prompt->data);
}

void
mun_prompt_create_certificate (GtkWidget *owner, gboolean replaces, MunCreateCertificateFunc func,
                               gpointer data)
{
  const char *const sizes[]
      = { _ ("RSA 2048"), _ ("RSA 3072 (recommended)"), _ ("RSA 4096"), NULL };
  g_autoptr (GtkStringList) model = gtk_string_list_new (sizes);
  const char *body
      = replaces
            ? _ ("The new certificate replaces the present one when you save. The present one goes "
                 "on working in the tenant until you remove it there.")
            : _ ("A key and a self-signed certificate are made on this computer.");
  Prompt *prompt
      = prompt_new (owner, _ ("Create Certificate"), body, _ ("C_reate"), G_CALLBACK (func), data);
  GtkWidget *group = new_group (prompt);
  GtkWidget *row = adw_action_row_new ();

  prompt->first = adw_combo_row_new ();
  adw_combo_row_set_model (ADW_COMBO_ROW (prompt->first), G_LIST_MODEL (model));
  adw_combo_row_set_selected (ADW_COMBO_ROW (prompt->first), 1);
  adw_combo_row_set_use_subtitle (ADW_COMBO_ROW (prompt->first), TRUE);
  add_row (group, prompt->first, _ ("_Key Size"));
  prompt->second = gtk_spin_button_new_with_range (1, MUN_CERTIFICATE_MAX_MONTHS, 1);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (prompt->second), MUN_CERTIFICATE_DEFAULT_MONTHS);
  gtk_editable_set_width_chars (GTK_EDITABLE (prompt->second), 3);
  gtk_widget_set_valign (prompt->second, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (prompt->second), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Months Valid"), -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), prompt->second);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), prompt->second);
  add_row (group, row, _ ("_Months Valid"));
  show_prompt (prompt, G_CALLBACK (create_response_cb));
}

static void
password_response_cb (AdwMessageDialog *dialog, const char *response, gpointer data)
{
  Prompt *prompt = data;
  g_autoptr (GtkWidget) owner = g_weak_ref_get (&prompt->owner);
  const char *text = gtk_editable_get_text (GTK_EDITABLE (prompt->first));

  if (owner != NULL && strcmp (response, "go") == 0) {
    g_autoptr (MunSecret) password = mun_secret_new (text, strlen (text));

    ((MunPasswordFunc)prompt->func) (owner, password, prompt->data);
  }
  /* libadwaita 1.2 follows the window's focus into a row that is gone already. */
  gtk_window_set_focus (GTK_WINDOW (dialog), NULL);
  gtk_editable_set_text (GTK_EDITABLE (prompt->first), "");
  if (prompt->second != NULL)
    gtk_editable_set_text (GTK_EDITABLE (prompt->second), "");
}

static void
password_changed_cb (GtkEditable *editable, gpointer data)
{
  Prompt *prompt = data;
  const char *first = gtk_editable_get_text (GTK_EDITABLE (prompt->first));
  const char *second
      = prompt->second != NULL ? gtk_editable_get_text (GTK_EDITABLE (prompt->second)) : first;
  gboolean equal = strcmp (first, second) == 0;

  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (prompt->dialog), "go",
                                           *first != '\0' && equal);
  if (prompt->second != NULL)
    mun_hint_row_set_for_field (prompt->hint, prompt->second, MUN_HINT_ERROR,
                                *second != '\0' && !equal ? _ ("The two passwords differ.") : NULL);
}

static GtkWidget *
add_password (Prompt *prompt, GtkWidget *group, const char *title)
{
  GtkWidget *row = adw_password_entry_row_new ();

  add_row (group, row, title);
  g_signal_connect (row, "changed", G_CALLBACK (password_changed_cb), prompt);
  return row;
}

static void
add_hint (Prompt *prompt, GtkWidget *group)
{
  prompt->hint = g_object_new (MUN_TYPE_HINT_ROW, NULL);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), GTK_WIDGET (prompt->hint));
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (prompt->dialog), "go", FALSE);
}

void
mun_prompt_import_password (GtkWidget *owner, const char *file_name, gboolean wrong,
                            MunPasswordFunc func, gpointer data)
{
  g_autofree char *body = NULL;
  Prompt *prompt;
  GtkWidget *group;

  /* Translators: %s is the name of a file. */
  body = g_strdup_printf (_ ("The file “%s” is protected by a password."), file_name);
  prompt = prompt_new (owner, _ ("Password of the File"), body, _ ("_Import"), G_CALLBACK (func),
                       data);
  group = new_group (prompt);
  prompt->first = add_password (prompt, group, _ ("_Password"));
  add_hint (prompt, group);
  if (wrong)
    mun_hint_row_set (prompt->hint, MUN_HINT_ERROR, _ ("That password does not open the file."));
  show_prompt (prompt, G_CALLBACK (password_response_cb));
}

void
mun_prompt_export_password (GtkWidget *owner, MunPasswordFunc func, gpointer data)
{
  Prompt *prompt = prompt_new (
      owner, _ ("Export Key Pair"),
      _ ("Whoever has the file and its password can read every mailbox of the tenant. "
         "Keep both apart and safe."),
      _ ("_Continue"), G_CALLBACK (func), data);
  GtkWidget *group = new_group (prompt);

  prompt->first = add_password (prompt, group, _ ("_Password"));
  prompt->second = add_password (prompt, group, _ ("_Repeat Password"));
  add_hint (prompt, group);
  show_prompt (prompt, G_CALLBACK (password_response_cb));
}
