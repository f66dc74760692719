/* mun-certificate-group.c: the certificate of a credential: its figures, and making, importing,
 * exporting it */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-certificate-group.h"

#include "errors.h"
#include "mun-certificate-prompts.h"
#include "mun-copy-row.h"
#include "mun-file-prompt.h"
#include "mun-hint-row.h"
#include "mun-words.h"
#include "text.h"

#include <glib/gi18n.h>
#include <string.h>

/* Larger files are no certificates. */
#define MAX_FILE_SIZE (1024 * 1024)
#define WARN_DAYS 60

/* Four groups of eight digits, and the spaces between them. */
#define SHA256_LINE 35

struct _MunCertificateGroup {
  AdwPreferencesGroup parent_instance;
  AdwActionRow *certificate_row;
  MunHintRow *certificate_hint;
  GtkSpinner *spinner;
  GtkMenuButton *menu_button;
  MunCopyRow *thumbprint_row;
  MunCopyRow *sha256_row;
  MunCopyRow *serial_row;
  MunCopyRow *start_row;
  MunCopyRow *expiry_row;
  MunCopyRow *days_row;
  MunCertificate *certificate;
  char *common_name;
  GCancellable *cancellable;
  GFile *file;         /* being imported */
  MunSecret *password; /* for the key pair to export */
  gboolean busy;
};

G_DEFINE_FINAL_TYPE (MunCertificateGroup, mun_certificate_group, ADW_TYPE_PREFERENCES_GROUP)

enum { PROP_0, PROP_CERTIFICATE, PROP_BUSY, PROP_COMMON_NAME, N_PROPS };
static GParamSpec *properties[N_PROPS];

static void
update_actions (MunCertificateGroup *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean has_key = self->certificate != NULL && mun_certificate_has_key (self->certificate);

  gtk_widget_action_set_enabled (widget, "certificate.create", !self->busy);
  gtk_widget_action_set_enabled (widget, "certificate.import", !self->busy);
  gtk_widget_action_set_enabled (widget, "certificate.download",
                                 !self->busy && self->certificate != NULL);
  gtk_widget_action_set_enabled (widget, "certificate.export-key", !self->busy && has_key);
}

static void
update_validity (MunCertificateGroup *self)
{
  int days = mun_certificate_get_days_left (self->certificate, g_get_real_time () / G_USEC_PER_SEC);
  g_autofree char *words = mun_words_days_left (days);
  g_autofree char *number = g_strdup_printf ("%d", days);
  g_autofree char *start = mun_words_date_time (mun_certificate_get_not_before (self->certificate));
  g_autofree char *expiry = mun_words_date_time (mun_certificate_get_not_after (self->certificate));

  mun_copy_row_set (self->start_row, start, start);
  mun_copy_row_set (self->expiry_row, expiry, expiry);
  mun_copy_row_set (self->days_row, words, number);
  if (!mun_certificate_has_key (self->certificate))
    mun_hint_row_set (self->certificate_hint, MUN_HINT_ERROR,
                      _ ("This certificate has no key, so nobody can sign in with it. Import the "
                         "key pair (.pfx, or "
                         "a .pem file with the key)."));
  else if (days < 0)
    mun_hint_row_set (
        self->certificate_hint, MUN_HINT_ERROR,
        _ ("This certificate has expired. Create a new one, upload it to the app registration and "
           "test again."));
  else if (days < WARN_DAYS)
    mun_hint_row_set (
        self->certificate_hint, MUN_HINT_WARNING,
        _ ("This certificate expires soon. Create a new one and upload it to the app registration "
           "before that."));
}

