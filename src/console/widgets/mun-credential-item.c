/* mun-credential-item.c: one credential in the Credential Manager */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-credential-item.h"

#include "mun-words.h"

#include <glib/gi18n.h>

/* From here on the level is amber: time to renew. */
#define WARN_SECONDS (60 * 86400)
/* The full level: the validity of a certificate made here. */
#define FULL_DAYS 450.0

struct _MunCredentialItem {
  AdwActionRow parent_instance;
  MunCredentialChoice *choice;
};

G_DEFINE_FINAL_TYPE (MunCredentialItem, mun_credential_item, ADW_TYPE_ACTION_ROW)

static void
mun_credential_item_finalize (GObject *object)
{
  g_clear_object (&MUN_CREDENTIAL_ITEM (object)->choice);
  G_OBJECT_CLASS (mun_credential_item_parent_class)->finalize (object);
}

static void
mun_credential_item_class_init (MunCredentialItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mun_credential_item_finalize;
}

static void
mun_credential_item_init (MunCredentialItem *self)
{
}

static void
append (GMenu *menu, const char *label, const char *action, const char *key)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "s", key);
  g_menu_append_item (menu, item);
}

static GtkWidget *
make_menu_button (MunCredentialItem *self)
{
  g_autoptr (GMenu) menu = g_menu_new (), first = g_menu_new (), last = g_menu_new ();
  g_autofree char *key = mun_credential_item_dup_key (self->choice);
  g_autofree char *label = NULL;
  GtkWidget *button = gtk_menu_button_new ();

  if (mun_credential_choice_get_local (self->choice) != NULL) {
    append (first, _ ("_Edit…"), "manager.edit", key);
    append (first, _ ("_Renew Certificate…"), "manager.renew", key);
  }
  append (first, _ ("E_xport Certificate…"), "manager.export", key);
  append (last, _ ("_Delete…"), "manager.delete", key);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (first));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (last));
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "view-more-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  /* Translators: %s is the name of a credential. */
  label = g_strdup_printf (_ ("Actions for %s"), mun_credential_choice_get_name (self->choice));
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  return button;
}

/* The words say it all; the level is for the eye that runs over many rows. */
static GtkWidget *
make_expiry (MunCredentialItem *self, gint64 now)
{
  gint64 left = mun_credential_choice_get_not_after (self->choice) - now;
  gint64 days = left >= 0 ? left / 86400 : -((-left + 86399) / 86400);
  g_autofree char *words = mun_words_days_left (days);
  g_autofree char *exact
      = mun_words_date_exact (mun_credential_choice_get_not_after (self->choice));
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *label = gtk_label_new (words);
  GtkWidget *level = gtk_level_bar_new ();

  gtk_level_bar_set_value (GTK_LEVEL_BAR (level), CLAMP (days / FULL_DAYS, 0.03, 1));
  gtk_level_bar_remove_offset_value (GTK_LEVEL_BAR (level), GTK_LEVEL_BAR_OFFSET_LOW);
  gtk_level_bar_remove_offset_value (GTK_LEVEL_BAR (level), GTK_LEVEL_BAR_OFFSET_HIGH);
  gtk_level_bar_remove_offset_value (GTK_LEVEL_BAR (level), GTK_LEVEL_BAR_OFFSET_FULL);
  gtk_widget_add_css_class (box, left <= 0              ? "mun-expired"
                                 : left <= WARN_SECONDS ? "mun-expiring"
                                                        : "mun-valid");
  gtk_accessible_update_property (GTK_ACCESSIBLE (level), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "numeric");
  if (left <= 0)
    gtk_widget_add_css_class (label, "error");
  else if (left <= WARN_SECONDS)
    gtk_widget_add_css_class (label, "warning");
  gtk_widget_set_tooltip_text (box, exact);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), level);
  return box;
}

MunCredentialItem *
mun_credential_item_new (MunCredentialChoice *choice, gint64 now)
{
  MunCredentialItem *self = g_object_new (MUN_TYPE_CREDENTIAL_ITEM, "use-markup", FALSE, NULL);
  const char *name = mun_credential_choice_get_name (choice);
  g_autofree char *subtitle = NULL;

  self->choice = g_object_ref (choice);
  /* Translators: a tenant, and the first eight digits of a certificate's thumbprint. */
  subtitle = g_strdup_printf (_ ("%s · %.8s"), mun_credential_choice_get_tenant_id (choice),
                              mun_credential_choice_get_thumbprint (choice));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (self), 2);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  if (mun_credential_choice_get_not_after (choice) != 0)
    adw_action_row_add_suffix (ADW_ACTION_ROW (self), make_expiry (self, now));
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), make_menu_button (self));
  if (mun_credential_choice_get_local (choice) != NULL) {
    g_autofree char *key = mun_credential_item_dup_key (choice);

    gtk_actionable_set_action_target (GTK_ACTIONABLE (self), "s", key);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (self), "manager.edit");
    gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), TRUE);
  }
  return self;
}

MunCredentialChoice *
mun_credential_item_get_choice (MunCredentialItem *self)
{
  g_return_val_if_fail (MUN_IS_CREDENTIAL_ITEM (self), NULL);
  return self->choice;
}

char *
mun_credential_item_dup_key (MunCredentialChoice *choice)
{
  MunAppCredential *local = mun_credential_choice_get_local (choice);

  if (local != NULL)
    return g_strconcat ("local:", mun_app_credential_get_id (local), NULL);
  return g_strdup_printf ("server:%" G_GINT64_FORMAT, mun_credential_choice_get_server_id (choice));
}
