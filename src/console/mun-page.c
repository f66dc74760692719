/* mun-page.c: base class of every page that the sidebar can show */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-page"

#include "mun-page.h"

#include "mun-words.h"

#include <glib/gi18n.h>

typedef struct {
  char *title;
  char *icon_name;
  char *save_hint;
  MunConnection *connection;
  GCancellable *cancellable;
  GtkWidget *header_widget;
  MunBadge badge;
  gboolean modified;
  gboolean can_save;
} MunPagePrivate;

G_DEFINE_ENUM_TYPE (MunBadge, mun_badge, G_DEFINE_ENUM_VALUE (MUN_BADGE_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (MUN_BADGE_ATTENTION, "attention"),
                    G_DEFINE_ENUM_VALUE (MUN_BADGE_RUNNING, "running"))

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (MunPage, mun_page, ADW_TYPE_BIN)

enum {
  PROP_0,
  PROP_TITLE,
  PROP_ICON_NAME,
  PROP_CONNECTION,
  PROP_BADGE,
  PROP_HEADER_WIDGET,
  PROP_MODIFIED,
  PROP_CAN_SAVE,
  PROP_SAVE_HINT,
  N_PROPS,
};

enum {
  TOAST,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

#define PRIVATE(self) ((MunPagePrivate *)mun_page_get_instance_private (self))

static void
update_actions (MunPage *self)
{
  MunPagePrivate *priv = PRIVATE (self);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "page.refresh", priv->connection != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "page.save", priv->modified && priv->can_save);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "page.discard", priv->modified);
}

static void
refresh_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mun_page_refresh (MUN_PAGE (widget));
}

static void
save_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mun_page_save (MUN_PAGE (widget));
}

static void
discard_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mun_page_discard (MUN_PAGE (widget));
}

static void
mun_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MunPagePrivate *priv = PRIVATE (MUN_PAGE (object));

  switch (id) {
  case PROP_TITLE:
    g_value_set_string (value, priv->title);
    break;
  case PROP_ICON_NAME:
    g_value_set_string (value, priv->icon_name);
    break;
  case PROP_CONNECTION:
    g_value_set_object (value, priv->connection);
    break;
  case PROP_BADGE:
    g_value_set_enum (value, priv->badge);
    break;
  case PROP_HEADER_WIDGET:
    g_value_set_object (value, priv->header_widget);
    break;
  case PROP_MODIFIED:
    g_value_set_boolean (value, priv->modified);
    break;
  case PROP_CAN_SAVE:
    g_value_set_boolean (value, priv->can_save);
    break;
  case PROP_SAVE_HINT:
    g_value_set_string (value, priv->save_hint);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mun_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MunPage *self = MUN_PAGE (object);

  switch (id) {
  case PROP_TITLE:
    mun_page_set_title (self, g_value_get_string (value));
    break;
  case PROP_ICON_NAME:
    g_free (PRIVATE (self)->icon_name);
    PRIVATE (self)->icon_name = g_value_dup_string (value);
    break;
  case PROP_CONNECTION:
    mun_page_set_connection (self, g_value_get_object (value));
    break;
  case PROP_BADGE:
    mun_page_set_badge (self, g_value_get_enum (value));
    break;
  case PROP_HEADER_WIDGET:
    mun_page_set_header_widget (self, g_value_get_object (value));
    break;
  case PROP_MODIFIED:
    mun_page_set_modified (self, g_value_get_boolean (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mun_page_dispose (GObject *object)
{
  MunPagePrivate *priv = PRIVATE (MUN_PAGE (object));

  if (priv->cancellable)
    g_cancellable_cancel (priv->cancellable);
  g_clear_object (&priv->connection);
  g_clear_object (&priv->header_widget);
  G_OBJECT_CLASS (mun_page_parent_class)->dispose (object);
}

static void
mun_page_finalize (GObject *object)
{
  MunPagePrivate *priv = PRIVATE (MUN_PAGE (object));

  g_clear_object (&priv->cancellable);
  g_free (priv->title);
  g_free (priv->icon_name);
  g_free (priv->save_hint);
  G_OBJECT_CLASS (mun_page_parent_class)->finalize (object);
}

static void
mun_page_class_init (MunPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags notify = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags readonly = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = mun_page_get_property;
  object_class->set_property = mun_page_set_property;
  object_class->dispose = mun_page_dispose;
  object_class->finalize = mun_page_finalize;

  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, notify);
  properties[PROP_ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL, NULL, notify);
  properties[PROP_CONNECTION]
      = g_param_spec_object ("connection", NULL, NULL, MUN_TYPE_CONNECTION, notify);
  properties[PROP_BADGE]
      = g_param_spec_enum ("badge", NULL, NULL, MUN_TYPE_BADGE, MUN_BADGE_NONE, notify);
  properties[PROP_HEADER_WIDGET]
      = g_param_spec_object ("header-widget", NULL, NULL, GTK_TYPE_WIDGET, notify);
  properties[PROP_MODIFIED] = g_param_spec_boolean ("modified", NULL, NULL, FALSE, notify);
  properties[PROP_CAN_SAVE] = g_param_spec_boolean ("can-save", NULL, NULL, FALSE, readonly);
  properties[PROP_SAVE_HINT] = g_param_spec_string ("save-hint", NULL, NULL, NULL, readonly);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[TOAST] = g_signal_new ("toast", MUN_TYPE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, ADW_TYPE_TOAST);

  gtk_widget_class_install_action (widget_class, "page.refresh", NULL, refresh_cb);
  gtk_widget_class_install_action (widget_class, "page.save", NULL, save_cb);
  gtk_widget_class_install_action (widget_class, "page.discard", NULL, discard_cb);
}

static void
mun_page_init (MunPage *self)
{
  PRIVATE (self)->cancellable = g_cancellable_new ();
  PRIVATE (self)->can_save = TRUE;
  update_actions (self);
}

const char *
mun_page_get_title (MunPage *self)
{
  return PRIVATE (self)->title;
}

void
mun_page_set_title (MunPage *self, const char *title)
{
  MunPagePrivate *priv = PRIVATE (self);

  if (g_strcmp0 (priv->title, title) == 0)
    return;
  g_free (priv->title);
  priv->title = g_strdup (title);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

const char *
mun_page_get_icon_name (MunPage *self)
{
  return PRIVATE (self)->icon_name;
}

MunBadge
mun_page_get_badge (MunPage *self)
{
  return PRIVATE (self)->badge;
}

void
mun_page_set_badge (MunPage *self, MunBadge badge)
{
  if (PRIVATE (self)->badge == badge)
    return;
  PRIVATE (self)->badge = badge;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BADGE]);
}

MunConnection *
mun_page_get_connection (MunPage *self)
{
  return PRIVATE (self)->connection;
}

void
mun_page_set_connection (MunPage *self, MunConnection *connection)
{
  g_return_if_fail (MUN_IS_PAGE (self));

  if (!g_set_object (&PRIVATE (self)->connection, connection))
    return;
  update_actions (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONNECTION]);
  mun_page_refresh (self);
}

GtkWidget *
mun_page_get_header_widget (MunPage *self)
{
  return PRIVATE (self)->header_widget;
}

void
mun_page_set_header_widget (MunPage *self, GtkWidget *widget)
{
  MunPagePrivate *priv = PRIVATE (self);

  if (priv->header_widget == widget)
    return;
  g_clear_object (&priv->header_widget);
  priv->header_widget = widget ? g_object_ref_sink (widget) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HEADER_WIDGET]);
}