static void
update (MunCertificateGroup *self)
{
  g_autofree char *thumbprint = NULL, *sha256 = NULL, *serial = NULL, *subtitle = NULL;

  mun_hint_row_set (self->certificate_hint, MUN_HINT_NOTE, NULL);
  update_actions (self);
  if (self->certificate == NULL) {
    MunCopyRow *rows[] = { self->thumbprint_row, self->sha256_row, self->serial_row,
                           self->start_row,      self->expiry_row, self->days_row };

    for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
      mun_copy_row_set (rows[i], NULL, NULL);
    adw_action_row_set_subtitle (self->certificate_row, _ ("None yet. Create one or import one."));
    return;
  }
  thumbprint = mun_text_group (mun_certificate_get_thumbprint (self->certificate), 8);
  serial = mun_text_group (mun_certificate_get_serial (self->certificate), 8);
  sha256 = mun_text_group (mun_certificate_get_sha256 (self->certificate), 8);
  /* In two lines: all eight groups in one would press the title together. */
  if (strlen (sha256) > SHA256_LINE && sha256[SHA256_LINE] == ' ')
    sha256[SHA256_LINE] = '\n';
  /* Translators: the name in a certificate and the size of its key in bits. */
  subtitle = g_strdup_printf (_ ("CN=%s, RSA %u"), mun_certificate_get_subject (self->certificate),
                              mun_certificate_get_bits (self->certificate));
  adw_action_row_set_subtitle (self->certificate_row, subtitle);
  mun_copy_row_set (self->thumbprint_row, thumbprint,
                    mun_certificate_get_thumbprint (self->certificate));
  mun_copy_row_set (self->sha256_row, sha256, mun_certificate_get_sha256 (self->certificate));
  mun_copy_row_set (self->serial_row, serial, mun_certificate_get_serial (self->certificate));
  update_validity (self);
}

static void
set_busy (MunCertificateGroup *self, const char *what)
{
  self->busy = what != NULL;
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), self->busy);
  gtk_spinner_set_spinning (self->spinner, self->busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->menu_button), !self->busy);
  update (self);
  if (what != NULL)
    adw_action_row_set_subtitle (self->certificate_row, what);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

static void
tell_error (MunCertificateGroup *self, const GError *error)
{
  g_autofree char *sentence = mun_words_for_error (error);

  g_info ("certificate: %s", error->message);
  mun_hint_row_set (self->certificate_hint, MUN_HINT_ERROR, sentence);
}

static void
created_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunCertificate) certificate = mun_certificate_create_finish (result, &error);
  MunCertificateGroup *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  set_busy (self, NULL);
  if (certificate == NULL) {
    tell_error (self, error);
    return;
  }
  mun_certificate_group_set_certificate (self, certificate);
  mun_hint_row_set (
      self->certificate_hint, MUN_HINT_NOTE,
      _ ("Next: download this certificate, upload it to the app registration under Certificates & "
         "secrets, then test the sign-in."));
}

void
mun_certificate_group_create (MunCertificateGroup *self, guint bits, guint months)
{
  const char *name;

  g_return_if_fail (MUN_IS_CERTIFICATE_GROUP (self));
  if (self->busy)
    return;
  name = self->common_name != NULL && *self->common_name != '\0' ? self->common_name : "Muniment";
  set_busy (self, _ ("A key is being made…"));
  mun_certificate_create_async (name, bits, months, self->cancellable, created_cb, self);
}

static void
create_answered_cb (GtkWidget *owner, guint bits, guint months, gpointer data)
{
  mun_certificate_group_create (MUN_CERTIFICATE_GROUP (owner), bits, months);
}

static void
create_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunCertificateGroup *self = MUN_CERTIFICATE_GROUP (widget);

  mun_prompt_create_certificate (widget, self->certificate != NULL, create_answered_cb, NULL);
}

/* The file, one byte more than the limit at most: then the import says that it is too large. */
static GBytes *
read_file (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, error);
  guint8 *data;
  gsize length = 0;
  gboolean done;

  if (stream == NULL)
    return NULL;
  data = g_malloc (MAX_FILE_SIZE + 1);
  done = g_input_stream_read_all (G_INPUT_STREAM (stream), data, MAX_FILE_SIZE + 1, &length,
                                  cancellable, error);
  if (done)
    return g_bytes_new_take (data, length);
  mun_secret_wipe (data, length);
  g_free (data);
  return NULL;
}

