/* mun-application.c: the application: actions, shortcuts, the window, saved servers, the embedded
 * server */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-application"

#include "mun-application.h"

#include "console.h"
#include "mun-window.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <locale.h>

struct _MunApplication {
  AdwApplication parent_instance;

  GSettings *settings;
  MunOperations *operations;
  MunServerList *servers;
  MunEmbeddedServer *embedded;
};

G_DEFINE_FINAL_TYPE (MunApplication, mun_application, ADW_TYPE_APPLICATION)

/* The one table of shortcuts; the shortcuts window is tested against it. */
static const MunAccelerator accelerators[] = {
  { "app.quit", { "<Control>q" } },
  { "window.close", { "<Control>w" } },
  { "win.refresh", { "F5", "<Control>r" } },
  { "win.search", { "<Control>f" } },
  { "win.save", { "<Control>s" } },
  { "win.back", { "<Alt>Left", "Back" } },
  { "win.create", { "<Control>n" } },
  { "win.toggle-pane", { "F9" } },
  { "win.add-server", { "<Shift><Control>n" } },
  { "win.show-shortcuts", { "<Control>question" } },
  { "win.show-nth-page(1)", { "<Alt>1" } },
  { "win.show-nth-page(2)", { "<Alt>2" } },
  { "win.show-nth-page(3)", { "<Alt>3" } },
  { "win.show-nth-page(4)", { "<Alt>4" } },
  { "win.show-nth-page(5)", { "<Alt>5" } },
  { "win.show-nth-page(6)", { "<Alt>6" } },
  { "win.show-nth-page(7)", { "<Alt>7" } },
  { "win.show-nth-page(8)", { "<Alt>8" } },
  { "win.show-nth-page(9)", { "<Alt>9" } },
};

void
mun_console_init_i18n (void)
{
  const char *directory = g_getenv ("MUNIMENT_LOCALE_DIR");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, directory ? directory : LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

static void
quit_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GList *windows = g_list_copy (gtk_application_get_windows (GTK_APPLICATION (data)));

  /* A window with changes asks first; the application ends with its last window. */
  g_list_foreach (windows, (GFunc)gtk_window_close, NULL);
  g_list_free (windows);
}

static void
about_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  static const char *const developers[] = { N_ ("The Muniment developers"), NULL };
  GtkWindow *parent = gtk_application_get_active_window (GTK_APPLICATION (data));
  const char *translated[] = { _ (developers[0]), NULL };

  adw_show_about_window (
      parent, "application-name", "Muniment", "application-icon", APPLICATION_ID, "version",
      MUN_VERSION, "developer-name", _ ("The Muniment developers"), "developers", translated,
      "license-type", GTK_LICENSE_GPL_3_0, "comments",
      _ ("An email archive for the Linux desktop: archives mailboxes, keeps them "
         "unchanged, and finds every message again."),
      /* Translators: your names, one a line */
      "translator-credits", _ ("translator-credits"), NULL);
}

/* The server that was open when the window was closed. */
static void
open_last_server (MunApplication *self, GtkWindow *window)
{
  g_autofree char *id = g_settings_get_string (self->settings, "last-server");

  if (*id && mun_server_list_lookup (self->servers, id))
    gtk_widget_activate_action (GTK_WIDGET (window), "win.open-server", "s", id);
}

static void
mun_application_activate (GApplication *application)
{
  MunApplication *self = MUN_APPLICATION (application);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (application));

  if (window) {
    gtk_window_present (window);
    return;
  }
  window = GTK_WINDOW (mun_window_new (self));
  gtk_window_present (window);
  open_last_server (self, window);
}

static void
show_operations_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkWindow *window;

  g_application_activate (G_APPLICATION (data));
  window = gtk_application_get_active_window (GTK_APPLICATION (data));
  if (window)
    gtk_widget_activate_action (GTK_WIDGET (window), "win.show-operations", NULL);
}