gboolean
mun_page_get_modified (MunPage *self)
{
  return PRIVATE (self)->modified;
}

void
mun_page_set_modified (MunPage *self, gboolean modified)
{
  if (PRIVATE (self)->modified == modified)
    return;
  PRIVATE (self)->modified = modified;
  update_actions (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MODIFIED]);
}

gboolean
mun_page_get_can_save (MunPage *self)
{
  return PRIVATE (self)->can_save;
}

void
mun_page_set_can_save (MunPage *self, gboolean can_save, const char *reason)
{
  MunPagePrivate *priv = PRIVATE (self);

  if (g_strcmp0 (priv->save_hint, reason) != 0) {
    g_free (priv->save_hint);
    priv->save_hint = g_strdup (reason);
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SAVE_HINT]);
  }
  if (priv->can_save == can_save)
    return;
  priv->can_save = can_save;
  update_actions (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_SAVE]);
}

const char *
mun_page_get_save_hint (MunPage *self)
{
  return PRIVATE (self)->save_hint;
}

void
mun_page_refresh (MunPage *self)
{
  MunPagePrivate *priv = PRIVATE (self);

  g_cancellable_cancel (priv->cancellable);
  g_object_unref (priv->cancellable);
  priv->cancellable = g_cancellable_new ();
  if (priv->connection && MUN_PAGE_GET_CLASS (self)->load)
    MUN_PAGE_GET_CLASS (self)->load (self);
}

void
mun_page_save (MunPage *self)
{
  MunPagePrivate *priv = PRIVATE (self);

  if (priv->modified && priv->can_save && MUN_PAGE_GET_CLASS (self)->save)
    MUN_PAGE_GET_CLASS (self)->save (self);
}

void
mun_page_discard (MunPage *self)
{
  if (PRIVATE (self)->modified && MUN_PAGE_GET_CLASS (self)->discard)
    MUN_PAGE_GET_CLASS (self)->discard (self);
}

void
mun_page_start_search (MunPage *self)
{
  if (MUN_PAGE_GET_CLASS (self)->start_search)
    MUN_PAGE_GET_CLASS (self)->start_search (self);
}

void
mun_page_create (MunPage *self)
{
  const char *action = MUN_PAGE_GET_CLASS (self)->create_action;

  if (action)
    gtk_widget_activate_action (GTK_WIDGET (self), action, NULL);
}

GCancellable *
mun_page_get_cancellable (MunPage *self)
{
  return PRIVATE (self)->cancellable;
}

void
mun_page_add_toast (MunPage *self, AdwToast *toast)
{
  g_autoptr (AdwToast) owned = g_object_ref_sink (toast);

  g_signal_emit (self, signals[TOAST], 0, owned);
}

void
mun_page_toast (MunPage *self, const char *text)
{
  g_autofree char *safe = mun_words_escape (text);

  mun_page_add_toast (self, adw_toast_new (safe));
}

void
mun_page_report_error (MunPage *self, const GError *error)
{
  g_autofree char *sentence = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_message ("page %s: %s", G_OBJECT_TYPE_NAME (self), error->message);
  sentence = mun_words_for_error (error);
  mun_page_toast (self, sentence);
}

void
mun_page_go_to (MunPage *self, const char *page_id)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-page", "s", page_id);
}
