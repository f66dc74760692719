/* render.c: the looks, the window, the picture and its checks */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "render.h"

#include "console.h"
#include "mun-html-view.h"
#include "mun-state-stack.h"

#include <string.h>
#include <webkit/webkit.h>

#define WIDTH 1180
#define HEIGHT 760
#define NARROW_WIDTH 360
#define NARROW_HEIGHT 720
/* Twice the 96 dpi of ordinary text. */
#define LARGE_DPI 192
#define REST_TRIES 40
#define MIN_COLOURS 12
/* A little more than the time after which GTK shows a tooltip. */
#define TOOLTIP_MILLISECONDS 600

typedef struct {
  const char *name;
  const char *variable, *value; /* set before GTK starts */
  int width, height;
  gboolean large;
} Look;

static const Look looks[] = {
  { "english", NULL, NULL, WIDTH, HEIGHT, FALSE },
  { "french", "LANGUAGE", "fr", WIDTH, HEIGHT, FALSE },
  { "german", "LANGUAGE", "de", WIDTH, HEIGHT, FALSE },
  { "dark", "ADW_DEBUG_COLOR_SCHEME", "prefer-dark", WIDTH, HEIGHT, FALSE },
  { "contrast", "ADW_DEBUG_HIGH_CONTRAST", "1", WIDTH, HEIGHT, FALSE },
  { "narrow", NULL, NULL, NARROW_WIDTH, NARROW_HEIGHT, FALSE },
  { "narrow-german", "LANGUAGE", "de", NARROW_WIDTH, NARROW_HEIGHT, FALSE },
  { "large", NULL, NULL, WIDTH, HEIGHT, TRUE },
};

static const Look *look;
static MunApplication *application;
static char *folder;

gboolean
render_init (int *argc, char ***argv, const char *name)
{
  g_autofree char *icons = g_build_filename (g_getenv ("MUNIMENT_SOURCE_DIR"), "data/icons", NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    if (g_strcmp0 (looks[i].name, name) == 0)
      look = &looks[i];
  if (look == NULL)
    return FALSE;
  if (look->variable != NULL)
    g_setenv (look->variable, look->value, TRUE);
  /* The desktop of the tests has no GL; WebKit would warn of that. */
  g_setenv ("WEBKIT_DISABLE_COMPOSITING_MODE", "1", TRUE);
  g_test_init (argc, argv, NULL);
  mun_console_init_i18n ();
  adw_init ();
  if (look->large)
    g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", LARGE_DPI * 1024, NULL);
  gtk_icon_theme_add_search_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                  icons);
  application = mun_application_new (G_APPLICATION_NON_UNIQUE);
  g_application_set_default (G_APPLICATION (application));
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, &error));
  folder = g_build_filename (g_getenv ("G_TEST_BUILDDIR"), "console", "pictures", look->name, NULL);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  return TRUE;
}

gpointer
render_find (GtkWidget *root, GType type)
{
  if (g_type_is_a (G_OBJECT_TYPE (root), type))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    gpointer found = render_find (child, type);

    if (found != NULL)
      return found;
  }
  return NULL;
}

gboolean
render_is_wide (void)
{
  return look->width > NARROW_WIDTH;
}

MunWindow *
render_window (void)
{
  MunWindow *window = mun_window_new (application);

  gtk_window_set_default_size (GTK_WINDOW (window), look->width, look->height);
  gtk_window_present (GTK_WINDOW (window));
  console_test_wait (gtk_widget_get_mapped (GTK_WIDGET (window)));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  return window;
}

void
render_wait_for_state (MunWindow *window, const char *state)
{
  GtkWidget *page = GTK_WIDGET (mun_window_get_page (window));
  MunStateStack *states = render_find (page, MUN_TYPE_STATE_STACK);

  g_assert_nonnull (states);
  console_test_wait (g_strcmp0 (mun_state_stack_get_visible_name (states), state) == 0);
}

MunWindow *
render_page (FakeConnection *connection, const char *page_id, const char *state)
{
  MunWindow *window = render_window ();

  mun_window_set_connection (window, MUN_CONNECTION (connection));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-page", "s", page_id);
  g_assert_cmpstr (mun_window_get_page_id (window), ==, page_id);
  render_wait_for_state (window, state);
  return window;
}

void
render_close (MunWindow *window)
{
  MunConnection *connection = mun_window_get_connection (window);
  g_autoptr (MunConnection) kept = connection != NULL ? g_object_ref (connection) : NULL;

  gtk_window_destroy (GTK_WINDOW (window));
  if (kept != NULL)
    fake_connection_hold_calls (FAKE_CONNECTION (kept), FALSE);
}

