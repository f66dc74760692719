/* test-templates.c: every template can be made and goes away again, and its buttons have names */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "console-test.h"
#include "mun-archive-email-page.h"
#include "mun-archive-page.h"
#include "mun-certificate-dialog.h"
#include "mun-certificate-group.h"
#include "mun-credential-dialog.h"
#include "mun-credential-manager.h"
#include "mun-dashboard-page.h"
#include "mun-directory-page.h"
#include "mun-indexes-page.h"
#include "mun-list-dialog.h"
#include "mun-message-view.h"
#include "mun-operation-row.h"
#include "mun-operations-button.h"
#include "mun-password-dialog.h"
#include "mun-profile-assistant.h"
#include "mun-profile-row.h"
#include "mun-report-window.h"
#include "mun-save-bar.h"
#include "mun-search-folder-button.h"
#include "mun-search-page.h"
#include "mun-server-dialog.h"
#include "mun-server-switcher.h"
#include "mun-sidebar-row.h"
#include "mun-sidebar.h"
#include "mun-start-page.h"
#include "mun-state-bar.h"
#include "mun-state-stack.h"
#include "mun-store-row.h"
#include "mun-stores-page.h"
#include "mun-sync-window.h"
#include "mun-user-dialog.h"
#include "mun-users-page.h"
#include "mun-window.h"

#define ROOT "/org/muniment/Console"

static GType (*const types[]) (void) = {
  mun_archive_email_page_get_type,
  mun_archive_page_get_type,
  mun_certificate_dialog_get_type,
  mun_certificate_group_get_type,
  mun_credential_dialog_get_type,
  mun_credential_manager_get_type,
  mun_dashboard_page_get_type,
  mun_directory_page_get_type,
  mun_indexes_page_get_type,
  mun_list_dialog_get_type,
  mun_message_view_get_type,
  mun_operation_row_get_type,
  mun_operations_button_get_type,
  mun_password_dialog_get_type,
  mun_profile_assistant_get_type,
  mun_profile_row_get_type,
  mun_report_window_get_type,
  mun_save_bar_get_type,
  mun_search_folder_button_get_type,
  mun_search_page_get_type,
  mun_server_dialog_get_type,
  mun_server_switcher_get_type,
  mun_sidebar_row_get_type,
  mun_sidebar_get_type,
  mun_start_page_get_type,
  mun_state_bar_get_type,
  mun_state_stack_get_type,
  mun_store_row_get_type,
  mun_stores_page_get_type,
  mun_sync_window_get_type,
  mun_user_dialog_get_type,
  mun_users_page_get_type,
  mun_window_get_type,
};

/* The class of the template in a resource; NULL for one without. */
static char *
read_class (const char *path)
{
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path, 0, NULL);
  g_autoptr (GRegex) regex = g_regex_new ("<template class=\"([A-Za-z0-9]+)\"", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  gsize size;
  const char *text;

  g_assert_nonnull (bytes);
  text = g_bytes_get_data (bytes, &size);
  return g_regex_match_full (regex, text, size, 0, 0, &match, NULL) ? g_match_info_fetch (match, 1)
                                                                    : NULL;
}

static void
collect_classes (const char *folder, GPtrArray *classes)
{
  g_auto (GStrv) children = g_resources_enumerate_children (folder, 0, NULL);

  for (guint i = 0; children != NULL && children[i] != NULL; i++) {
    g_autofree char *path = g_strconcat (folder, "/", children[i], NULL);
    char *name;

    if (g_str_has_suffix (path, "/")) {
      path[strlen (path) - 1] = '\0';
      collect_classes (path, classes);
    } else if (g_str_has_suffix (path, ".ui") && (name = read_class (path)) != NULL) {
      g_ptr_array_add (classes, name);
    }
  }
}

static void
test_template (gconstpointer data)
{
  GtkWidget *widget = g_object_new (((GType (*) (void))data) (), NULL);

  console_test_check_labels (widget);
  g_object_add_weak_pointer (G_OBJECT (widget), (gpointer *)&widget);
  if (GTK_IS_WINDOW (widget)) {
    gtk_window_destroy (GTK_WINDOW (widget));
  } else {
    g_object_ref_sink (widget);
    g_object_unref (widget);
  }
  console_test_wait (widget == NULL);
}

/* A new template is tested, or this fails. */
static void
test_all_are_listed (void)
{
  g_autoptr (GPtrArray) classes = g_ptr_array_new_with_free_func (g_free);

  collect_classes (ROOT, classes);
  for (guint i = 0; i < classes->len; i++) {
    const char *name = g_ptr_array_index (classes, i);
    gboolean listed = FALSE;

    for (gsize j = 0; j < G_N_ELEMENTS (types); j++)
      listed |= g_str_equal (g_type_name (types[j]()), name);
    if (!listed)
      g_error ("the template %s is not in the table of this test", name);
  }
  g_assert_cmpuint (classes->len, ==, G_N_ELEMENTS (types));
}

int
main (int argc, char **argv)
{
  console_test_init (&argc, &argv);
  g_test_add_func ("/templates/all-are-listed", test_all_are_listed);
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autofree char *path = g_strconcat ("/templates/", g_type_name (types[i]()), NULL);

    g_test_add_data_func (path, (gconstpointer)types[i], test_template);
  }
  return g_test_run ();
}