/* Reading and decrypting a key pair takes noticeable time: PBKDF2 is slow on purpose. */
static void
import_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GFile *file = g_object_get_data (G_OBJECT (task), "file");
  MunSecret *password = data;
  GError *error = NULL;
  g_autoptr (GBytes) bytes = read_file (file, cancellable, &error);
  MunCertificate *certificate
      = bytes != NULL ? mun_certificate_import (bytes, password, &error) : NULL;

  /* It may be a key that is not encrypted. */
  if (bytes != NULL)
    mun_secret_wipe ((gpointer)g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  if (certificate != NULL)
    g_task_return_pointer (task, certificate, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
password_answered_cb (GtkWidget *owner, MunSecret *password, gpointer data)
{
  MunCertificateGroup *self = MUN_CERTIFICATE_GROUP (owner);
  g_autoptr (GFile) file = self->file != NULL ? g_object_ref (self->file) : NULL;

  if (file != NULL)
    mun_certificate_group_import (self, file, password);
}

static void
imported_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunCertificate) certificate = g_task_propagate_pointer (G_TASK (result), &error);
  MunCertificateGroup *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  set_busy (self, NULL);
  if (certificate != NULL) {
    mun_certificate_group_set_certificate (self, certificate);
  } else if (g_error_matches (error, MUN_ERROR, MUN_ERROR_PASSWORD_NEEDED)
             || g_error_matches (error, MUN_ERROR, MUN_ERROR_AUTHENTICATION)) {
    g_autofree char *name = g_file_get_basename (self->file);
    g_autofree char *shown = g_filename_display_name (name);
    gboolean wrong = g_error_matches (error, MUN_ERROR, MUN_ERROR_AUTHENTICATION);

    mun_prompt_import_password (GTK_WIDGET (self), shown, wrong, password_answered_cb, NULL);
  } else {
    tell_error (self, error);
  }
}

void
mun_certificate_group_import (MunCertificateGroup *self, GFile *file, MunSecret *password)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (MUN_IS_CERTIFICATE_GROUP (self));
  if (self->busy)
    return;
  set_busy (self, _ ("The file is being read…"));
  g_set_object (&self->file, file);
  task = g_task_new (NULL, self->cancellable, imported_cb, self);
  g_task_set_source_tag (task, mun_certificate_group_import);
  g_object_set_data_full (G_OBJECT (task), "file", g_object_ref (file), g_object_unref);
  if (password != NULL)
    g_task_set_task_data (task, mun_secret_ref (password), (GDestroyNotify)mun_secret_unref);
  g_task_run_in_thread (task, import_thread);
}

static void
import_chosen_cb (GtkWidget *owner, GFile *file, gpointer data)
{
  mun_certificate_group_import (MUN_CERTIFICATE_GROUP (owner), file, NULL);
}

static void
import_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  const char *const filters[] = { _ ("Certificates and Key Pairs"),
                                  "*.pfx;*.p12;*.pem;*.cer;*.crt;*.PFX;*.P12;*.PEM;*.CER;*.CRT",
                                  _ ("All Files"), "*", NULL };

  mun_file_prompt (widget, GTK_FILE_CHOOSER_ACTION_OPEN, _ ("Import Certificate"), NULL, filters,
                   import_chosen_cb, NULL);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = g_object_ref (G_FILE (source));
  gboolean saved = mun_file_save_finish (result, &error);
  g_autofree char *path = NULL, *text = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (!saved) {
    tell_error (data, error);
    return;
  }
  path = g_file_get_parse_name (file);
  /* Translators: %s is a file with its folder. */
  text = g_strdup_printf (_ ("Saved as %s"), path);
  mun_hint_row_set (MUN_CERTIFICATE_GROUP (data)->certificate_hint, MUN_HINT_GOOD, text);
}

static gboolean
has_suffix (GFile *file, const char *suffix)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *folded = g_ascii_strdown (name, -1);

  return g_str_has_suffix (folded, suffix);
}

void
mun_certificate_group_download (MunCertificateGroup *self, GFile *file)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_if_fail (MUN_IS_CERTIFICATE_GROUP (self));
  g_return_if_fail (self->certificate != NULL);
  if (has_suffix (file, ".pem")) {
    char *pem = mun_certificate_export_pem (self->certificate);

    bytes = g_bytes_new_take (pem, strlen (pem));
  } else {
    bytes = mun_certificate_export_der (self->certificate);
  }
  mun_file_save_async (file, bytes, FALSE, self->cancellable, saved_cb, self);
}