GtkWindow *
render_wait_for_window (GType type)
{
  console_test_wait (console_test_find_window (type) != NULL);
  return console_test_find_window (type);
}

static void
passed_cb (gpointer data)
{
  *(gboolean *)data = TRUE;
}

/* GTK 4.8 asks a surface that is gone where the pointer is when a tooltip was to appear there, which
 * is critical. Its source is older than this one and comes first: while the surface is there. */
static void
let_tooltips_pass (void)
{
  gboolean passed = FALSE;

  g_timeout_add_once (TOOLTIP_MILLISECONDS, passed_cb, &passed);
  console_test_wait (passed);
}

/* What the window shows; NULL before it was drawn. */
static GskRenderNode *
snapshot_of (GtkWidget *window)
{
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GdkPaintable) paintable = NULL;

  gtk_test_widget_wait_for_draw (window);
  paintable = gtk_widget_paintable_new (window);
  gdk_paintable_snapshot (paintable, snapshot, gdk_paintable_get_intrinsic_width (paintable),
                          gdk_paintable_get_intrinsic_height (paintable));
  return gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
}

static GdkTexture *
take_picture (GtkWidget *window)
{
  g_autoptr (GskRenderNode) node = NULL;

  console_test_wait ((node = snapshot_of (window)) != NULL);
  return gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node, NULL);
}

static GBytes *
pixels_of (GdkTexture *texture)
{
  gsize stride = 4 * (gsize)gdk_texture_get_width (texture);
  gsize size = stride * gdk_texture_get_height (texture);
  guchar *data = g_malloc (size);

  gdk_texture_download (texture, data, stride);
  return g_bytes_new_take (data, size);
}

static guint
count_colours (GBytes *pixels)
{
  g_autoptr (GHashTable) colours = g_hash_table_new (NULL, NULL);
  gsize size;
  const guint32 *data = g_bytes_get_data (pixels, &size);

  for (gsize i = 0; i < size / sizeof *data; i++)
    g_hash_table_add (colours, GUINT_TO_POINTER (data[i]));
  return g_hash_table_size (colours);
}

static void
drawn_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GdkTexture) texture
      = webkit_web_view_get_snapshot_finish (WEBKIT_WEB_VIEW (source), result, NULL);

  *(gboolean *)data = TRUE;
}

/* WebKit draws in a process of its own: its answer to this question comes after it has drawn. */
static void
wait_for_html (GtkWidget *window)
{
  GtkWidget *view = render_find (window, WEBKIT_TYPE_WEB_VIEW);
  gboolean drawn = FALSE;

  if (view == NULL || !gtk_widget_get_mapped (view))
    return;
  console_test_wait (!webkit_web_view_is_loading (WEBKIT_WEB_VIEW (view)));
  webkit_web_view_get_snapshot (WEBKIT_WEB_VIEW (view), WEBKIT_SNAPSHOT_REGION_VISIBLE,
                                WEBKIT_SNAPSHOT_OPTIONS_NONE, NULL, drawn_cb, &drawn);
  console_test_wait (drawn);
}

/* Draws until two pictures after each other are the same. */
static GdkTexture *
picture_at_rest (GtkWidget *window)
{
  g_autoptr (GdkTexture) texture = NULL;
  g_autoptr (GBytes) last = NULL;

  wait_for_html (window);
  for (guint i = 0; i < REST_TRIES; i++) {
    g_autoptr (GdkTexture) next = take_picture (window);
    g_autoptr (GBytes) pixels = pixels_of (next);
    gboolean same = last != NULL && g_bytes_equal (last, pixels);

    g_set_object (&texture, next);
    g_clear_pointer (&last, g_bytes_unref);
    last = g_steal_pointer (&pixels);
    if (same)
      break;
    for (guint k = 0; k < 3; k++)
      console_test_iterate ();
  }
  g_assert_cmpuint (count_colours (last), >=, MIN_COLOURS);
  return g_steal_pointer (&texture);
}

static gboolean
is_cut (GtkWidget *label)
{
  return pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (label)));
}

/* The popover of a button is below it, too, but not part of what it says. */
static gboolean
is_in (GtkWidget *label, GType type)
{
  GtkWidget *outer = gtk_widget_get_ancestor (label, type);

  return outer != NULL && gtk_widget_get_native (outer) == gtk_widget_get_native (label);
}

