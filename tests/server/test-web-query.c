/* test-web-query.c: the body of a search and its order */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "web-query.h"

#include "errors.h"
#include "json.h"
#include "message.h"

static MunQuery *
parse (const char *text, GError **error)
{
  g_autoptr (JsonObject) body = mun_json_parse_object (text, -1, NULL);

  g_assert_nonnull (body);
  return mun_web_query_parse (body, error);
}

static void
test_every_field (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunQuery) query = parse (
      "{\"query\":\"invoice\",\"querySubject\":true,\"queryFromToCcBcc\":false,"
      "\"queryMessageBody\":true,\"queryAttachments\":false,"
      "\"queryAttachmentContents\":true,\"hasAttachments\":true,\"folder\":\"a/b\","
      "\"folderRecurse\":true,\"from\":\"x\",\"to\":\"y\",\"priority\":\"High\","
      "\"sizeMin\":10,\"sizeMax\":20,\"dateFrom\":\"2026-01-01\",\"dateTo\":\"2026-01-31\","
      "\"archivedFrom\":\"2026-02-01\",\"archivedTo\":\"2026-02-01\"}",
      &error);

  g_assert_no_error (error);
  g_assert_cmpstr (query->text, ==, "invoice");
  g_assert_cmpuint (query->scopes, ==,
                    MUN_SCOPE_SUBJECT | MUN_SCOPE_BODY | MUN_SCOPE_ATTACHMENT_TEXTS);
  g_assert_cmpint (query->has_attachments, ==, MUN_TRI_YES);
  g_assert_cmpstr (query->folder, ==, "a/b");
  g_assert_true (query->recurse);
  g_assert_cmpstr (query->from, ==, "x");
  g_assert_cmpstr (query->to, ==, "y");
  g_assert_true (query->priority_set);
  g_assert_cmpuint (query->priority, ==, MUN_PRIORITY_HIGH);
  g_assert_cmpint (query->size_min, ==, 10);
  g_assert_cmpint (query->size_max, ==, 20);
  g_assert_cmpint (query->date_from, ==, 1767225600);
  /* the last day is in it as a whole */
  g_assert_cmpint (query->date_to - query->date_from, ==, 31 * 86400);
  g_assert_cmpint (query->archived_to - query->archived_from, ==, 86400);
}

static void
test_nothing_asked (void)
{
  static const char *const bodies[] = {
    "{}",
    "{\"query\":\"\",\"querySubject\":false,\"hasAttachments\":null,\"folder\":\"\",\"from\":null,"
    "\"priority\":\"NotSpecified\",\"sizeMin\":null,\"dateFrom\":null}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MunQuery) query = parse (bodies[i], &error);

    g_assert_no_error (error);
    g_assert_null (query->text);
    g_assert_null (query->folder);
    g_assert_null (query->from);
    g_assert_cmpuint (query->scopes, ==, 0);
    g_assert_cmpint (query->has_attachments, ==, MUN_TRI_ANY);
    g_assert_false (query->priority_set);
    g_assert_cmpint (query->date_from, ==, 0);
  }
}

static void
test_refused (void)
{
  static const char *const bodies[] = {
    "{\"colour\":\"blue\"}",
    "{\"query\":5}",
    "{\"querySubject\":\"yes\"}",
    "{\"hasAttachments\":1}",
    "{\"sizeMin\":\"10\"}",
    "{\"sizeMin\":-1}",
    "{\"priority\":\"Urgent\"}",
    "{\"dateFrom\":\"2026-13-01\"}",
    "{\"dateFrom\":\"yesterday\"}",
    "{\"dateFrom\":\"2026-01-01T00:00:00Z\"}",
    "{\"date\":\"2026-01-01\"}",
    "{\"query\":\"x\",\"querySubject\":false,\"queryMessageBody\":false}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MunQuery) query = parse (bodies[i], &error);

    g_assert_null (query);
    g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
  }
}

static void
test_sort (void)
{
  static const struct {
    const char *text;
    MunSortKey key;
    gboolean descending;
  } good[] = {
    { "", MUN_SORT_DATE, TRUE },          { "d-desc", MUN_SORT_DATE, TRUE },
    { "d-asc", MUN_SORT_DATE, FALSE },    { "a-asc", MUN_SORT_ARCHIVED, FALSE },
    { "s-desc", MUN_SORT_SUBJECT, TRUE }, { "f-asc", MUN_SORT_FROM_OR_TO, FALSE },
    { "z-desc", MUN_SORT_SIZE, TRUE },
  };
  static const char *const bad[] = { "d", "x-asc", "d-up", "d-ascx", "-asc" };
  MunSortKey key;
  gboolean descending;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    g_assert_true (mun_web_query_parse_sort (good[i].text, &key, &descending, NULL));
    g_assert_cmpint (key, ==, good[i].key);
    g_assert_cmpint (descending, ==, good[i].descending);
  }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (mun_web_query_parse_sort (bad[i], &key, &descending, NULL));
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/web-query/every-field", test_every_field);
  g_test_add_func ("/server/web-query/nothing-asked", test_nothing_asked);
  g_test_add_func ("/server/web-query/refused", test_refused);
  g_test_add_func ("/server/web-query/sort", test_sort);
  return g_test_run ();
}