static void
download_chosen_cb (GtkWidget *owner, GFile *file, gpointer data)
{
  mun_certificate_group_download (MUN_CERTIFICATE_GROUP (owner), file);
}

static char *
suggested_name (MunCertificateGroup *self, const char *suffix)
{
  return g_strconcat (mun_certificate_get_subject (self->certificate), suffix, NULL);
}

static void
download_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  MunCertificateGroup *self = MUN_CERTIFICATE_GROUP (widget);
  const char *const filters[] = { _ ("Certificate (.cer)"), "*.cer;*.crt",
                                  _ ("Certificate in Text Form (.pem)"), "*.pem", NULL };
  g_autofree char *file_name = suggested_name (self, ".cer");

  mun_file_prompt (widget, GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Download Certificate"), file_name,
                   filters, download_chosen_cb, NULL);
}

static void
pkcs12_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  MunCertificate *certificate = g_object_get_data (G_OBJECT (task), "certificate");
  const char *friendly = g_object_get_data (G_OBJECT (task), "name");
  GError *error = NULL;
  GBytes *bytes = mun_certificate_export_pkcs12 (certificate, data, friendly, &error);

  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify)g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
pkcs12_made_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_task_propagate_pointer (G_TASK (result), &error);
  GFile *file = g_object_get_data (G_OBJECT (result), "file");
  MunCertificateGroup *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  set_busy (self, NULL);
  if (bytes == NULL)
    tell_error (self, error);
  else
    mun_file_save_async (file, bytes, TRUE, self->cancellable, saved_cb, self);
}

void
mun_certificate_group_export_key (MunCertificateGroup *self, GFile *file, MunSecret *password)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (MUN_IS_CERTIFICATE_GROUP (self));
  g_return_if_fail (self->certificate != NULL);
  if (self->busy)
    return;
  set_busy (self, _ ("The key pair is being encrypted…"));
  task = g_task_new (NULL, self->cancellable, pkcs12_made_cb, self);
  g_task_set_source_tag (task, mun_certificate_group_export_key);
  g_object_set_data_full (G_OBJECT (task), "file", g_object_ref (file), g_object_unref);
  g_object_set_data_full (G_OBJECT (task), "certificate", g_object_ref (self->certificate),
                          g_object_unref);
  g_object_set_data_full (G_OBJECT (task), "name", g_strdup (self->common_name), g_free);
  g_task_set_task_data (task, mun_secret_ref (password), (GDestroyNotify)mun_secret_unref);
  g_task_run_in_thread (task, pkcs12_thread);
}

static void
export_chosen_cb (GtkWidget *owner, GFile *file, gpointer data)
{
  MunCertificateGroup *self = MUN_CERTIFICATE_GROUP (owner);
  g_autoptr (MunSecret) password = g_steal_pointer (&self->password);

  if (password != NULL)
    mun_certificate_group_export_key (self, file, password);
}

static void
export_password_cb (GtkWidget *owner, MunSecret *password, gpointer data)
{
  MunCertificateGroup *self = MUN_CERTIFICATE_GROUP (owner);
  const char *const filters[] = { _ ("Key Pair (.pfx)"), "*.pfx;*.p12", NULL };
  g_autofree char *file_name = suggested_name (self, ".pfx");

  g_clear_pointer (&self->password, mun_secret_unref);
  self->password = mun_secret_ref (password);
  mun_file_prompt (owner, GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Export Key Pair"), file_name, filters,
                   export_chosen_cb, NULL);
}

static void
export_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  mun_prompt_export_password (widget, export_password_cb, NULL);
}

static void
mun_certificate_group_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MunCertificateGroup *self = MUN_CERTIFICATE_GROUP (object);

  if (id == PROP_CERTIFICATE)
    g_value_set_object (value, self->certificate);
  else if (id == PROP_BUSY)
    g_value_set_boolean (value, self->busy);
  else if (id == PROP_COMMON_NAME)
    g_value_set_string (value, self->common_name);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
