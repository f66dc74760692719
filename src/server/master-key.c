/* master-key.c: the key that seals secrets at rest */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "master-key.h"

#include "container-file.h"
#include "errors.h"
#include "text.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <sys/stat.h>

#define KEY_BYTES 32
#define NAME "master-key"
#define NEXT_NAME "master-key.new"

static MunSecret *
parse (const char *path, const char *data, gsize length, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;
  MunSecret *secret;

  if (length == KEY_BYTES)
    return mun_secret_new (data, length);
  text = g_strndup (data, length);
  bytes = mun_text_from_hex (g_strstrip (text));
  mun_secret_wipe (text, strlen (text));
  if (bytes == NULL || g_bytes_get_size (bytes) != KEY_BYTES) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 "Master key %s: 32 bytes or 64 hexadecimal digits are needed", path);
    return NULL;
  }
  secret = mun_secret_new (g_bytes_get_data (bytes, NULL), KEY_BYTES);
  mun_secret_wipe ((gpointer)g_bytes_get_data (bytes, NULL), KEY_BYTES);
  return secret;
}

static MunSecret *
load (const char *path, GError **error)
{
  g_autofree char *data = NULL;
  gsize length;
  MunSecret *secret;

  if (!g_file_get_contents (path, &data, &length, error)) {
    g_prefix_error (error, "Master key: ");
    return NULL;
  }
  secret = parse (path, data, length, error);
  mun_secret_wipe (data, length);
  return secret;
}

static gboolean
create (const char *path, GError **error)
{
  char key[KEY_BYTES];
  gboolean written;

  if (gnutls_rnd (GNUTLS_RND_KEY, key, sizeof key) != 0) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_FAILED,
                         "Master key: the system gave no random bytes");
    return FALSE;
  }
  written = g_file_set_contents_full (path, key, sizeof key,
                                      G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                      0600, error);
  mun_secret_wipe (key, sizeof key);
  return written;
}

/* Where systemd has put the key, or NULL when it has none for us. */
static const char *
get_credentials_dir (void)
{
  const char *dir = g_getenv ("CREDENTIALS_DIRECTORY");
  g_autofree char *path = dir != NULL ? g_build_filename (dir, NAME, NULL) : NULL;

  return path != NULL && g_file_test (path, G_FILE_TEST_EXISTS) ? dir : NULL;
}

/* A file in the data directory; what systemd provides has its own protection. */
static MunSecret *
load_private (const char *path, GError **error)
{
  struct stat status;

  if (stat (path, &status) == 0 && (status.st_mode & 077) != 0) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_DENIED,
                 "Master key %s is accessible to other users; its mode must be 0600", path);
    return NULL;
  }
  return load (path, error);
}

MunSecret *
mun_master_key_load_or_create (const char *data_dir, GError **error)
{
  const char *credentials = get_credentials_dir ();
  g_autofree char *path
      = g_build_filename (credentials != NULL ? credentials : data_dir, NAME, NULL);

  if (credentials != NULL)
    return load (path, error);
  if (!g_file_test (path, G_FILE_TEST_EXISTS) && !create (path, error))
    return NULL;
  return load_private (path, error);
}

/* NULL without an error when there is none. */
static MunSecret *
load_next (const char *data_dir, GError **error)
{
  const char *credentials = get_credentials_dir ();
  g_autofree char *path
      = g_build_filename (credentials != NULL ? credentials : data_dir, NEXT_NAME, NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  return credentials != NULL ? load (path, error) : load_private (path, error);
}

/* One that is there already is taken: a renewal was cut off before the database committed or,
 * perhaps, just when it did. */
static MunSecret *
prepare_next (const char *data_dir, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *path = NULL;
  MunSecret *next = load_next (data_dir, &local_error);

  if (next != NULL)
    return next;
  if (local_error != NULL) {
    g_propagate_error (error, g_steal_pointer (&local_error));
    return NULL;
  }
  if (get_credentials_dir () != NULL) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_UNSUPPORTED,
                         "The master key is the systemd credential " NAME
                         ", which the server cannot write: add a "
                         "new key as the credential " NEXT_NAME
                         ", restart the server and call this again");
    return NULL;
  }
  path = g_build_filename (data_dir, NEXT_NAME, NULL);
  if (!create (path, error) || !mun_container_file_sync_dir (data_dir, error))
    return NULL;
  return load_private (path, error);
}

/* The new key takes the place of the former one, or the remark says what is to be done for it. */
static gboolean
settle (const char *data_dir, char **remark, GError **error)
{
  g_autofree char *path = g_build_filename (data_dir, NAME, NULL);
  g_autofree char *next_path = g_build_filename (data_dir, NEXT_NAME, NULL);

  *remark = NULL;
  if (get_credentials_dir () != NULL) {
    *remark = g_strdup ("The master key in use is the systemd credential " NEXT_NAME
                        ": make it " NAME " when it is convenient; until then keep both");
    return TRUE;
  }
  if (g_rename (next_path, path) != 0)
    return mun_container_file_error (error, errno, "renaming the new master key to", path);
  return mun_container_file_sync_dir (data_dir, error);
}

MunArchive *
mun_master_key_open_archive (const char *data_dir, GError **error)
{
  g_autoptr (MunSecret) key = mun_master_key_load_or_create (data_dir, error);
  g_autoptr (MunSecret) next = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *remark = NULL;
  gboolean uses_next = FALSE;
  MunArchive *archive;

  if (key == NULL)
    return NULL;
  /* When it does not hold, nothing depends on it; when it does, all stores say that they miss it. */
  next = load_next (data_dir, &local_error);
  if (local_error != NULL)
    g_warning ("%s", local_error->message);
  g_clear_error (&local_error);
  archive = mun_archive_open_with_keys (data_dir, key, next, &uses_next, error);
  if (archive != NULL && uses_next && !settle (data_dir, &remark, &local_error))
    g_warning ("%s", local_error->message);
  if (remark != NULL)
    g_message ("%s", remark);
  return archive;
}

/* One that holds already did not get into its place: the next one needs that name. */
static MunSecret *
prepare_fresh (MunArchive *archive, const char *data_dir, GError **error)
{
  MunSecret *next = prepare_next (data_dir, error);
  g_autofree char *remark = NULL;

  if (next == NULL || get_credentials_dir () != NULL || !mun_archive_uses_key (archive, next))
    return next;
  mun_secret_unref (next);
  return settle (data_dir, &remark, error) ? prepare_next (data_dir, error) : NULL;
}

gboolean
mun_master_key_renew (MunArchive *archive, MunVerifyProgress progress, gpointer data,
                      MunKeyRenewal *done, char **report, GError **error)
{
  const char *data_dir = mun_archive_get_data_dir (archive);
  g_autoptr (MunSecret) next = prepare_fresh (archive, data_dir, error);
  g_autoptr (GError) local_error = NULL;
  g_autofree char *found = NULL, *remark = NULL;

  if (next == NULL || !mun_archive_renew_key (archive, next, progress, data, done, &found, error))
    return FALSE;
  /* It holds already. */
  if (!settle (data_dir, &remark, &local_error))
    remark = g_strdup_printf ("%s; the next start of the server tries again", local_error->message);
  *report = remark != NULL ? g_strconcat (found, remark, "\n", NULL) : g_steal_pointer (&found);
  return TRUE;
}
