/* test-text.c: identifiers, hexadecimal, base64url, comma lists, comparison of secrets */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "text.h"

#include <string.h>

#define GUID "0f8fad5b-d9cb-469f-a165-70867728950e"

static void
test_set_str (void)
{
  char *field = NULL;

  g_assert_false (mun_set_str (&field, NULL));
  g_assert_true (mun_set_str (&field, "abc"));
  g_assert_false (mun_set_str (&field, "abc"));
  /* The new value may be part of the old one. */
  g_assert_true (mun_set_str (&field, field + 1));
  g_assert_cmpstr (field, ==, "bc");
  g_assert_true (mun_set_str (&field, NULL));
  g_assert_null (field);
}

static void
test_guid (void)
{
  static const char *const wrong[] = { "",
                                       "0f8fad5b",
                                       GUID "0",
                                       "0f8fad5bd9cb469fa16570867728950e",
                                       "0f8fad5b-d9cb-469f-a165-70867728950g",
                                       "{" GUID "}",
                                       " " GUID,
                                       "0f8fad5b-d9cb-469f-a165070867728950e" };
  static const char *const pasted[] = { GUID,
                                        "{" GUID "}",
                                        "  " GUID "\n",
                                        "https://portal/#/app/" GUID "/overview",
                                        "id=" GUID "&x=1",
                                        "\"0F8FAD5B-D9CB-469F-A165-70867728950E\"" };

  g_assert_true (mun_text_is_guid (GUID));
  g_assert_true (mun_text_is_guid ("0F8FAD5B-D9CB-469F-A165-70867728950E"));
  g_assert_false (mun_text_is_guid (NULL));
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (mun_text_is_guid (wrong[i]));
  for (guint i = 0; i < G_N_ELEMENTS (pasted); i++) {
    g_autofree char *found = mun_text_extract_guid (pasted[i]);

    g_assert_cmpstr (found, ==, GUID);
  }
  g_assert_null (mun_text_extract_guid (NULL));
  g_assert_null (mun_text_extract_guid (""));
  g_assert_null (mun_text_extract_guid ("a" GUID));
  g_assert_null (mun_text_extract_guid (GUID "a"));
  g_assert_null (mun_text_extract_guid ("0f8fad5b-d9cb-469f-a165-7086772895"));
}

static void
test_domain (void)
{
  g_autofree char *long_label = g_strnfill (64, 'a');
  g_autofree char *long_domain = g_strconcat (long_label, ".example.com", NULL);

  g_assert_true (mun_text_is_domain ("example.com"));
  g_assert_true (mun_text_is_domain ("contoso.onmicrosoft.com"));
  g_assert_true (mun_text_is_domain ("a-b.1x.xn--p1ai"));
  g_assert_false (mun_text_is_domain (NULL));
  g_assert_false (mun_text_is_domain (""));
  g_assert_false (mun_text_is_domain ("localhost"));
  g_assert_false (mun_text_is_domain (".com"));
  g_assert_false (mun_text_is_domain ("example..com"));
  g_assert_false (mun_text_is_domain ("example.com."));
  g_assert_false (mun_text_is_domain ("-a.com"));
  g_assert_false (mun_text_is_domain ("a-.com"));
  g_assert_false (mun_text_is_domain ("a_b.com"));
  g_assert_false (mun_text_is_domain ("exa mple.com"));
  g_assert_false (mun_text_is_domain ("192.0.2.1"));
  g_assert_false (mun_text_is_domain ("https://example.com"));
  g_assert_false (mun_text_is_domain (long_domain));
}

static void
test_hex (void)
{
  const guint8 bytes[] = { 0x00, 0x1a, 0xff };
  g_autofree char *upper = mun_text_to_hex (bytes, 3, TRUE);
  g_autofree char *lower = mun_text_to_hex (bytes, 3, FALSE);
  g_autofree char *none = mun_text_to_hex (NULL, 0, FALSE);
  g_autofree char *grouped = mun_text_group ("A1B2C3D4E5", 4);
  g_autofree char *empty = mun_text_group ("", 4);
  static const char *const same[] = { "001aff", "001AFF", "00 1a ff", "00:1A:FF", " 001a\tff\n" };

  g_assert_cmpstr (upper, ==, "001AFF");
  g_assert_cmpstr (lower, ==, "001aff");
  g_assert_cmpstr (none, ==, "");
  for (guint i = 0; i < G_N_ELEMENTS (same); i++) {
    g_autoptr (GBytes) back = mun_text_from_hex (same[i]);

    g_assert_cmpmem (g_bytes_get_data (back, NULL), g_bytes_get_size (back), bytes, 3);
  }
  g_assert_null (mun_text_from_hex (NULL));
  g_assert_null (mun_text_from_hex ("abc"));
  g_assert_null (mun_text_from_hex ("zz"));
  g_assert_cmpstr (grouped, ==, "A1B2 C3D4 E5");
  g_assert_cmpstr (empty, ==, "");
}

