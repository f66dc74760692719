/* test-print.c: results as text and as JSON */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "json.h"
#include "print.h"

static void
assert_text (const char *json, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = mun_json_parse (json, -1, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = mun_print_text (node);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_values (void)
{
  assert_text ("null", "");
  assert_text ("true", "true\n");
  assert_text ("12", "12\n");
  assert_text ("\"two\\nlines\"", "two\nlines\n");
  assert_text ("[]", "");
  assert_text ("[\"a\",\"b\"]", "a\nb\n");
}

static void
test_table (void)
{
  assert_text ("[{\"id\":1,\"name\":\"a\"},{\"id\":200,\"name\":null,\"more\":true}]",
               "id   name  more\n"
               "1    a\n"
               "200        true\n");
  /* what is nested stays in its cell */
  assert_text ("[{\"a\":[\"x\",\"y\"],\"b\":{\"c\":1}}]", "a     b\nx, y  {\"c\":1}\n");
}

static void
test_object (void)
{
  assert_text ("{\"name\":\"ann\",\"mail\":[\"a@x\",\"b@x\"],\"none\":null,\"empty\":[]}",
               "name: ann\nmail: a@x, b@x\nnone:\nempty:\n");
  assert_text ("{\"folders\":[{\"folder\":\"ann\",\"n\":1}],\"deep\":{\"on\":false}}",
               "folders:\n  folder  n\n  ann     1\ndeep:\n  on: false\n");
}

/* Wide characters take two columns, marks that combine none. */
static void
test_width (void)
{
  g_assert_cmpuint (mun_print_width ("abc"), ==, 3);
  g_assert_cmpuint (mun_print_width ("日本"), ==, 4);
  g_assert_cmpuint (mun_print_width ("e\xcc\x81"), ==, 1);
  assert_text ("[{\"n\":\"日本\",\"x\":1},{\"n\":\"a\",\"x\":2}]", "n     x\n日本  1\na     2\n");
}

/* A subject line must not take over the terminal. */
static void
test_harmless (void)
{
  g_autofree char *one = mun_print_harmless ("a\x1b[31mb\r\nc\td", FALSE);
  g_autofree char *lines = mun_print_harmless ("a\x1b[2Jb\r\nc\td\n", TRUE);
  g_autofree char *turned = mun_print_harmless ("invoice\xe2\x80\xae"
                                                "fdp.exe",
                                                FALSE);
  g_autofree char *c1 = mun_print_harmless ("\xc2\x9b"
                                            "31m",
                                            FALSE);
  g_autofree char *broken = mun_print_harmless ("\xff", FALSE);

  g_assert_cmpstr (one, ==, "a\xef\xbf\xbd[31mb  c d");
  g_assert_cmpstr (lines, ==, "a\xef\xbf\xbd[2Jb\nc\td\n");
  g_assert_cmpstr (turned, ==,
                   "invoice\xef\xbf\xbd"
                   "fdp.exe");
  g_assert_cmpstr (c1, ==,
                   "\xef\xbf\xbd"
                   "31m");
  g_assert_cmpstr (broken, ==, "\xef\xbf\xbd");
  assert_text ("[{\"s\":\"x\\u001b]0;title\\u0007\"}]", "s\nx\xef\xbf\xbd]0;title\xef\xbf\xbd\n");
}

static void
test_json (void)
{
  g_autoptr (JsonNode) node
      = mun_json_parse ("{\"z\":1.5,\"a\":[1,null,\"é\"],\"unknown\":{\"k\":true}}", -1, NULL);
  g_autofree char *text = mun_print_json (node);
  g_autoptr (JsonNode) again = mun_json_parse (text, -1, NULL);

  g_assert_true (json_node_equal (node, again));
  g_assert_true (g_str_has_prefix (text, "{\n  \"z\" : 1.5,\n  \"a\" : ["));
  g_assert_true (g_str_has_suffix (text, "}\n"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shell/print/values", test_values);
  g_test_add_func ("/shell/print/table", test_table);
  g_test_add_func ("/shell/print/object", test_object);
  g_test_add_func ("/shell/print/width", test_width);
  g_test_add_func ("/shell/print/harmless", test_harmless);
  g_test_add_func ("/shell/print/json", test_json);
  return g_test_run ();
}
