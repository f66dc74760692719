/* mun-certificate-dialog.c: shows a server's certificate to the person who decides about it */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-dialog"

#include "mun-certificate-dialog.h"

#include "mun-words.h"

#include <glib/gi18n.h>

#define GROUP 4
#define GROUPS_A_LINE                                                                              \
  4 /* and so four lines: as wide as ui/dialogs/mun-certificate-dialog.ui says */

struct _MunCertificateDialog {
  AdwMessageDialog parent_instance;

  GtkLabel *server;
  GtkLabel *issuer;
  GtkLabel *validity;
  GtkLabel *fingerprint;
  GtkLabel *pinned_caption;
  GtkLabel *pinned;
  GtkLabel *fingerprint_caption;
};

G_DEFINE_FINAL_TYPE (MunCertificateDialog, mun_certificate_dialog, ADW_TYPE_MESSAGE_DIALOG)

static void
mun_certificate_dialog_class_init (MunCertificateDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/muniment/Console/dialogs/mun-certificate-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, MunCertificateDialog, server);
  gtk_widget_class_bind_template_child (widget_class, MunCertificateDialog, issuer);
  gtk_widget_class_bind_template_child (widget_class, MunCertificateDialog, validity);
  gtk_widget_class_bind_template_child (widget_class, MunCertificateDialog, fingerprint);
  gtk_widget_class_bind_template_child (widget_class, MunCertificateDialog, pinned_caption);
  gtk_widget_class_bind_template_child (widget_class, MunCertificateDialog, pinned);
  gtk_widget_class_bind_template_child (widget_class, MunCertificateDialog, fingerprint_caption);
}

static void
mun_certificate_dialog_init (MunCertificateDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

char *
mun_certificate_dialog_format_fingerprint (const char *sha256_hex)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; sha256_hex && sha256_hex[i]; i++) {
    if (i > 0 && i % (GROUP * GROUPS_A_LINE) == 0)
      g_string_append_c (text, '\n');
    else if (i > 0 && i % GROUP == 0)
      g_string_append_c (text, ' ');
    g_string_append_c (text, g_ascii_toupper (sha256_hex[i]));
  }
  return g_string_free (text, FALSE);
}

static void
set_words (MunCertificateDialog *self, const char *server, gboolean changed)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (self);
  g_autofree char *body = NULL;

  if (changed) {
    adw_message_dialog_set_heading (dialog, _ ("The Server’s Certificate Has Changed"));
    /* Translators: %s is a server’s name */
    body = g_strdup_printf (_ ("“%s” shows another certificate than the one that was trusted. It "
                               "may have been renewed, or somebody "
                               "stands in between. Nothing was sent. Ask the server’s "
                               "administrator; if it was renewed, forget the old "
                               "fingerprint in the server’s entry and connect again."),
                            server);
    adw_message_dialog_add_responses (dialog, "cancel", _ ("_Close"), "edit", _ ("_Edit Server…"),
                                      NULL);
    gtk_label_set_label (self->fingerprint_caption, _ ("Shown now"));
  } else {
    adw_message_dialog_set_heading (dialog, _ ("Trust This Server?"));
    body = g_strdup_printf (_ ("No authority that this computer knows vouches for “%s”. Compare "
                               "the fingerprint with the one that the "
                               "server’s administrator tells you."),
                            server);
    adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "trust", _ ("_Trust"), NULL);
    adw_message_dialog_set_response_appearance (dialog, "trust", ADW_RESPONSE_SUGGESTED);
  }
  adw_message_dialog_set_body (dialog, body);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
}

MunCertificateDialog *
mun_certificate_dialog_new (GtkWindow *parent, const char *server,
                            MunServerCertificate *certificate, const char *pinned)
{
  MunCertificateDialog *self
      = g_object_new (MUN_TYPE_CERTIFICATE_DIALOG, "transient-for", parent, "modal", TRUE, NULL);
  g_autofree char *from = mun_words_date (mun_server_certificate_get_not_before (certificate));
  g_autofree char *until = mun_words_date (mun_server_certificate_get_not_after (certificate));
  g_autofree char *validity = g_strdup_printf ("%s – %s", from, until);
  g_autofree char *shown = mun_certificate_dialog_format_fingerprint (
      mun_server_certificate_get_fingerprint (certificate));
  g_autofree char *trusted = mun_certificate_dialog_format_fingerprint (pinned);
  const char *issuer = mun_server_certificate_get_issuer (certificate);

  set_words (self, server, pinned != NULL);
  gtk_label_set_label (self->server, mun_server_certificate_get_subject (certificate));
  if (g_strcmp0 (issuer, mun_server_certificate_get_subject (certificate)) == 0)
    issuer = _ ("Itself");
  gtk_label_set_label (self->issuer, issuer);
  gtk_label_set_label (self->validity, validity);
  gtk_label_set_label (self->fingerprint, shown);
  gtk_label_set_label (self->pinned, trusted);
  gtk_widget_set_visible (GTK_WIDGET (self->pinned), pinned != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->pinned_caption), pinned != NULL);
  return self;
}