/* Somebody who looks at the window sees it there; whoever cancelled knows. */
static void
operation_finished_cb (MunApplication *self, MunOperation *operation)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));
  gboolean failed = mun_operation_get_state (operation) == MUN_OPERATION_FAILED;
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *body = NULL;

  if ((window && gtk_window_is_active (window))
      || mun_operation_get_state (operation) == MUN_OPERATION_CANCELLED
      || !g_application_get_is_registered (G_APPLICATION (self)))
    return;
  notification = g_notification_new (mun_operation_get_title (operation));
  /* Translators: an operation’s result and the name of the server it ran on. */
  body = g_strdup_printf (_ ("%s (%s)"), mun_operation_get_details (operation),
                          mun_operation_get_server_name (operation));
  g_notification_set_body (notification, body);
  g_notification_set_category (notification, failed ? "transfer.error" : "transfer.complete");
  g_notification_set_default_action (notification, "app.show-operations");
  g_application_send_notification (G_APPLICATION (self), NULL, notification);
}

/* A session that ends asks with SIGTERM, a terminal with SIGINT: the embedded server must be
 * stopped then, too. */
static gboolean
terminated_cb (gpointer data)
{
  g_application_quit (G_APPLICATION (data));
  return G_SOURCE_REMOVE;
}

static int
mun_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  if (!g_variant_dict_contains (options, "version"))
    return -1; /* go on */
  g_print ("muniment %s\n", MUN_VERSION);
  return 0;
}

static void
mun_application_startup (GApplication *application)
{
  static const GActionEntry entries[]
      = { { "quit", quit_cb }, { "about", about_cb }, { "show-operations", show_operations_cb } };
  MunApplication *self = MUN_APPLICATION (application);

  G_APPLICATION_CLASS (mun_application_parent_class)->startup (application);
  g_unix_signal_add (SIGTERM, terminated_cb, application);
  g_unix_signal_add (SIGINT, terminated_cb, application);

  self->settings = g_settings_new (APPLICATION_ID);
  self->servers = mun_server_list_new (self->settings);
  self->embedded = mun_embedded_server_new (mun_server_list_get_local (self->servers));
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  for (gsize i = 0; i < G_N_ELEMENTS (accelerators); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accelerators[i].action,
                                           accelerators[i].accels);
}

/* The server on this computer ends with the console that started it. */
static void
mun_application_shutdown (GApplication *application)
{
  MunApplication *self = MUN_APPLICATION (application);

  if (self->embedded)
    mun_embedded_server_stop (self->embedded);
  G_APPLICATION_CLASS (mun_application_parent_class)->shutdown (application);
}

static void
mun_application_finalize (GObject *object)
{
  MunApplication *self = MUN_APPLICATION (object);

  g_clear_object (&self->embedded);
  g_clear_object (&self->servers);
  g_clear_object (&self->settings);
  g_clear_object (&self->operations);
  G_OBJECT_CLASS (mun_application_parent_class)->finalize (object);
}

static void
mun_application_class_init (MunApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mun_application_finalize;
  application_class->activate = mun_application_activate;
  application_class->handle_local_options = mun_application_handle_local_options;
  application_class->startup = mun_application_startup;
  application_class->shutdown = mun_application_shutdown;
}

static void
mun_application_init (MunApplication *self)
{
  g_application_add_main_option (G_APPLICATION (self), "version", 0, 0, G_OPTION_ARG_NONE,
                                 _ ("Show the version"), NULL);
  self->operations = mun_operations_new ();
  g_signal_connect_object (self->operations, "finished", G_CALLBACK (operation_finished_cb), self,
                           G_CONNECT_SWAPPED);
}

MunApplication *
mun_application_new (GApplicationFlags flags)
{
  return g_object_new (MUN_TYPE_APPLICATION, "application-id", APPLICATION_ID, "flags", flags,
                       "resource-base-path", "/org/muniment/Console", NULL);
}

MunApplication *
mun_application_get (void)
{
  GApplication *application = g_application_get_default ();

  return MUN_IS_APPLICATION (application) ? MUN_APPLICATION (application) : NULL;
}

MunOperations *
mun_application_get_operations (MunApplication *self)
{
  return self->operations;
}

MunServerList *
mun_application_get_servers (MunApplication *self)
{
  return self->servers;
}

MunEmbeddedServer *
mun_application_get_embedded (MunApplication *self)
{
  return self->embedded;
}

GSettings *
mun_application_get_settings (MunApplication *self)
{
  return self->settings;
}

const MunAccelerator *
mun_application_list_accelerators (guint *n_accelerators)
{
  *n_accelerators = G_N_ELEMENTS (accelerators);
  return accelerators;
}
