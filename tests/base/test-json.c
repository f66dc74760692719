/* test-json.c: JSON that somebody else wrote */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "errors.h"
#include "json.h"

#include <string.h>

static JsonObject *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonObject *object = mun_json_parse_object (text, -1, &error);

  g_assert_no_error (error);
  g_assert_nonnull (object);
  return object;
}

static void
refuse (const char *text, gssize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_json_parse (text, length, &error);

  g_assert_null (node);
  g_assert_error (error, MUN_ERROR, MUN_ERROR_PROTOCOL);
}

static void
test_parse (void)
{
  g_autoptr (JsonNode) node = mun_json_parse ("\xef\xbb\xbf[1, \"a\", null, true, {}]", -1, NULL);
  g_autofree char *text = mun_json_to_string (node);

  g_assert_cmpstr (text, ==, "[1,\"a\",null,true,{}]");
  /* The length counts, not the NUL. */
  g_clear_pointer (&node, json_node_unref);
  node = mun_json_parse ("12345", 3, NULL);
  g_assert_cmpint (json_node_get_int (node), ==, 123);
  /* What is read can be edited. */
  g_clear_pointer (&node, json_node_unref);
  node = mun_json_parse ("{\"a\":{\"b\":1}}", -1, NULL);
  json_object_set_int_member (json_object_get_object_member (json_node_get_object (node), "a"), "b",
                              2);
}

static void
test_refused (void)
{
  refuse ("", -1);
  refuse ("\xef\xbb\xbf", -1);
  refuse ("{", -1);
  refuse ("{\"a\":1,}", -1);
  refuse ("\"open", -1);
  refuse ("\"\\", -1);
  refuse ("\"\\x\"", -1);
  refuse ("[{\"a\":-1e999}]", -1);
  refuse ("{}{}", -1);
  refuse ("[1] 2", -1);
  refuse ("2[\"a\"]", -1);
  refuse ("\"a\"\"b\"", -1);
  refuse ("1 true", -1);
  refuse ("\"\\ud80rest\"", -1);
  refuse ("{'a':1}", -1);
  refuse ("var x = {}", -1);
  refuse ("{} // comment", -1);
  refuse ("/* comment */ {}", -1);
  refuse ("\"\xff\"", -1);
  refuse ("[1]\0", 4);
}

