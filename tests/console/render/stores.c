/* stores.c: the archive stores: what they are, and what is done for them */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "render.h"

#include "errors.h"
#include "mun-state-stack.h"
#include "mun-store-row.h"
#include "mun-stores-page.h"

#define STORES                                                                                     \
  "[{\"id\":1,\"name\":\"2024-01\",\"type\":\"FileSystemInternal\",\"requestedState\":"            \
  "\"disabled\",\"error\":null,\"statisticsCount\":0,\"statisticsSize\":0,"                        \
  "\"storedSize\":30250000000,\"hasRecoveryKey\":false},"                                          \
  "{\"id\":2,\"name\":\"2025-01, moved from the old server of the branch office\","                \
  "\"type\":\"FileSystemInternal\",\"requestedState\":\"writeProtected\",\"error\":null,"          \
  "\"statisticsCount\":1204817,\"statisticsSize\":81200000000,\"storedSize\":40350000000},"        \
  "{\"id\":3,\"name\":\"2025-02\",\"type\":\"FileSystemInternal\",\"requestedState\":\"normal\","  \
  "\"error\":\"database /var/lib/muniment/stores/3/catalogue.db, opening: file is not a "          \
  "database\",\"statisticsCount\":0,\"statisticsSize\":0,\"storedSize\":9120000000},"              \
  "{\"id\":4,\"name\":\"2026-01\",\"type\":\"FileSystemInternal\",\"requestedState\":"             \
  "\"current\",\"error\":null,\"statisticsCount\":312345,\"statisticsSize\":23987654321,"          \
  "\"storedSize\":12111000000,\"hasRecoveryKey\":true}]"

static MunStoreRow *
row_of (GtkWidget *widget, gint64 id)
{
  if (MUN_IS_STORE_ROW (widget) && mun_store_row_get_id (MUN_STORE_ROW (widget)) == id)
    return MUN_STORE_ROW (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    MunStoreRow *row = row_of (child, id);

    if (row != NULL)
      return row;
  }
  return NULL;
}

static void
act (MunWindow *window, gint64 id, const char *action)
{
  GtkWidget *page = GTK_WIDGET (mun_window_get_page (window));

  gtk_widget_activate_action (GTK_WIDGET (row_of (page, id)), action, NULL);
}

static void
test_states (void)
{
  static const struct {
    const char *name, *json, *state;
    int error; /* of MUN_ERROR; -1: none */
  } states[] = {
    { "stores-empty", "[]", "empty", -1 },
    { "stores-error", NULL, "error", MUN_ERROR_DENIED },
    { "stores-offline", NULL, "offline", MUN_ERROR_UNREACHABLE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++) {
    g_autoptr (FakeConnection) connection = render_server_new ();
    g_autoptr (GError) error
        = g_error_new_literal (MUN_ERROR, MAX (states[i].error, 0), "GetStores: so it shall be");
    MunWindow *window;

    if (states[i].json != NULL)
      fake_connection_answer (connection, "GetStores", states[i].json);
    else
      fake_connection_fail (connection, "GetStores", error);
    window = render_page (connection, "storage-locations", states[i].state);
    render_shoot (GTK_WINDOW (window), states[i].name);
    render_close (window);
  }
}

/* One is disabled, one in error, one worked on, one was. */
static void
test_content (void)
{
  g_autoptr (FakeConnection) connection = render_server_new ();
  MunWindow *window;
  GtkWidget *page;
  MunOperation *operation;

  fake_connection_answer (connection, "GetStores", STORES);
  fake_connection_answer (connection, "VerifyStore", "{\"faults\":2}");
  window = render_page (connection, "storage-locations", "content");
  page = GTK_WIDGET (mun_window_get_page (window));
  render_shoot (GTK_WINDOW (window), "stores-content");
  act (window, 4, "store.VerifyStore");
  console_test_wait (fake_connection_count (connection, "GetStores") == 2);
  fake_connection_hold_operations (connection, TRUE);
  act (window, 2, "store.VerifyStore");
  operation = mun_store_row_get_operation (row_of (page, 2));
  mun_operation_update (operation, 38, "Reading container 000017", NULL);
  gtk_widget_activate_action (page, "stores.verify-all", NULL);
  render_shoot (GTK_WINDOW (window), "stores-running");
  fake_connection_finish_operations (connection);
  render_close (window);
}

static void
test_dialogs (void)
{
  static const struct {
    const char *name, *action; /* of the row, or of the page */
    gint64 id;
  } dialogs[] = {
    { "store-recover", "store.RecoverStore", 3 },
    { "store-recover-own", "store.RecoverStore", 1 },
    { "store-unlock", "store.UnlockStore", 3 },
    { "store-compact", "store.CompactStore", 4 },
    { "store-records", "store.RecreateRecoveryRecords", 4 },
    { "store-recovery-key", "store.SetStoreRecoveryKey", 1 },
    { "store-recovery-key-again", "store.SetStoreRecoveryKey", 4 },
    { "store-create", "stores.create", 0 },
    { "store-attach", "stores.attach", 0 },
    { "store-renew-key", "stores.renew-master-key", 0 },
  };
  g_autoptr (FakeConnection) connection = render_server_new ();
  MunWindow *window;
  GtkWidget *page;

  fake_connection_answer (connection, "GetStores", STORES);
  window = render_page (connection, "storage-locations", "content");
  page = GTK_WIDGET (mun_window_get_page (window));
  for (guint i = 0; i < G_N_ELEMENTS (dialogs); i++) {
    GtkWindow *dialog;

    if (dialogs[i].id != 0)
      act (window, dialogs[i].id, dialogs[i].action);
    else
      gtk_widget_activate_action (page, dialogs[i].action, NULL);
    dialog = render_wait_for_window (ADW_TYPE_MESSAGE_DIALOG);
    render_shoot (dialog, dialogs[i].name);
    console_test_respond (dialog, "cancel");
  }
  render_close (window);
}

static void
test_menus (void)
{
  g_autoptr (FakeConnection) connection = render_server_new ();
  MunWindow *window;
  GtkMenuButton *button;

  fake_connection_answer (connection, "GetStores", STORES);
  window = render_page (connection, "storage-locations", "content");
  button = GTK_MENU_BUTTON (gtk_widget_get_template_child (
      GTK_WIDGET (row_of (GTK_WIDGET (mun_window_get_page (window)), 2)), MUN_TYPE_STORE_ROW,
      "menu_button"));
  gtk_menu_button_popup (button);
  render_shoot_popover (gtk_menu_button_get_popover (button), "store-menu");
  gtk_menu_button_popdown (button);
  button
      = GTK_MENU_BUTTON (gtk_widget_get_template_child (GTK_WIDGET (mun_window_get_page (window)),
                                                        MUN_TYPE_STORES_PAGE, "menu_button"));
  gtk_menu_button_popup (button);
  render_shoot_popover (gtk_menu_button_get_popover (button), "stores-menu");
  render_close (window);
}

void
render_add_stores (void)
{
  g_test_add_func ("/render/stores/states", test_states);
  g_test_add_func ("/render/stores/content", test_content);
  g_test_add_func ("/render/stores/dialogs", test_dialogs);
  g_test_add_func ("/render/stores/menus", test_menus);
}