mun_certificate_group_set_property (GObject *object, guint id, const GValue *value,
                                    GParamSpec *pspec)
{
  MunCertificateGroup *self = MUN_CERTIFICATE_GROUP (object);

  if (id == PROP_CERTIFICATE)
    mun_certificate_group_set_certificate (self, g_value_get_object (value));
  else if (id == PROP_COMMON_NAME)
    mun_certificate_group_set_common_name (self, g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
mun_certificate_group_dispose (GObject *object)
{
  MunCertificateGroup *self = MUN_CERTIFICATE_GROUP (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->file);
  g_clear_pointer (&self->password, mun_secret_unref);
  G_OBJECT_CLASS (mun_certificate_group_parent_class)->dispose (object);
}

static void
mun_certificate_group_finalize (GObject *object)
{
  MunCertificateGroup *self = MUN_CERTIFICATE_GROUP (object);

  g_clear_object (&self->certificate);
  g_clear_object (&self->cancellable);
  g_free (self->common_name);
  G_OBJECT_CLASS (mun_certificate_group_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, MunCertificateGroup, certificate_row);
  gtk_widget_class_bind_template_child (widget_class, MunCertificateGroup, certificate_hint);
  gtk_widget_class_bind_template_child (widget_class, MunCertificateGroup, spinner);
  gtk_widget_class_bind_template_child (widget_class, MunCertificateGroup, menu_button);
  gtk_widget_class_bind_template_child (widget_class, MunCertificateGroup, thumbprint_row);
  gtk_widget_class_bind_template_child (widget_class, MunCertificateGroup, sha256_row);
  gtk_widget_class_bind_template_child (widget_class, MunCertificateGroup, serial_row);
  gtk_widget_class_bind_template_child (widget_class, MunCertificateGroup, start_row);
  gtk_widget_class_bind_template_child (widget_class, MunCertificateGroup, expiry_row);
  gtk_widget_class_bind_template_child (widget_class, MunCertificateGroup, days_row);
}

static void
mun_certificate_group_class_init (MunCertificateGroupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = mun_certificate_group_get_property;
  object_class->set_property = mun_certificate_group_set_property;
  object_class->dispose = mun_certificate_group_dispose;
  object_class->finalize = mun_certificate_group_finalize;
  properties[PROP_CERTIFICATE]
      = g_param_spec_object ("certificate", NULL, NULL, MUN_TYPE_CERTIFICATE, flags);
  properties[PROP_BUSY]
      = g_param_spec_boolean ("busy", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_COMMON_NAME] = g_param_spec_string ("common-name", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (MUN_TYPE_COPY_ROW);
  g_type_ensure (MUN_TYPE_HINT_ROW);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/muniment/Console/widgets/mun-certificate-group.ui");
  bind_children (widget_class);
  gtk_widget_class_install_action (widget_class, "certificate.create", NULL, create_action);
  gtk_widget_class_install_action (widget_class, "certificate.import", NULL, import_action);
  gtk_widget_class_install_action (widget_class, "certificate.download", NULL, download_action);
  gtk_widget_class_install_action (widget_class, "certificate.export-key", NULL, export_action);
}

static void
mun_certificate_group_init (MunCertificateGroup *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_add_css_class (GTK_WIDGET (self->thumbprint_row), "mun-monospace-value");
  gtk_widget_add_css_class (GTK_WIDGET (self->sha256_row), "mun-monospace-value");
  update (self);
}

MunCertificate *
mun_certificate_group_get_certificate (MunCertificateGroup *self)
{
  g_return_val_if_fail (MUN_IS_CERTIFICATE_GROUP (self), NULL);
  return self->certificate;
}

void
mun_certificate_group_set_certificate (MunCertificateGroup *self, MunCertificate *certificate)
{
  g_return_if_fail (MUN_IS_CERTIFICATE_GROUP (self));
  if (!g_set_object (&self->certificate, certificate))
    return;
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CERTIFICATE]);
}

void
mun_certificate_group_set_common_name (MunCertificateGroup *self, const char *common_name)
{
  g_return_if_fail (MUN_IS_CERTIFICATE_GROUP (self));
  if (mun_set_str (&self->common_name, common_name))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COMMON_NAME]);
}

gboolean
mun_certificate_group_get_busy (MunCertificateGroup *self)
{
  g_return_val_if_fail (MUN_IS_CERTIFICATE_GROUP (self), FALSE);
  return self->busy;
}