/* A label may be cut in a list or a title; never the words of a button. Where a switcher of views
 * has no room libadwaita cuts its words and keeps the icons. */
static void
check_label (GtkWidget *label, const char *name)
{
  const char *text = gtk_label_get_text (GTK_LABEL (label));
  gboolean button = is_in (label, GTK_TYPE_BUTTON) || is_in (label, GTK_TYPE_MENU_BUTTON)
                    || is_in (label, GTK_TYPE_CHECK_BUTTON);

  if (!is_cut (label))
    return;
  if (button && gtk_widget_get_ancestor (label, ADW_TYPE_VIEW_SWITCHER) == NULL)
    g_test_fail_printf ("%s/%s: the button “%s” is cut short", look->name, name, text);
  g_test_message ("%s/%s: cut short: “%s”", look->name, name, text);
}

static gboolean
scrolls (GtkWidget *widget, GtkOrientation orientation)
{
  GtkScrolledWindow *scrolled = GTK_SCROLLED_WINDOW (widget);
  GtkAdjustment *adjustment = orientation == GTK_ORIENTATION_VERTICAL
                                  ? gtk_scrolled_window_get_vadjustment (scrolled)
                                  : gtk_scrolled_window_get_hadjustment (scrolled);

  return gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_lower (adjustment)
         > gtk_adjustment_get_page_size (adjustment) + 0.5;
}

/* Never two scroll bars in one direction. */
static void
check_scrolling (GtkWidget *widget, const char *name)
{
  for (GtkWidget *outer = gtk_widget_get_parent (widget); outer != NULL;
       outer = gtk_widget_get_parent (outer)) {
    if (!GTK_IS_SCROLLED_WINDOW (outer))
      continue;
    for (GtkOrientation i = GTK_ORIENTATION_HORIZONTAL; i <= GTK_ORIENTATION_VERTICAL; i++)
      if (scrolls (widget, i) && scrolls (outer, i))
        g_test_fail_printf ("%s/%s: two scroll bars in one direction", look->name, name);
  }
}

static void
check_widget (GtkWidget *widget, const char *name)
{
  if (!gtk_widget_get_mapped (widget))
    return;
  if (GTK_IS_LABEL (widget))
    check_label (widget, name);
  if (GTK_IS_SCROLLED_WINDOW (widget))
    check_scrolling (widget, name);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_widget (child, name);
}

/* A window that wants more than the look gives would be cut at the edge of the screen. Large text
 * is made for large screens. */
static void
check_width (GtkWindow *window, const char *name)
{
  int minimum = 0;

  gtk_widget_measure (GTK_WIDGET (window), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL,
                      NULL);
  if (minimum > look->width)
    g_test_fail_printf ("%s/%s: %d pixels wide at least", look->name, name, minimum);
}

static void
save_picture (GtkWidget *window, const char *name)
{
  g_autofree char *path = g_strdup_printf ("%s/%s.png", folder, name);
  g_autoptr (GdkTexture) texture = picture_at_rest (window);

  g_assert_true (gdk_texture_save_to_png (texture, path));
  check_widget (window, name);
}

void
render_shoot_popover (GtkPopover *popover, const char *name)
{
  console_test_wait (gtk_widget_get_mapped (GTK_WIDGET (popover)));
  save_picture (GTK_WIDGET (popover), name);
  gtk_popover_popdown (popover);
  console_test_wait (!gtk_widget_get_mapped (GTK_WIDGET (popover)));
  let_tooltips_pass ();
}

void
render_shoot (GtkWindow *window, const char *name)
{
  int width = 0, height = 0;

  gtk_window_get_default_size (window, &width, &height);
  if (!MUN_IS_WINDOW (window) && (width > look->width || height > look->height))
    gtk_window_set_default_size (window, MIN (width, look->width), MIN (height, look->height));
  gtk_window_present (window);
  console_test_wait (gtk_widget_get_mapped (GTK_WIDGET (window)));
  save_picture (GTK_WIDGET (window), name);
  /* GTK's own window of shortcuts knows no narrow form. */
  if (!GTK_IS_SHORTCUTS_WINDOW (window))
    check_width (window, name);
  /* Inside libadwaita's and GTK's own windows the labels are theirs. */
  if (!ADW_IS_ABOUT_WINDOW (window) && !GTK_IS_SHORTCUTS_WINDOW (window))
    console_test_check_labels (GTK_WIDGET (window));
}
