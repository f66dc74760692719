/* mun-state-stack.c: the six states of a page: loading, content, empty, no results, error, offline
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-page"

#include "mun-state-stack.h"

#include "errors.h"
#include "mun-words.h"

#include <glib/gi18n.h>

#define LOADING_DELAY_MS 300

struct _MunStateStack {
  AdwBin parent_instance;

  GtkStack *stack;
  GtkSpinner *spinner;
  GtkLabel *loading_label;
  AdwStatusPage *empty_page;
  GtkButton *empty_button;
  AdwStatusPage *error_page;
  GtkButton *retry_button;
  AdwStatusPage *no_results_page;

  GtkWidget *content;
  GListModel *all;
  GListModel *shown;
  MunState state;
  guint loading_source;
  gboolean had_content;
};

G_DEFINE_ENUM_TYPE (MunState, mun_state, G_DEFINE_ENUM_VALUE (MUN_STATE_LOADING, "loading"),
                    G_DEFINE_ENUM_VALUE (MUN_STATE_CONTENT, "content"),
                    G_DEFINE_ENUM_VALUE (MUN_STATE_EMPTY, "empty"),
                    G_DEFINE_ENUM_VALUE (MUN_STATE_NO_RESULTS, "no-results"),
                    G_DEFINE_ENUM_VALUE (MUN_STATE_ERROR, "error"),
                    G_DEFINE_ENUM_VALUE (MUN_STATE_OFFLINE, "offline"))

G_DEFINE_FINAL_TYPE (MunStateStack, mun_state_stack, ADW_TYPE_BIN)

enum {
  PROP_0,
  PROP_STATE,
  PROP_HAS_CONTENT,
  PROP_CONTENT,
  PROP_LOADING_TITLE,
  PROP_EMPTY_ICON_NAME,
  PROP_EMPTY_TITLE,
  PROP_EMPTY_DESCRIPTION,
  PROP_EMPTY_ACTION_LABEL,
  PROP_EMPTY_ACTION_NAME,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
show (MunStateStack *self, const char *name)
{
  gtk_stack_set_visible_child_name (self->stack, name);
  gtk_spinner_set_spinning (self->spinner, g_str_equal (name, "loading"));
}

static void
grey_content (MunStateStack *self, gboolean grey)
{
  if (!self->content)
    return;
  if (grey)
    gtk_widget_add_css_class (self->content, "stale");
  else
    gtk_widget_remove_css_class (self->content, "stale");
}

static gboolean
loading_cb (gpointer data)
{
  MunStateStack *self = data;

  self->loading_source = 0;
  if (self->had_content)
    grey_content (self, TRUE);
  else
    show (self, "loading");
  return G_SOURCE_REMOVE;
}

static void
enter_loading (MunStateStack *self)
{
  if (!self->loading_source)
    self->loading_source = g_timeout_add (LOADING_DELAY_MS, loading_cb, self);
}

static void
models_changed_cb (MunStateStack *self)
{
  if (self->state == MUN_STATE_CONTENT || self->state == MUN_STATE_EMPTY
      || self->state == MUN_STATE_NO_RESULTS)
    mun_state_stack_set_ready (self);
}

static void
set_model (MunStateStack *self, GListModel **field, GListModel *model)
{
  if (*field)
    g_signal_handlers_disconnect_by_func (*field, models_changed_cb, self);
  g_set_object (field, model);
  if (model)
    g_signal_connect_object (model, "items-changed", G_CALLBACK (models_changed_cb), self,
                             G_CONNECT_SWAPPED);
}

static void
set_content (MunStateStack *self, GtkWidget *content)
{
  if (self->content)
    gtk_stack_remove (self->stack, self->content);
  self->content = content;
  if (content)
    gtk_stack_add_named (self->stack, content, "content");
}

static void
set_description (MunStateStack *self, const char *text)
{
  g_autofree char *safe = mun_words_escape (text ? text : "");

  adw_status_page_set_description (self->empty_page, safe);
}

static void
mun_state_stack_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MunStateStack *self = MUN_STATE_STACK (object);
  const char *text = G_VALUE_HOLDS_STRING (value) ? g_value_get_string (value) : NULL;

  switch (id) {
  case PROP_STATE:
    mun_state_stack_set_state (self, g_value_get_enum (value));
    break;
  case PROP_CONTENT:
    set_content (self, g_value_get_object (value));
    break;
  case PROP_LOADING_TITLE:
    gtk_label_set_label (self->loading_label, text ? text : "");
    gtk_widget_set_visible (GTK_WIDGET (self->loading_label), text && *text);
    break;
  case PROP_EMPTY_ICON_NAME:
    adw_status_page_set_icon_name (self->empty_page, text);
    break;
  case PROP_EMPTY_TITLE:
    adw_status_page_set_title (self->empty_page, text ? text : "");
    break;
  case PROP_EMPTY_DESCRIPTION:
    set_description (self, text);
    break;
  case PROP_EMPTY_ACTION_LABEL:
    gtk_button_set_label (self->empty_button, text ? text : "");
    gtk_widget_set_visible (GTK_WIDGET (self->empty_button), text && *text);
    break;
  case PROP_EMPTY_ACTION_NAME:
    gtk_actionable_set_action_name (GTK_ACTIONABLE (self->empty_button), text);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mun_state_stack_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MunStateStack *self = MUN_STATE_STACK (object);

  switch (id) {
  case PROP_STATE:
    g_value_set_enum (value, self->state);
    break;
  case PROP_HAS_CONTENT:
    g_value_set_boolean (value, self->had_content);
    break;
  case PROP_CONTENT:
    g_value_set_object (value, self->content);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mun_state_stack_dispose (GObject *object)
{
  MunStateStack *self = MUN_STATE_STACK (object);

  g_clear_handle_id (&self->loading_source, g_source_remove);
  set_model (self, &self->all, NULL);
  set_model (self, &self->shown, NULL);
  G_OBJECT_CLASS (mun_state_stack_parent_class)->dispose (object);
}

static void
mun_state_stack_class_init (MunStateStackClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags writable = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = mun_state_stack_set_property;
  object_class->get_property = mun_state_stack_get_property;
  object_class->dispose = mun_state_stack_dispose;

  properties[PROP_STATE]
      = g_param_spec_enum ("state", NULL, NULL, MUN_TYPE_STATE, MUN_STATE_LOADING,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_HAS_CONTENT] = g_param_spec_boolean ("has-content", NULL, NULL, FALSE,
                                                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_CONTENT] = g_param_spec_object ("content", NULL, NULL, GTK_TYPE_WIDGET,
                                                  G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_LOADING_TITLE]
      = g_param_spec_string ("loading-title", NULL, NULL, NULL, writable);
  properties[PROP_EMPTY_ICON_NAME]
      = g_param_spec_string ("empty-icon-name", NULL, NULL, NULL, writable);
  properties[PROP_EMPTY_TITLE] = g_param_spec_string ("empty-title", NULL, NULL, NULL, writable);
  properties[PROP_EMPTY_DESCRIPTION]
      = g_param_spec_string ("empty-description", NULL, NULL, NULL, writable);
  properties[PROP_EMPTY_ACTION_LABEL]
      = g_param_spec_string ("empty-action-label", NULL, NULL, NULL, writable);
  properties[PROP_EMPTY_ACTION_NAME]
      = g_param_spec_string ("empty-action-name", NULL, NULL, NULL, writable);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/muniment/Console/mun-state-stack.ui");
  gtk_widget_class_bind_template_child (widget_class, MunStateStack, stack);
  gtk_widget_class_bind_template_child (widget_class, MunStateStack, spinner);
  gtk_widget_class_bind_template_child (widget_class, MunStateStack, loading_label);
  gtk_widget_class_bind_template_child (widget_class, MunStateStack, empty_page);
  gtk_widget_class_bind_template_child (widget_class, MunStateStack, empty_button);
  gtk_widget_class_bind_template_child (widget_class, MunStateStack, error_page);
  gtk_widget_class_bind_template_child (widget_class, MunStateStack, retry_button);
  gtk_widget_class_bind_template_child (widget_class, MunStateStack, no_results_page);
}

static void
mun_state_stack_init (MunStateStack *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  enter_loading (self);
}

GtkWidget *
mun_state_stack_new (void)
{
  return g_object_new (MUN_TYPE_STATE_STACK, NULL);
}

MunState
mun_state_stack_get_state (MunStateStack *self)
{
  return self->state;
}

void
mun_state_stack_set_state (MunStateStack *self, MunState state)
{
  static const char *const names[]
      = { "loading", "content", "empty", "no-results", "error", "offline" };
  gboolean had_content, changed;

  g_return_if_fail (MUN_IS_STATE_STACK (self));

  had_content = self->had_content;
  changed = self->state != state;
  self->state = state;
  if (state == MUN_STATE_LOADING) {
    enter_loading (self);
  } else {
    g_clear_handle_id (&self->loading_source, g_source_remove);
    grey_content (self, state == MUN_STATE_OFFLINE);
    show (self, state == MUN_STATE_OFFLINE && self->had_content ? "content" : names[state]);
    self->had_content
        = state == MUN_STATE_CONTENT || (state == MUN_STATE_OFFLINE && self->had_content);
  }
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
  if (had_content != self->had_content)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HAS_CONTENT]);
}

void
mun_state_stack_set_error (MunStateStack *self, const GError *error)
{
  g_autofree char *sentence = NULL;
  g_autofree char *safe = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (g_error_matches (error, MUN_ERROR, MUN_ERROR_UNREACHABLE)) {
    mun_state_stack_set_state (self, MUN_STATE_OFFLINE);
    gtk_widget_activate_action (GTK_WIDGET (self), "win.server-lost", NULL);
    return;
  }
  sentence = mun_words_for_error (error);
  safe = mun_words_escape (sentence);
  adw_status_page_set_title (self->error_page, mun_words_error_title (error));
  adw_status_page_set_description (self->error_page, safe);
  gtk_button_set_label (self->retry_button,
                        g_error_matches (error, MUN_ERROR, MUN_ERROR_KEYRING_LOCKED)
                            ? _ ("_Unlock")
                            : _ ("_Retry"));
  /* What was asked for is wrong: the same again is no better. */
  gtk_widget_set_visible (GTK_WIDGET (self->retry_button),
                          !g_error_matches (error, MUN_ERROR, MUN_ERROR_INVALID));
  mun_state_stack_set_state (self, MUN_STATE_ERROR);
}

void
mun_state_stack_set_models (MunStateStack *self, GListModel *all, GListModel *shown)
{
  set_model (self, &self->all, all);
  set_model (self, &self->shown, shown);
}

void
mun_state_stack_set_ready (MunStateStack *self)
{
  MunState state = MUN_STATE_CONTENT;

  if (self->all && g_list_model_get_n_items (self->all) == 0)
    state = MUN_STATE_EMPTY;
  else if (self->shown && g_list_model_get_n_items (self->shown) == 0)
    state = MUN_STATE_NO_RESULTS;
  mun_state_stack_set_state (self, state);
}

const char *
mun_state_stack_get_visible_name (MunStateStack *self)
{
  return gtk_stack_get_visible_child_name (self->stack);
}
