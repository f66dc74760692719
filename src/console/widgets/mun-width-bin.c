/* mun-width-bin.c: a bin that says when it is narrow */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-width-bin.h"

/* As the setting counts: 1024ths of a dot. */
#define ORDINARY_DPI (96 * 1024.0)

struct _MunWidthBin {
  GtkWidget parent_instance;

  GtkWidget *child;
  int narrow_below;
  int natural_width;
  int wide_minimum; /* what the child wanted when last it was wide */
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
is_narrow (MunWidthBin *self)
{
  return self->width
         < MAX (self->narrow_below * mun_text_scale (GTK_WIDGET (self)), self->wide_minimum);
}

static gboolean
notify_cb (gpointer data)
{
  MunWidthBin *self = data;
  gboolean narrow = is_narrow (self);

  self->source = 0;
  if (narrow != self->narrow || !self->known) {
    self->known = TRUE;
    self->narrow = narrow;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NARROW]);
  }
  return G_SOURCE_REMOVE;
}

static int
child_minimum (MunWidthBin *self)
{
  int minimum = 0;

  gtk_widget_measure (self->child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  return minimum;
}

static void
mun_width_bin_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                       int *natural, int *minimum_baseline, int *natural_baseline)
{
  MunWidthBin *self = MUN_WIDTH_BIN (widget);

  if (self->child == NULL)
    return;
  if (orientation == GTK_ORIENTATION_VERTICAL && for_size >= 0)
    for_size = MAX (for_size, child_minimum (self));
  gtk_widget_measure (self->child, orientation, for_size, minimum, natural, NULL, NULL);
  /* It becomes narrow before it is too narrow for the wide form: that must not hold it open. */
  if (orientation == GTK_ORIENTATION_HORIZONTAL && self->narrow_below > 0 && !self->narrow) {
    self->wide_minimum = *minimum;
    *minimum = 0;
  }
  if (orientation == GTK_ORIENTATION_HORIZONTAL && self->natural_width > 0)
    *natural = MAX (*minimum, self->natural_width);
}

static void
mun_width_bin_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  MunWidthBin *self = MUN_WIDTH_BIN (widget);

  if (self->child != NULL)
    gtk_widget_allocate (self->child, MAX (width, child_minimum (self)), height, baseline, NULL);
  self->width = width;
  if ((is_narrow (self) != self->narrow || !self->known) && self->source == 0)
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

double
mun_text_scale (GtkWidget *widget)
{
  int dpi = 0;

  g_object_get (gtk_widget_get_settings (widget), "gtk-xft-dpi", &dpi, NULL);
  return dpi > 0 ? dpi / ORDINARY_DPI : 1;
}

gboolean
mun_width_bin_is_narrow (MunWidthBin *self)
{
  return self->narrow;
}
