/* first-start.c: what an installation has from its first start on */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "first-start.h"

#include "accounts.h"
#include "errors.h"
#include "json.h"
#include "secret.h"
#include "text.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define PASSWORD_BYTES 12

static JsonObject *
make_admin (void)
{
  static const char *const privileges[] = { "admin", NULL };
  JsonObject *user = json_object_new ();

  json_object_set_string_member (user, "userName", MUN_ADMIN_NAME);
  mun_json_set_text (user, "fullName", NULL);
  mun_json_set_text (user, "distinguishedName", NULL);
  json_object_set_string_member (user, "authentication", "integrated");
  mun_json_set_strings (user, "emailAddresses", NULL);
  mun_json_set_strings (user, "pop3UserNames", NULL);
  mun_json_set_strings (user, "privileges", privileges);
  json_object_set_array_member (user, "privilegesOnFolders", json_array_new ());
  return user;
}

static gboolean
write_password (const char *data_dir, const char *password, GError **error)
{
  g_autofree char *path = g_build_filename (data_dir, MUN_INITIAL_PASSWORD_FILE, NULL);
  g_autofree char *text = g_strconcat (password, "\n", NULL);
  gboolean written
      = g_file_set_contents_full (path, text, -1,
                                  G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                  0600, error);

  mun_secret_wipe (text, strlen (text));
  if (written)
    g_message ("The first password of the user \"" MUN_ADMIN_NAME "\" is in %s", path);
  return written;
}

/* TRUE until the administrator has a password: a crash in between leaves the user without one. */
static gboolean
is_first_start (MunMaster *master, GStrv users)
{
  g_autofree char *hash = NULL;

  if (users[0] == NULL)
    return TRUE;
  if (users[1] != NULL || strcmp (users[0], MUN_ADMIN_NAME) != 0)
    return FALSE;
  hash = mun_master_get_password (master, MUN_ADMIN_NAME, NULL);
  return hash == NULL;
}

gboolean
mun_first_start_prepare (MunMaster *master, const char *data_dir, const char *initial_password,
                         GError **error)
{
  g_auto (GStrv) users = mun_master_list_users (master, error);
  g_autoptr (JsonObject) admin = NULL;
  g_autofree char *made_up = NULL;
  g_autofree char *hash = NULL;

  if (users == NULL)
    return FALSE;
  /* an installation that has users chose its administrators; "admin" may have been renamed */
  if (!is_first_start (master, users))
    return TRUE;
  if (initial_password == NULL) {
    made_up = mun_text_random_hex (PASSWORD_BYTES);
    if (!write_password (data_dir, made_up, error))
      return FALSE;
  }
  hash = mun_accounts_hash (initial_password != NULL ? initial_password : made_up, error);
  if (made_up != NULL)
    mun_secret_wipe (made_up, strlen (made_up));
  admin = make_admin ();
  return hash != NULL
         && (users[0] != NULL || mun_master_add_user (master, MUN_ADMIN_NAME, admin, error))
         && mun_master_set_password (master, MUN_ADMIN_NAME, hash, error);
}

gboolean
mun_first_start_set_password (MunMaster *master, const char *password, GError **error)
{
  g_autofree char *old = mun_master_get_password (master, MUN_ADMIN_NAME, NULL);
  g_autofree char *hash = NULL;

  if (old == NULL)
    return TRUE;
  hash = mun_accounts_hash (password, error);
  return hash != NULL && mun_master_set_password (master, MUN_ADMIN_NAME, hash, error);
}

void
mun_first_start_forget_password (const char *data_dir)
{
  g_autofree char *path = g_build_filename (data_dir, MUN_INITIAL_PASSWORD_FILE, NULL);

  if (g_unlink (path) != 0 && errno != ENOENT)
    g_warning ("%s: %s", path, g_strerror (errno));
}