static void
test_base64url (void)
{
  static const struct {
    const char *plain, *encoded;
  } cases[] = {
    { "", "" }, { "f", "Zg" }, { "fo", "Zm8" }, { "foo", "Zm9v" }, { "\xfb\xff\xfe", "-__-" }
  };
  g_autoptr (GBytes) padded = mun_text_from_base64url ("Zg==");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *encoded = mun_text_base64url (cases[i].plain, strlen (cases[i].plain));
    g_autoptr (GBytes) back = mun_text_from_base64url (encoded);

    g_assert_cmpstr (encoded, ==, cases[i].encoded);
    g_assert_cmpmem (g_bytes_get_data (back, NULL), g_bytes_get_size (back), cases[i].plain,
                     strlen (cases[i].plain));
  }
  g_assert_cmpmem (g_bytes_get_data (padded, NULL), g_bytes_get_size (padded), "f", 1);
  g_assert_null (mun_text_from_base64url (NULL));
  g_assert_null (mun_text_from_base64url ("Z"));
  g_assert_null (mun_text_from_base64url ("Zm+v"));
  g_assert_null (mun_text_from_base64url ("Zm9v Zm9v"));
  g_assert_null (mun_text_from_base64url ("Zg==="));
  g_assert_null (mun_text_from_base64url ("Zg=x"));
}

static void
test_make_valid (void)
{
  g_autofree char *bad = mun_text_make_valid ("a\xff"
                                              "b",
                                              -1);
  g_autofree char *cut = mun_text_make_valid ("abcdef", 3);
  g_autofree char *nul = mun_text_make_valid ("a\0b", 3);
  g_autofree char *none = mun_text_make_valid (NULL, 0);

  g_assert_cmpstr (bad, ==,
                   "a\xef\xbf\xbd"
                   "b");
  g_assert_cmpstr (cut, ==, "abc");
  g_assert_true (g_utf8_validate (nul, -1, NULL));
  g_assert_cmpstr (none, ==, "");
}

static void
test_lists (void)
{
  static const char *const values[] = { "a", "b c", NULL };
  g_auto (GStrv) parts = mun_text_split_list (" a , b c,, ,");
  g_auto (GStrv) none = mun_text_split_list (NULL);
  g_autofree char *joined = mun_text_join_list (values);
  g_autofree char *nothing = mun_text_join_list (NULL);

  g_assert_cmpuint (g_strv_length (parts), ==, 2);
  g_assert_cmpstr (parts[0], ==, "a");
  g_assert_cmpstr (parts[1], ==, "b c");
  g_assert_cmpuint (g_strv_length (none), ==, 0);
  g_assert_cmpstr (joined, ==, "a,b c");
  g_assert_cmpstr (nothing, ==, "");
}

static void
test_equal_secret (void)
{
  g_assert_true (mun_text_equal_secret ("secret", "secret"));
  g_assert_true (mun_text_equal_secret ("", ""));
  g_assert_true (mun_text_equal_secret (NULL, NULL));
  g_assert_false (mun_text_equal_secret ("secret", "secreT"));
  g_assert_false (mun_text_equal_secret ("secret", "secrets"));
  g_assert_false (mun_text_equal_secret ("aa", "a"));
  g_assert_false (mun_text_equal_secret ("a", "aa"));
  g_assert_false (mun_text_equal_secret ("", "a"));
  g_assert_false (mun_text_equal_secret ("a", ""));
  g_assert_false (mun_text_equal_secret ("a", NULL));
  g_assert_false (mun_text_equal_secret (NULL, "a"));
}

static void
test_random (void)
{
  g_autofree char *a = mun_text_random_hex (32);
  g_autofree char *b = mun_text_random_hex (32);
  g_autofree char *none = mun_text_random_hex (0);

  g_assert_cmpuint (strlen (a), ==, 64);
  g_assert_cmpstr (a, !=, b);
  g_assert_cmpstr (none, ==, "");
}

static void
test_start (void)
{
  static const char *const starts[] = { "", "a", "a", "aé", "aé", "aé", "aé€", "aé€" };

  for (gsize limit = 0; limit < G_N_ELEMENTS (starts); limit++) {
    g_autofree char *start = mun_text_dup_start ("aé€", limit);

    g_assert_cmpstr (start, ==, starts[limit]);
  }
  {
    g_autofree char *none = mun_text_dup_start (NULL, 5);
    g_autofree char *invalid = mun_text_dup_start ("\xff"
                                                   "b",
                                                   2);

    g_assert_cmpstr (none, ==, "");
    g_assert_cmpstr (invalid, ==, "\357\277\275b");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/text/set-str", test_set_str);
  g_test_add_func ("/base/text/guid", test_guid);
  g_test_add_func ("/base/text/domain", test_domain);
  g_test_add_func ("/base/text/hex", test_hex);
  g_test_add_func ("/base/text/base64url", test_base64url);
  g_test_add_func ("/base/text/make-valid", test_make_valid);
  g_test_add_func ("/base/text/start", test_start);
  g_test_add_func ("/base/text/lists", test_lists);
  g_test_add_func ("/base/text/equal-secret", test_equal_secret);
  g_test_add_func ("/base/text/random", test_random);
  return g_test_run ();
}
