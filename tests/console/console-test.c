/* console-test.c: what the display tests of the console share */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "console-test.h"

static gboolean
tick_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

void
console_test_iterate (void)
{
  /* The source only wakes the loop, so that a condition without event is looked at again. */
  guint tick = g_timeout_add (20, tick_cb, NULL);

  g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
}

void
console_test_init (int *argc, char ***argv)
{
  GtkCssProvider *provider;

  gtk_test_init (argc, argv, NULL);
  adw_init ();
  provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (provider, "/org/muniment/Console/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                    "/org/muniment/Console/icons");
  g_object_unref (provider);
}

GtkWindow *
console_test_show (GtkWidget *child, int width, int height)
{
  GtkWidget *window = adw_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  adw_window_set_content (ADW_WINDOW (window), child);
  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (window);
  return GTK_WINDOW (window);
}

void
console_test_shoot_native (GtkWidget *widget, const char *name)
{
  const char *folder = g_getenv ("MUNIMENT_SHOTS");
  g_autoptr (GdkPaintable) paintable = NULL;
  g_autoptr (GtkSnapshot) snapshot = NULL;
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree char *path = NULL;

  for (guint i = 0; i < 20; i++)
    console_test_iterate ();
  if (folder == NULL)
    return;
  paintable = gtk_widget_paintable_new (widget);
  snapshot = gtk_snapshot_new ();
  gdk_paintable_snapshot (paintable, snapshot, gdk_paintable_get_intrinsic_width (paintable),
                          gdk_paintable_get_intrinsic_height (paintable));
  node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  g_assert_nonnull (node);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (widget)), node, NULL);
  path = g_strdup_printf ("%s/%s.png", folder, name);
  g_assert_true (gdk_texture_save_to_png (texture, path));
}

void
console_test_shoot (GtkWindow *window, const char *name)
{
  gtk_window_present (window);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  console_test_shoot_native (GTK_WIDGET (window), name);
}

static gboolean
has_text (GtkWidget *widget)
{
  GtkWidget *child;

  if (GTK_IS_LABEL (widget) && *gtk_label_get_text (GTK_LABEL (widget)) != '\0')
    return TRUE;
  for (child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (has_text (child))
      return TRUE;
  return FALSE;
}

void
console_test_check_labels (GtkWidget *root)
{
  GtkWidget *child;

  if (!gtk_widget_get_visible (root))
    return;
  if ((GTK_IS_BUTTON (root) || GTK_IS_MENU_BUTTON (root)) && !has_text (root)
      && !gtk_test_accessible_has_property (GTK_ACCESSIBLE (root), GTK_ACCESSIBLE_PROPERTY_LABEL) &&
      /* GTK's own, inside its widgets: the parent carries the name. */
      !GTK_IS_MENU_BUTTON (gtk_widget_get_parent (root))
      && !gtk_widget_has_css_class (root, "apply-button")
      && !gtk_widget_has_css_class (root, "edit-button")
      && !GTK_IS_SPIN_BUTTON (gtk_widget_get_parent (root))
      && gtk_widget_get_ancestor (root, ADW_TYPE_PASSWORD_ENTRY_ROW) == NULL
      && gtk_widget_get_ancestor (root, GTK_TYPE_WINDOW_CONTROLS) == NULL)
    g_error ("a %s in a %s in a %s has no accessible label", G_OBJECT_TYPE_NAME (root),
             G_OBJECT_TYPE_NAME (gtk_widget_get_parent (root)),
             G_OBJECT_TYPE_NAME (gtk_widget_get_parent (gtk_widget_get_parent (root))));
  for (child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    console_test_check_labels (child);
}

GtkWindow *
console_test_find_window (GType type)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = g_list_model_get_n_items (windows); i > 0; i--) {
    g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i - 1);

    if (G_TYPE_CHECK_INSTANCE_TYPE (window, type))
      return window;
  }
  return NULL;
}

void
console_test_respond (GtkWindow *dialog, const char *response)
{
  g_object_ref (dialog);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), response);
  gtk_window_destroy (dialog);
  g_object_unref (dialog);
}
