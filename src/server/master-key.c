/* master-key.c: the key that seals secrets at rest */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "master-key.h"

#include "errors.h"
#include "text.h"

#include <gio/gio.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <sys/stat.h>

#define KEY_BYTES 32

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

MunSecret *
mun_master_key_load_or_create (const char *data_dir, GError **error)
{
  const char *credentials = g_getenv ("CREDENTIALS_DIRECTORY");
  g_autofree char *path = NULL;
  struct stat status;

  if (credentials != NULL) {
    path = g_build_filename (credentials, "master-key", NULL);
    if (g_file_test (path, G_FILE_TEST_EXISTS))
      return load (path, error);
    g_free (path);
  }
  path = g_build_filename (data_dir, "master-key", NULL);
  if (stat (path, &status) != 0) {
    if (!create (path, error))
      return NULL;
  } else if ((status.st_mode & 077) != 0) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_DENIED,
                 "Master key %s is accessible to other users; its mode must be 0600", path);
    return NULL;
  }
  return load (path, error);
}
