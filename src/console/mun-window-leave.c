/* mun-window-leave.c: what would lose changes that are not saved asks first */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-window"

#include "mun-window-leave.h"

#include "mun-choice.h"
#include "mun-words.h"

#include <glib/gi18n.h>

typedef struct {
  MunWindow *window;
  GtkStack *pages;
  MunLeaveFunc then;
  char *id;
} Leave;

static void
leave_free (Leave *leave)
{
  g_object_unref (leave->window);
  g_object_unref (leave->pages);
  g_free (leave->id);
  g_free (leave);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Leave, leave_free)

static GPtrArray *
list_changed (GtkStack *pages)
{
  GPtrArray *changed = g_ptr_array_new ();

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (pages)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (MUN_IS_PAGE (child) && mun_page_get_modified (MUN_PAGE (child)))
      g_ptr_array_add (changed, child);
  return changed;
}

gboolean
mun_window_has_changes (GtkStack *pages)
{
  g_autoptr (GPtrArray) changed = list_changed (pages);

  return changed->len > 0;
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Leave) leave = data;
  g_autoptr (GPtrArray) changed = NULL;

  if (!mun_confirm_finish (result))
    return;
  changed = list_changed (leave->pages);
  for (guint i = 0; i < changed->len; i++)
    mun_page_discard (g_ptr_array_index (changed, i));
  leave->then (leave->window, leave->id);
}

void
mun_window_leave (MunWindow *window, GtkStack *pages, MunLeaveFunc then, const char *id)
{
  g_autoptr (GPtrArray) changed = list_changed (pages);
  g_autofree char *body = NULL;
  Leave *leave;

  if (changed->len == 0) {
    then (window, id);
    return;
  }
  leave = g_new0 (Leave, 1);
  leave->window = g_object_ref (window);
  leave->pages = g_object_ref (pages);
  leave->then = then;
  leave->id = g_strdup (id);
  /* Translators: %s is the title of a page. */
  body = g_strdup_printf (_ ("The changes in %s are not saved. They will be lost."),
                          mun_page_get_title (g_ptr_array_index (changed, 0)));
  mun_confirm_async (GTK_WIDGET (window), _ ("Leave without Saving?"), body, _ ("_Discard Changes"),
                     TRUE, NULL, answered_cb, leave);
}

AdwToast *
mun_window_make_reminder (MunPage *page, const char *id)
{
  g_autofree char *text = NULL;
  g_autofree char *safe = NULL;
  AdwToast *toast;

  if (!mun_page_get_modified (page))
    return NULL;
  /* Translators: %s is the title of a page. */
  text = g_strdup_printf (_ ("The changes in %s are not saved yet"), mun_page_get_title (page));
  safe = mun_words_escape (text);
  toast = adw_toast_new (safe);
  adw_toast_set_button_label (toast, _ ("_Go Back"));
  adw_toast_set_action_name (toast, "win.show-page");
  adw_toast_set_action_target (toast, "s", id);
  return toast;
}
