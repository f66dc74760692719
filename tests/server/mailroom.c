/* mailroom.c: the mail of the tenant and of the archive, side by side */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "mailroom.h"

#include "json.h"

#include <string.h>

#define PAGE 500

void
mailroom_open (Office *office)
{
  g_autoptr (JsonNode) result = office_call (office, "SetComplianceConfiguration", "config",
                                             "{\"adminArchiveAccess\":true}", NULL);

  g_assert_null (result);
}

static GHashTable *
new_set (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

GHashTable *
mailroom_list_tenant (Office *office, const char *mailbox)
{
  GHashTable *set = new_set ();
  g_autofree char *path = g_strconcat ("messages?mailbox=", mailbox, NULL);
  g_autoptr (JsonObject) reply = test_tenant_control (office->tenant, "GET", path, NULL);
  JsonArray *messages = mun_json_get_array (reply, "messages");

  for (guint i = 0; i < json_array_get_length (messages); i++)
    g_hash_table_add (set,
                      g_strdup (mun_json_get_string (json_array_get_object_element (messages, i),
                                                     "sha256", "")));
  return set;
}

static char *
start_search (Office *office, const char *bearer, const char *archive)
{
  g_autoptr (JsonObject) body = json_object_new ();
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) reply = NULL;

  json_object_set_string_member (body, "folder", archive);
  json_object_set_boolean_member (body, "folderRecurse", TRUE);
  text = mun_json_object_to_string (body);
  reply = test_server_post (office->server, bearer, "/api/searches?sortCriteria=d-desc", text, 200);
  return g_strdup (mun_json_get_string (json_node_get_object (reply), "searchId", ""));
}

static void
add_message (Office *office, const char *bearer, JsonObject *item, GHashTable *set)
{
  g_autofree char *path
      = g_strdup_printf ("/api/messages/%s/%s/download/", mun_json_get_string (item, "gid", ""),
                         mun_json_get_string (item, "mid", ""));
  g_autoptr (GBytes) raw = NULL;

  g_assert_cmpuint (test_server_request (office->server, office->server->web_port, "GET", path,
                                         bearer, NULL, &raw),
                    ==, 200);
  g_assert_true (g_hash_table_add (set, g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, raw)));
}

GHashTable *
mailroom_list_archive (Office *office, const char *archive)
{
  GHashTable *set = new_set ();
  g_autofree char *bearer = test_server_sign_in (office->server, TEST_ADMIN, TEST_PASSWORD);
  g_autofree char *id = start_search (office, bearer, archive);
  guint length = PAGE;

  for (guint start = 0; length == PAGE; start += PAGE) {
    g_autofree char *path
        = g_strdup_printf ("/api/searches/%s/results?messageIndexStart=%u&messageCount=%d", id,
                           start, PAGE);
    g_autoptr (JsonNode) page = test_server_get (office->server, bearer, path, 200);
    JsonArray *items = mun_json_get_array (json_node_get_object (page), "searchResultItems");

    length = json_array_get_length (items);
    for (guint i = 0; i < length; i++)
      add_message (office, bearer, json_array_get_object_element (items, i), set);
  }
  return set;
}

void
mailroom_compare (Office *office, const char *mailbox)
{
  g_autoptr (GHashTable) expected = mailroom_list_tenant (office, mailbox);
  g_autoptr (GHashTable) found = NULL;
  GHashTableIter iter;
  gpointer sha256;

  /* an empty mailbox leaves no archive */
  if (g_hash_table_size (expected) == 0)
    return;
  g_test_message ("%s", mailbox);
  found = mailroom_list_archive (office, mailbox);
  g_assert_cmpuint (g_hash_table_size (found), ==, g_hash_table_size (expected));
  g_hash_table_iter_init (&iter, expected);
  while (g_hash_table_iter_next (&iter, &sha256, NULL))
    g_assert_true (g_hash_table_contains (found, sha256));
}

void
mailroom_write (Office *office, const char *mailbox, const char *folder, guint n)
{
  g_autofree char *body
      = g_strdup_printf ("{\"mailbox\":\"%s\",\"folder\":\"%s\",\"count\":%u}", mailbox, folder, n);

  test_tenant_order (office->tenant, "write", body);
}

gint64
mailroom_count_tenant (Office *office, const char *mailbox)
{
  g_autoptr (GHashTable) set = mailroom_list_tenant (office, mailbox);

  return g_hash_table_size (set);
}

GStrv
mailroom_list_users (Office *office)
{
  g_autoptr (JsonNode) node = office_call (office, "GetUsers", NULL);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++) {
    const char *name
        = mun_json_get_string (json_array_get_object_element (json_node_get_array (node), i),
                               "userName", "");

    if (strchr (name, '@') != NULL)
      g_strv_builder_add (builder, name);
  }
  return g_strv_builder_end (builder);
}

char *
mailroom_find_busiest (Office *office)
{
  g_auto (GStrv) users = mailroom_list_users (office);
  char *busiest = NULL;
  gint64 most = 0;

  for (guint i = 0; users[i] != NULL; i++) {
    gint64 n = mailroom_count_tenant (office, users[i]);

    if (n > most) {
      most = n;
      g_free (busiest);
      busiest = g_strdup (users[i]);
    }
  }
  g_assert_nonnull (busiest);
  return busiest;
}
