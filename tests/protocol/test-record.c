/* test-record.c: one JSON object of a server as a GObject */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "json.h"
#include "record.h"

#define TEXT                                                                                       \
  "{\"id\":3,\"name\":\"x\",\"on\":true,\"details\":{\"host\":\"h\",\"port\":\"25\",\"tags\":["    \
  "\"a\",\"b\"]},"                                                                                 \
  "\"none\":null,\"vendor\":{\"keep\":[1,2]}}"

static MunRecord *
make (void)
{
  g_autoptr (JsonObject) root = mun_json_parse_object (TEXT, -1, NULL);

  return mun_record_new (root);
}

static void
test_get (void)
{
  g_autoptr (MunRecord) record = make ();
  g_auto (GStrv) tags = mun_record_get_strings (record, "details/tags");
  g_autofree char *id = mun_record_dup_text (record, "id");

  g_assert_cmpint (mun_record_get_int (record, "id", -1), ==, 3);
  g_assert_cmpstr (id, ==, "3");
  g_assert_cmpstr (mun_record_get_string (record, "name", NULL), ==, "x");
  g_assert_true (mun_record_get_bool (record, "on", FALSE));
  g_assert_cmpstr (mun_record_get_string (record, "details/host", NULL), ==, "h");
  g_assert_cmpint (mun_record_get_int (record, "details/port", -1), ==, 25);
  g_assert_cmpuint (g_strv_length (tags), ==, 2);
  g_assert_nonnull (mun_record_get_object (record, "details"));
  g_assert_cmpuint (json_array_get_length (mun_record_get_array (record, "details/tags")), ==, 2);
  g_assert_true (mun_record_has (record, "details/host"));
  g_assert_false (mun_record_has (record, "none"));
  g_assert_false (mun_record_has (record, "none/host"));
  g_assert_cmpstr (mun_record_get_string (record, "name/host", "f"), ==, "f");
  g_assert_cmpint (mun_record_get_int (record, "absent/x", -1), ==, -1);
  g_assert_null (mun_record_get_array (record, "details"));
  g_assert_null (mun_record_get_object (record, "id"));
}

static void
count_cb (MunRecord *record, gpointer user_data)
{
  (*(guint *)user_data)++;
}

static void
test_set (void)
{
  static const char *const values[] = { "p", NULL };
  g_autoptr (MunRecord) record = make ();
  guint changes = 0;
  g_autofree char *text = NULL;

  g_signal_connect (record, "changed", G_CALLBACK (count_cb), &changes);
  mun_record_set_string (record, "name", "y");
  mun_record_set_int (record, "id", 4);
  mun_record_set_bool (record, "on", FALSE);
  mun_record_set_strings (record, "details/tags", values);
  mun_record_set_string (record, "new/deep/leaf", "v");
  mun_record_set_string (record, "details/host", NULL);
  mun_record_set_node (record, "node", mun_json_node_take_array (json_array_new ()));
  mun_record_remove (record, "none");
  mun_record_remove (record, "absent");
  mun_record_remove (record, "absent/leaf");
  g_assert_cmpuint (changes, ==, 8);
  text = mun_json_object_to_string (mun_record_get_object_root (record));
  /* Order and unknown keys are as they were. */
  g_assert_cmpstr (text, ==,
                   "{\"id\":4,\"name\":\"y\",\"on\":false,\"details\":{\"host\":null,\"port\":"
                   "\"25\",\"tags\":[\"p\"]},"
                   "\"vendor\":{\"keep\":[1,2]},\"new\":{\"deep\":{\"leaf\":\"v\"}},\"node\":[]}");
}

static void
test_copy (void)
{
  g_autoptr (MunRecord) record = make ();
  g_autoptr (MunRecord) copy = mun_record_copy (record);

  g_assert_true (mun_record_equal (record, copy));
  mun_record_set_string (copy, "details/host", "other");
  g_assert_false (mun_record_equal (record, copy));
  g_assert_cmpstr (mun_record_get_string (record, "details/host", NULL), ==, "h");
}

static void
test_list (void)
{
  g_autoptr (JsonNode) array = mun_json_parse ("[{\"a\":1},2,null,{\"a\":3}]", -1, NULL);
  g_autoptr (JsonNode) object = mun_json_parse ("{}", -1, NULL);
  g_autoptr (GPtrArray) records = mun_record_list_from_array (array);
  g_autoptr (GPtrArray) none = mun_record_list_from_array (object);
  g_autoptr (GPtrArray) null = mun_record_list_from_array (NULL);
  g_autoptr (MunRecord) empty = mun_record_new (NULL);

  g_assert_cmpuint (records->len, ==, 2);
  g_assert_cmpint (mun_record_get_int (g_ptr_array_index (records, 1), "a", 0), ==, 3);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (null->len, ==, 0);
  g_assert_false (mun_record_has (empty, "a"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protocol/record/get", test_get);
  g_test_add_func ("/protocol/record/set", test_set);
  g_test_add_func ("/protocol/record/copy", test_copy);
  g_test_add_func ("/protocol/record/list", test_list);
  return g_test_run ();
}