static void
test_object_only (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (mun_json_parse_object ("[]", -1, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_PROTOCOL);
}

static void
test_depth (void)
{
  g_autoptr (GString) deep = g_string_new (NULL);
  g_autoptr (JsonNode) node = NULL;

  for (guint i = 0; i < MUN_JSON_MAX_DEPTH; i++)
    g_string_append_c (deep, '[');
  for (guint i = 0; i < MUN_JSON_MAX_DEPTH; i++)
    g_string_append_c (deep, ']');
  node = mun_json_parse (deep->str, -1, NULL);
  g_assert_nonnull (node);
  g_string_prepend_c (deep, '[');
  g_string_append_c (deep, ']');
  refuse (deep->str, -1);
  /* Brackets in strings are no depth, and a quote cannot hide the others. */
  g_string_assign (deep, "[\"");
  for (guint i = 0; i < 1000; i++)
    g_string_append (deep, "[{\\\"");
  g_string_append (deep, "\"]");
  g_clear_pointer (&node, json_node_unref);
  node = mun_json_parse (deep->str, -1, NULL);
  g_assert_nonnull (node);
  g_string_assign (deep, "\"\\\\\"");
  for (guint i = 0; i < 100000; i++)
    g_string_append_c (deep, '[');
  refuse (deep->str, -1);
}

static void
test_surrogates (void)
{
  g_autoptr (JsonObject) object
      = parse ("{\"pair\":\"\\ud83d\\ude00\",\"high\":\"a\\ud83dz\",\"low\":\"\\ude00\",\"two\":"
               "\"\\ud83d\\ud83d\\ude00\","
               "\"end\":\"\\ud83d\",\"other\":\"\\ud83d\\u0041\",\"text\":\"\\\\ud83d\"}");

  g_assert_cmpstr (mun_json_get_string (object, "pair", NULL), ==, "😀");
  g_assert_cmpstr (mun_json_get_string (object, "high", NULL), ==, "a\xef\xbf\xbdz");
  g_assert_cmpstr (mun_json_get_string (object, "low", NULL), ==, "\xef\xbf\xbd");
  g_assert_cmpstr (mun_json_get_string (object, "two", NULL), ==, "\xef\xbf\xbd😀");
  g_assert_cmpstr (mun_json_get_string (object, "end", NULL), ==, "\xef\xbf\xbd");
  g_assert_cmpstr (mun_json_get_string (object, "other", NULL), ==,
                   "\xef\xbf\xbd"
                   "A");
  g_assert_cmpstr (mun_json_get_string (object, "text", NULL), ==, "\\ud83d");
}

/* Every prefix of a text is either read or refused. */
static void
test_truncated (void)
{
  const char *text = "{\"a\":[1,2.5e3,\"\\u00e9\\ud83d\\ude00\"],\"b\":{\"c\":null,\"d\":false}}";

  for (gsize i = 0; i < strlen (text); i++)
    refuse (text, i);
}

static void
test_getters (void)
{
  g_autoptr (JsonObject) o = parse ("{\"s\":\"x\",\"n\":5,\"d\":2.75,\"t\":true,\"z\":null,\"a\":["
                                    "1],\"o\":{},\"ns\":\"42\",\"ds\":\"1.5\","
                                    "\"bad\":\"4x\",\"True\":\"True\",\"one\":\"1\",\"zero\":\"0\","
                                    "\"FALSE\":\"FALSE\",\"maybe\":\"maybe\","
                                    "\"big\":1e300,\"nan\":\"nan\"}");

  g_assert_cmpstr (mun_json_get_string (o, "s", "f"), ==, "x");
  for (const char *const *name = (const char *const[]){ "n", "z", "a", "o", "absent", NULL }; *name;
       name++)
    g_assert_cmpstr (mun_json_get_string (o, *name, "f"), ==, "f");
  g_assert_cmpstr (mun_json_get_string (NULL, "s", "f"), ==, "f");

  g_assert_cmpint (mun_json_get_int (o, "n", -1), ==, 5);
  g_assert_cmpint (mun_json_get_int (o, "ns", -1), ==, 42);
  g_assert_cmpint (mun_json_get_int (o, "d", -1), ==, 2);
  for (const char *const *name
       = (const char *const[]){ "bad", "z", "a", "t", "big", "absent", NULL };
       *name; name++)
    g_assert_cmpint (mun_json_get_int (o, *name, -1), ==, -1);
  g_assert_cmpint (mun_json_get_int (NULL, "n", -1), ==, -1);

  g_assert_cmpfloat (mun_json_get_double (o, "d", -1), ==, 2.75);
  g_assert_cmpfloat (mun_json_get_double (o, "n", -1), ==, 5);
  g_assert_cmpfloat (mun_json_get_double (o, "ds", -1), ==, 1.5);
  g_assert_cmpfloat (mun_json_get_double (o, "nan", -1), ==, -1);
  g_assert_cmpfloat (mun_json_get_double (o, "t", -1), ==, -1);

  g_assert_true (mun_json_get_bool (o, "t", FALSE));
  g_assert_true (mun_json_get_bool (o, "True", FALSE));
  g_assert_true (mun_json_get_bool (o, "one", FALSE));
  g_assert_true (mun_json_get_bool (o, "n", FALSE));
  g_assert_false (mun_json_get_bool (o, "FALSE", TRUE));
  g_assert_false (mun_json_get_bool (o, "zero", TRUE));
  g_assert_true (mun_json_get_bool (o, "maybe", TRUE));
  g_assert_true (mun_json_get_bool (o, "z", TRUE));

  g_assert_nonnull (mun_json_get_array (o, "a"));
  g_assert_null (mun_json_get_array (o, "o"));
  g_assert_null (mun_json_get_array (NULL, "a"));
  g_assert_nonnull (mun_json_get_object (o, "o"));
  g_assert_null (mun_json_get_object (o, "a"));
  g_assert_null (mun_json_get_object (NULL, "o"));

  g_assert_true (mun_json_has (o, "s"));
  g_assert_false (mun_json_has (o, "z"));
  g_assert_false (mun_json_has (o, "absent"));
  g_assert_false (mun_json_has (NULL, "s"));
}

static void
test_text (void)
{
  g_autoptr (JsonObject) o = parse ("{\"s\":\"x\",\"n\":5,\"t\":true,\"z\":null,\"a\":[]}");
  g_autofree char *s = mun_json_dup_text (o, "s");
  g_autofree char *n = mun_json_dup_text (o, "n");
  g_autofree char *t = mun_json_dup_text (o, "t");

  g_assert_cmpstr (s, ==, "x");
  g_assert_cmpstr (n, ==, "5");
  g_assert_cmpstr (t, ==, "true");
  g_assert_null (mun_json_dup_text (o, "z"));
  g_assert_null (mun_json_dup_text (o, "a"));
  g_assert_null (mun_json_dup_text (NULL, "a"));
}

static void
assert_strings (JsonObject *o, const char *member, const char *expected)
{
  g_auto (GStrv) values = mun_json_dup_strings (o, member);
  g_autofree char *joined = g_strjoinv ("|", values);

  g_assert_cmpstr (joined, ==, expected);
}

static void
test_strings (void)
{
  static const char *const values[] = { "x", "y,z", NULL };
  g_autoptr (JsonObject) o
      = parse ("{\"a\":[\"p\",1,null,\"q\"],\"s\":\" p , q,,\",\"z\":null,\"n\":1}");

  assert_strings (o, "a", "p|q");
  assert_strings (o, "s", "p|q");
  assert_strings (o, "z", "");
  assert_strings (o, "n", "");
  assert_strings (NULL, "n", "");
  mun_json_set_strings (o, "new", values);
  assert_strings (o, "new", "x|y,z");
  mun_json_set_strings (o, "new", NULL);
  g_assert_cmpuint (json_array_get_length (mun_json_get_array (o, "new")), ==, 0);
  mun_json_set_text (o, "s", "text");
  g_assert_cmpstr (mun_json_get_string (o, "s", NULL), ==, "text");
  mun_json_set_text (o, "s", NULL);
  g_assert_true (json_object_get_null_member (o, "s"));
}

static void
test_require (void)
{
  g_autoptr (JsonObject) o = parse ("{\"s\":\"x\",\"n\":1}");
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (mun_json_require_string (o, "s", &error), ==, "x");
  g_assert_no_error (error);
  g_assert_null (mun_json_require_string (o, "n", &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "“n”"));
}

static void
test_copy (void)
{
  const char *text = "{\"z\":1,\"a\":[{\"b\":[true,null,1.5]}],\"o\":{\"x\":\"y\"}}";
  g_autoptr (JsonObject) o = parse (text);
  g_autoptr (JsonObject) copy = mun_json_copy_object (o);
  g_autofree char *before = mun_json_object_to_string (copy);
  g_autofree char *after = NULL;
  g_autofree char *null = mun_json_to_string (NULL);

  /* Same keys, same order, nothing shared. */
  g_assert_cmpstr (before, ==, text);
  json_object_set_string_member (json_object_get_object_member (copy, "o"), "x", "changed");
  json_array_add_int_element (json_object_get_array_member (copy, "a"), 1);
  after = mun_json_object_to_string (o);
  g_assert_cmpstr (after, ==, text);
  g_assert_cmpstr (null, ==, "null");
}

static void
test_nodes (void)
{
  g_autoptr (JsonNode) object = mun_json_node_take_object (json_object_new ());
  g_autoptr (JsonNode) array = mun_json_node_take_array (json_array_new ());
  g_autoptr (JsonNode) copy = mun_json_copy_node (object);

  g_assert_true (JSON_NODE_HOLDS_OBJECT (object));
  g_assert_true (JSON_NODE_HOLDS_ARRAY (array));
  g_assert_true (JSON_NODE_HOLDS_OBJECT (copy));
  g_assert_true (json_node_get_object (copy) != json_node_get_object (object));
}

/* One object may have so many members and no more; what stands beside it does not count. */
static void
test_members (void)
{
  g_autoptr (GString) text = g_string_new ("[{\"a:\":{");
  g_autoptr (JsonNode) node = NULL;

  for (guint i = 0; i < MUN_JSON_MAX_MEMBERS; i++)
    g_string_append_printf (text, "%s\"%u\":[{\"x\":1}]", i > 0 ? "," : "", i);
  g_string_append (text, "},\"b\":1}]");
  node = mun_json_parse (text->str, -1, NULL);
  g_assert_nonnull (node);
  g_string_assign (text, "{");
  for (guint i = 0; i <= MUN_JSON_MAX_MEMBERS; i++)
    g_string_append_printf (text, "%s\"x\":{}", i > 0 ? "," : "");
  g_string_append (text, "}");
  refuse (text->str, -1);
  /* Colons outside of any object count as well. */
  g_string_assign (text, "");
  for (guint i = 0; i < 200000; i++)
    g_string_append_c (text, ':');
  refuse (text->str, -1);
}

/* Numbers that json-glib writes with an exponent, and texts that look like them. */
static void
test_exponents (void)
{
  static const char *const texts[]
      = { "1e26", "[1e-26,-1e+26,1.5e300]", "{\"1e+26.0\":\"\\\"e+1.0\",\"true\":true}" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (JsonNode) node = mun_json_parse (texts[i], -1, &error);
    g_autofree char *text = mun_json_to_string (node);
    g_autoptr (JsonNode) again = mun_json_parse (text, -1, &error);

    g_assert_no_error (error);
    g_assert_true (json_node_equal (node, again));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/json/parse", test_parse);
  g_test_add_func ("/base/json/refused", test_refused);
  g_test_add_func ("/base/json/object-only", test_object_only);
  g_test_add_func ("/base/json/depth", test_depth);
  g_test_add_func ("/base/json/surrogates", test_surrogates);
  g_test_add_func ("/base/json/truncated", test_truncated);
  g_test_add_func ("/base/json/exponents", test_exponents);
  g_test_add_func ("/base/json/getters", test_getters);
  g_test_add_func ("/base/json/text", test_text);
  g_test_add_func ("/base/json/strings", test_strings);
  g_test_add_func ("/base/json/require", test_require);
  g_test_add_func ("/base/json/copy", test_copy);
  g_test_add_func ("/base/json/nodes", test_nodes);
  g_test_add_func ("/base/json/members", test_members);
  return g_test_run ();
}
