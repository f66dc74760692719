/* mun-width-bin.c: a bin that says when it is narrow */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-width-bin.h"

struct _MunWidthBin {
  GtkWidget parent_instance;

  GtkWidget *child;
  int narrow_below;
  int natural_width;
  int width;
  gboolean narrow;
  gboolean known; /* it has been given a width */
  guint source;
};

G_DEFINE_FINAL_TYPE (MunWidthBin, mun_width_bin, GTK_TYPE_WIDGET)

enum {
  PROP_0,
  PROP_CHILD,
  PROP_NARROW_BELOW,
  PROP_NATURAL_WIDTH,
  PROP_NARROW,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static gboolean
notify_cb (gpointer data)
{
  MunWidthBin *self = data;
  gboolean narrow = self->width < self->narrow_below;

  self->source = 0;
  if (narrow != self->narrow || !self->known) {
    self->known = TRUE;
    self->narrow = narrow;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NARROW]);
  }
  return G_SOURCE_REMOVE;
}

static void
mun_width_bin_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                       int *natural, int *minimum_baseline, int *natural_baseline)
{
  MunWidthBin *self = MUN_WIDTH_BIN (widget);

  if (self->child != NULL)
    gtk_widget_measure (self->child, orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL && self->natural_width > 0)
    *natural = MAX (*minimum, self->natural_width);
}

static void
mun_width_bin_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  MunWidthBin *self = MUN_WIDTH_BIN (widget);

  if (self->child != NULL)
    gtk_widget_allocate (self->child, width, height, baseline, NULL);
  self->width = width;
  if (((width < self->narrow_below) != self->narrow || !self->known) && self->source == 0)
    self->source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, notify_cb, self, NULL);
}

static void
set_child (MunWidthBin *self, GtkWidget *child)
{
  g_clear_pointer (&self->child, gtk_widget_unparent);
  self->child = child;
  if (child != NULL)
    gtk_widget_set_parent (child, GTK_WIDGET (self));
}

static void
mun_width_bin_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MunWidthBin *self = MUN_WIDTH_BIN (object);

  switch (id) {
  case PROP_CHILD:
    g_value_set_object (value, self->child);
    break;
  case PROP_NARROW_BELOW:
    g_value_set_int (value, self->narrow_below);
    break;
  case PROP_NATURAL_WIDTH:
    g_value_set_int (value, self->natural_width);
    break;
  case PROP_NARROW:
    g_value_set_boolean (value, self->narrow);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mun_width_bin_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  MunWidthBin *self = MUN_WIDTH_BIN (object);

  switch (id) {
  case PROP_CHILD:
    set_child (self, g_value_get_object (value));
    break;
  case PROP_NARROW_BELOW:
    self->narrow_below = g_value_get_int (value);
    gtk_widget_queue_allocate (GTK_WIDGET (self));
    break;
  case PROP_NATURAL_WIDTH:
    self->natural_width = g_value_get_int (value);
    gtk_widget_queue_resize (GTK_WIDGET (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mun_width_bin_dispose (GObject *object)
{
  MunWidthBin *self = MUN_WIDTH_BIN (object);

  g_clear_handle_id (&self->source, g_source_remove);
  set_child (self, NULL);
  G_OBJECT_CLASS (mun_width_bin_parent_class)->dispose (object);
}

static void
mun_width_bin_class_init (MunWidthBinClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = mun_width_bin_get_property;
  object_class->set_property = mun_width_bin_set_property;
  object_class->dispose = mun_width_bin_dispose;
  widget_class->measure = mun_width_bin_measure;
  widget_class->size_allocate = mun_width_bin_size_allocate;

  properties[PROP_CHILD] = g_param_spec_object ("child", NULL, NULL, GTK_TYPE_WIDGET,
                                                G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_NARROW_BELOW] = g_param_spec_int ("narrow-below", NULL, NULL, 0, G_MAXINT, 0,
                                                    G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_NATURAL_WIDTH] = g_param_spec_int ("natural-width", NULL, NULL, 0, G_MAXINT, 0,
                                                     G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_NARROW] = g_param_spec_boolean ("narrow", NULL, NULL, FALSE,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
mun_width_bin_init (MunWidthBin *self)
{
}

gboolean
mun_width_bin_is_narrow (MunWidthBin *self)
{
  return self->narrow;
}
