/* test-directory-plan.c: whom a synchronization takes for whom */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "directory-plan.h"

#include "directory.h"
#include "json.h"

#include <glib/gstdio.h>
#include <string.h>

#define DOMAIN "contoso.com"
#define GUID "11111111-2222-3333-4444-555555555555"

typedef struct {
  char *directory;
  MunMaster *master;
  JsonObject *config;
  GPtrArray *users; /* of the directory */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  static const guint8 key[32] = { 1 };
  g_autoptr (MunSecret) secret = mun_secret_new (key, sizeof key);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  self->directory = g_dir_make_tmp ("muniment-plan-XXXXXX", NULL);
  path = g_build_filename (self->directory, "master.db", NULL);
  self->master = mun_master_open (path, secret, &error);
  g_assert_no_error (error);
  self->config = mun_json_parse_object ("{\"autoDeleteUsers\":true}", -1, NULL);
  self->users = g_ptr_array_new_with_free_func ((GDestroyNotify)mun_directory_user_free);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  static const char *const names[] = { "master.db", "master.db-wal", "master.db-shm" };

  g_object_unref (self->master);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *path = g_build_filename (self->directory, names[i], NULL);

    g_remove (path);
  }
  g_rmdir (self->directory);
  g_free (self->directory);
  json_object_unref (self->config);
  g_ptr_array_unref (self->users);
}

/* A user here, whom an earlier synchronization has made. */
static void
add_here (Fixture *self, const char *name, const char *id, const char *tenant)
{
  const char *const addresses[] = { name, NULL };
  g_autoptr (JsonObject) document = json_object_new ();

  json_object_set_string_member (document, "userName", name);
  json_object_set_string_member (document, "fullName", "Somebody");
  json_object_set_string_member (document, "authentication", "directoryServices");
  json_object_set_string_member (document, "directoryObjectId", id);
  json_object_set_string_member (document, "directoryTenant", tenant);
  mun_json_set_strings (document, "emailAddresses", addresses);
  g_assert_true (mun_master_add_user (self->master, name, document, NULL));
}

static void
add_there (Fixture *self, const char *name, const char *id)
{
  const char *const addresses[] = { name, NULL };
  MunDirectoryUser *user = g_new0 (MunDirectoryUser, 1);

  user->id = g_strdup (id);
  user->upn = g_strdup (name);
  user->display_name = g_strdup ("Somebody");
  user->addresses = g_strdupv ((GStrv)addresses);
  user->user_type = g_strdup ("Member");
  user->enabled = user->licensed = TRUE;
  g_ptr_array_add (self->users, user);
}

static GPtrArray *
plan (Fixture *self, const char *tenant)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *changes
      = mun_directory_plan (self->master, self->config, tenant, self->users, NULL, &error);

  g_assert_no_error (error);
  return changes;
}

static MunDirectoryChange *
find (GPtrArray *changes, const char *name)
{
  MunDirectoryChange *found = NULL;

  for (guint i = 0; i < changes->len; i++) {
    MunDirectoryChange *change = changes->pdata[i];

    if (strcmp (change->user_name, name) == 0) {
      g_assert_null (found);
      found = change;
    }
  }
  return found;
}

/* The same tenant by another name: nothing to see, but the name is kept from now on. */
static void
test_other_text (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) changes = NULL;
  g_autoptr (GPtrArray) again = NULL;
  MunDirectoryChange *change;

  add_here (self, "ann@" DOMAIN, "id-ann", DOMAIN);
  add_there (self, "ann@" DOMAIN, "id-ann");
  changes = plan (self, GUID);
  g_assert_cmpuint (changes->len, ==, 1);
  change = find (changes, "ann@" DOMAIN);
  g_assert_cmpint (change->action, ==, MUN_DIRECTORY_KEEP);
  g_assert_cmpuint (json_array_get_length (change->changes), ==, 0);
  g_assert_true (change->renamed_tenant);
  g_assert_cmpstr (mun_json_get_string (change->after, "directoryTenant", NULL), ==, GUID);
  g_assert_true (mun_master_put_user (self->master, "ann@" DOMAIN, change->after, NULL));
  again = plan (self, GUID);
  g_assert_false (find (again, "ann@" DOMAIN)->renamed_tenant);
}

/* A change of the user is shown as ever, the tenant's is not. */
static void
test_other_text_and_name (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) changes = NULL;
  MunDirectoryChange *change;

  add_here (self, "ann@" DOMAIN, "id-ann", DOMAIN);
  add_there (self, "ann.miller@" DOMAIN, "id-ann");
  changes = plan (self, GUID);
  g_assert_cmpuint (changes->len, ==, 1);
  change = find (changes, "ann@" DOMAIN);
  g_assert_cmpint (change->action, ==, MUN_DIRECTORY_MODIFY);
  g_assert_cmpstr (change->new_name, ==, "ann.miller@" DOMAIN);
  g_assert_cmpuint (json_array_get_length (change->changes), ==, 2); /* name and address */
  g_assert_cmpstr (mun_json_get_string (change->after, "directoryTenant", NULL), ==, GUID);
}

/* Who left the tenant goes, though the name of the tenant has changed since. */
static void
test_left_since (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) changes = NULL;

  add_here (self, "ann@" DOMAIN, "id-ann", DOMAIN);
  add_here (self, "bob@" DOMAIN, "id-bob", DOMAIN);
  add_there (self, "ann@" DOMAIN, "id-ann");
  changes = plan (self, GUID);
  g_assert_cmpuint (changes->len, ==, 2);
  g_assert_cmpint (find (changes, "bob@" DOMAIN)->action, ==, MUN_DIRECTORY_DELETE);
}

/* People of another tenant stay, and keep their names for themselves. */
static void
test_another_tenant (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) changes = NULL;
  MunDirectoryChange *change;

  add_here (self, "ann@" DOMAIN, "id-of-another-ann", "fabrikam.com");
  add_here (self, "bob@" DOMAIN, "id-bob", "fabrikam.com");
  add_there (self, "ann@" DOMAIN, "id-ann");
  add_there (self, "cat@" DOMAIN, "id-cat");
  changes = plan (self, GUID);
  g_assert_cmpuint (changes->len, ==, 2);
  change = find (changes, "ann@" DOMAIN);
  g_assert_cmpint (change->action, ==, MUN_DIRECTORY_SKIP);
  g_assert_nonnull (strstr (change->reason, "another account"));
  g_assert_cmpint (find (changes, "cat@" DOMAIN)->action, ==, MUN_DIRECTORY_CREATE);
}

/* One person with two accounts: the newer one goes on, the older one is left alone. */
static void
test_two_accounts (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) changes = NULL;

  add_here (self, "ann.miller@" DOMAIN, "id-ann", GUID);
  add_here (self, "ann@" DOMAIN, "id-ann", DOMAIN);
  add_here (self, "zoe@" DOMAIN, "id-ann", DOMAIN);
  add_there (self, "ann.miller@" DOMAIN, "id-ann");
  changes = plan (self, GUID);
  g_assert_cmpuint (changes->len, ==, 1);
  g_assert_cmpint (find (changes, "ann.miller@" DOMAIN)->action, ==, MUN_DIRECTORY_KEEP);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/server/directory-plan/other-text", test_other_text);
  ADD ("/server/directory-plan/other-text-and-name", test_other_text_and_name);
  ADD ("/server/directory-plan/left-since", test_left_since);
  ADD ("/server/directory-plan/another-tenant", test_another_tenant);
  ADD ("/server/directory-plan/two-accounts", test_two_accounts);
  return g_test_run ();
}
