/* mun-state-bar.c: what is the matter for as long as it lasts, below the header bar */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-window"

#include "mun-state-bar.h"

#include "errors.h"
#include "mun-words.h"

#include <glib/gi18n.h>

struct _MunStateBar {
  AdwBin parent_instance;

  GtkRevealer *revealer;
  GtkImage *icon;
  GtkSpinner *spinner;
  GtkLabel *text;
  GtkButton *button;

  MunConnection *connection;
  gboolean keyring_locked;
};

G_DEFINE_FINAL_TYPE (MunStateBar, mun_state_bar, ADW_TYPE_BIN)

/* Icon NULL: the spinner. */
static void
show (MunStateBar *self, const char *icon_name, const char *text, const char *verb,
      const char *action)
{
  gtk_widget_set_visible (GTK_WIDGET (self->icon), icon_name != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), icon_name == NULL);
  gtk_spinner_set_spinning (self->spinner, icon_name == NULL);
  gtk_image_set_from_icon_name (self->icon, icon_name);
  gtk_label_set_text (self->text, text);
  gtk_button_set_label (self->button, verb);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), action);
  gtk_revealer_set_reveal_child (self->revealer, TRUE);
}

/* Why there is no connection: the server's own refusal, else that it does not answer. */
static char *
describe_failure (MunStateBar *self)
{
  const GError *error = mun_connection_get_error (self->connection);

  if (error && !g_error_matches (error, MUN_ERROR, MUN_ERROR_UNREACHABLE)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return mun_words_for_error (error);
  /* Translators: %s is the name of a server. */
  return g_strdup_printf (_ ("There is no connection to %s. What you see may be out of date."),
                          mun_connection_get_name (self->connection));
}

static void
update (MunStateBar *self)
{
  MunConnectionState state
      = self->connection ? mun_connection_get_state (self->connection) : MUN_CONNECTION_CONNECTED;
  g_autofree char *text = NULL;

  if (state == MUN_CONNECTION_CONNECTING) {
    /* Translators: %s is the name of a server. */
    text = g_strdup_printf (_ ("Connecting to %s…"), mun_connection_get_name (self->connection));
    show (self, NULL, text, _ ("_Cancel"), "win.cancel-connect");
  } else if (state != MUN_CONNECTION_CONNECTED) {
    text = describe_failure (self);
    show (self, "network-offline-symbolic", text, _ ("_Reconnect"), "win.reconnect");
  } else if (self->connection && self->keyring_locked) {
    show (self, "dialog-password-symbolic",
          _ ("The keyring is locked. The credentials in it are not shown."), _ ("_Unlock"),
          "win.unlock-keyring");
  } else {
    gtk_revealer_set_reveal_child (self->revealer, FALSE);
    gtk_spinner_set_spinning (self->spinner, FALSE);
  }
}

static void
mun_state_bar_dispose (GObject *object)
{
  mun_state_bar_set_connection (MUN_STATE_BAR (object), NULL);
  G_OBJECT_CLASS (mun_state_bar_parent_class)->dispose (object);
}

static void
mun_state_bar_class_init (MunStateBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mun_state_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/muniment/Console/widgets/mun-state-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, MunStateBar, revealer);
  gtk_widget_class_bind_template_child (widget_class, MunStateBar, icon);
  gtk_widget_class_bind_template_child (widget_class, MunStateBar, spinner);
  gtk_widget_class_bind_template_child (widget_class, MunStateBar, text);
  gtk_widget_class_bind_template_child (widget_class, MunStateBar, button);
}

static void
mun_state_bar_init (MunStateBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
mun_state_bar_set_connection (MunStateBar *self, MunConnection *connection)
{
  if (self->connection == connection)
    return;
  if (self->connection)
    g_signal_handlers_disconnect_by_func (self->connection, update, self);
  g_set_object (&self->connection, connection);
  if (connection)
    g_signal_connect_object (connection, "notify::state", G_CALLBACK (update), self,
                             G_CONNECT_SWAPPED);
  if (self->revealer)
    update (self);
}

void
mun_state_bar_set_keyring_locked (MunStateBar *self, gboolean locked)
{
  self->keyring_locked = locked;
  update (self);
}

gboolean
mun_state_bar_is_revealed (MunStateBar *self)
{
  return gtk_revealer_get_reveal_child (self->revealer);
}

const char *
mun_state_bar_get_text (MunStateBar *self)
{
  return mun_state_bar_is_revealed (self) ? gtk_label_get_text (self->text) : "";
}
