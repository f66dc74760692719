/* test-no-keyring.c: a desktop without secret service: clear words, and nothing typed is lost */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "console-test.h"
#include "fake-connection.h"
#include "mun-credential-dialog.h"
#include "mun-credential-manager.h"
#include "mun-credential-row.h"
#include "mun-hint-row.h"
#include "mun-state-stack.h"

#define child(widget, TYPE, name)                                                                  \
  GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (widget), (TYPE), (name)))
#define field(dialog, name) GTK_EDITABLE (child (dialog, MUN_TYPE_CREDENTIAL_DIALOG, name))

static void
test_save (void)
{
  g_autoptr (MunCertificate) certificate = mun_certificate_create ("Test", 2048, 15, NULL);
  MunCredentialDialog *dialog = mun_credential_dialog_new (NULL, NULL);
  GtkWidget *hint = child (dialog, MUN_TYPE_CREDENTIAL_DIALOG, "save_hint");

  gtk_window_present (GTK_WINDOW (dialog));
  gtk_editable_set_text (field (dialog, "name_row"), "Contoso");
  gtk_editable_set_text (field (dialog, "client_row"), "11111111-2222-3333-4444-555555555555");
  gtk_editable_set_text (field (dialog, "tenant_row"), "contoso.com");
  mun_certificate_group_set_certificate (mun_credential_dialog_get_certificate_group (dialog),
                                         certificate);
  gtk_widget_activate_action (GTK_WIDGET (dialog), "credential.save", NULL);
  console_test_wait (gtk_widget_get_visible (hint));
  g_test_message ("%s", mun_hint_row_get_text (MUN_HINT_ROW (hint)));
  console_test_shoot (GTK_WINDOW (dialog), "no-keyring-dialog");
  g_assert_cmpstr (gtk_editable_get_text (field (dialog, "name_row")), ==, "Contoso");
  g_assert_true (
      gtk_widget_get_sensitive (child (dialog, MUN_TYPE_CREDENTIAL_DIALOG, "save_button")));
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_manager (void)
{
  MunCredentialManager *manager = mun_credential_manager_new (NULL, NULL);
  MunStateStack *states = MUN_STATE_STACK (child (manager, MUN_TYPE_CREDENTIAL_MANAGER, "states"));

  gtk_window_present (GTK_WINDOW (manager));
  console_test_wait (mun_state_stack_get_state (states) == MUN_STATE_ERROR);
  console_test_shoot (GTK_WINDOW (manager), "no-keyring-manager");
  gtk_widget_activate_action (GTK_WIDGET (states), "page.refresh", NULL);
  console_test_wait (mun_state_stack_get_state (states) == MUN_STATE_ERROR);
  gtk_window_destroy (GTK_WINDOW (manager));
}

/* What the server has can still be chosen. */
static void
test_row (void)
{
  g_autoptr (FakeConnection) connection = fake_connection_new ();
  MunCredentialRow *row = g_object_ref_sink (g_object_new (MUN_TYPE_CREDENTIAL_ROW, NULL));

  fake_connection_answer (connection, "GetCredentials", "[{\"id\":2,\"name\":\"Theirs\"}]");
  mun_credential_row_set_connection (row, MUN_CONNECTION (connection));
  console_test_wait (adw_combo_row_get_model (ADW_COMBO_ROW (row)) != NULL);
  mun_credential_row_set_server_id (row, 2);
  g_assert_nonnull (mun_credential_row_get_choice (row));
  g_object_unref (row);
}

int
main (int argc, char **argv)
{
  console_test_init (&argc, &argv);
  g_test_add_func ("/no-keyring/save", test_save);
  g_test_add_func ("/no-keyring/manager", test_manager);
  g_test_add_func ("/no-keyring/row", test_row);
  return g_test_run ();
}
