/* test-redirect-uri.c: the rules of the redirect URI */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-test"

#include "mun-redirect-uri.h"

#include <string.h>

static const struct {
  const char *uri;
  MunRedirectUriState state;
} cases[] = {
  { NULL, MUN_REDIRECT_URI_FINE },
  { "", MUN_REDIRECT_URI_FINE },
  { "https://archive.example.com/oidc/signin", MUN_REDIRECT_URI_FINE },
  { "https://archive.example.com:8462/oidc/signin", MUN_REDIRECT_URI_FINE },
  { "https://archive.lan/oidc/signin", MUN_REDIRECT_URI_FINE },
  { "https://localhost:8462/oidc/signin", MUN_REDIRECT_URI_FINE },
  { "https://my_archive.example.com/oidc/signin", MUN_REDIRECT_URI_WARNING },
  { "https://192.168.1.4:8462/oidc/signin", MUN_REDIRECT_URI_WARNING },
  { "https://[2001:db8::1]:8462/oidc/signin", MUN_REDIRECT_URI_WARNING },
  { "https://[::1]:8462/oidc/signin", MUN_REDIRECT_URI_WRONG },
  { "http://archive.example.com/oidc/signin", MUN_REDIRECT_URI_WRONG },
  { "HTTPS://archive.example.com/oidc/signin", MUN_REDIRECT_URI_WRONG },
  { "archive.example.com/oidc/signin", MUN_REDIRECT_URI_WRONG },
  { "https://", MUN_REDIRECT_URI_WRONG },
  { "https:///oidc/signin", MUN_REDIRECT_URI_WRONG },
  { "https://archive.example.com", MUN_REDIRECT_URI_WRONG },
  { "https://archive.example.com/", MUN_REDIRECT_URI_WRONG },
  { "https://archive.example.com/oidc/signin/", MUN_REDIRECT_URI_WRONG },
  { "https://archive.example.com/oidc/SignIn", MUN_REDIRECT_URI_WRONG },
  { "https://archive.example.com/OIDC/signin", MUN_REDIRECT_URI_WRONG },
  { "https://archive.example.com/x/oidc/signin", MUN_REDIRECT_URI_WRONG },
  { "https://archive.example.com//oidc/signin", MUN_REDIRECT_URI_WRONG },
  { "https://archive.example.com:443/oidc/signin", MUN_REDIRECT_URI_WRONG },
  { "https://archive.example.com:/oidc/signin", MUN_REDIRECT_URI_WRONG },
  { "https://archive.example.com:0/oidc/signin", MUN_REDIRECT_URI_WRONG },
  { "https://archive.example.com:99999/oidc/signin", MUN_REDIRECT_URI_WRONG },
  { "https://archive.example.com:x/oidc/signin", MUN_REDIRECT_URI_WRONG },
  { "https://archive.example.com/oidc/signin?x=1", MUN_REDIRECT_URI_WRONG },
  { "https://archive.example.com/oidc/signin#x", MUN_REDIRECT_URI_WRONG },
  { "https://user@archive.example.com/oidc/signin", MUN_REDIRECT_URI_WRONG },
  { "https://*.example.com/oidc/signin", MUN_REDIRECT_URI_WRONG },
  { "https://archive .example.com/oidc/signin", MUN_REDIRECT_URI_WRONG },
  { " https://archive.example.com/oidc/signin", MUN_REDIRECT_URI_WRONG },
  { "https://archive.example.com/oidc/signin ", MUN_REDIRECT_URI_WRONG },
  { "https://archive..example.com/oidc/signin", MUN_REDIRECT_URI_WRONG },
  { "https://archive.example.com./oidc/signin", MUN_REDIRECT_URI_WRONG },
  { "https://a\xff.example.com/oidc/signin", MUN_REDIRECT_URI_WRONG },
};

static void
test_cases (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *sentence = NULL;
    MunRedirectUriState state = mun_redirect_uri_check (cases[i].uri, &sentence);
    g_autofree char *shown = cases[i].uri != NULL ? g_utf8_make_valid (cases[i].uri, -1) : NULL;

    g_test_message ("%s: %s", shown, sentence);
    g_assert_cmpint (state, ==, cases[i].state);
    g_assert_true ((sentence == NULL) == (state == MUN_REDIRECT_URI_FINE));
    g_assert_cmpint (mun_redirect_uri_check (cases[i].uri, NULL), ==, state);
  }
}

static void
test_forbidden_letters (void)
{
  for (const char *p = "!$'(),;"; *p != '\0'; p++) {
    g_autofree char *uri = g_strdup_printf ("https://archive%c.example.com/oidc/signin", *p);

    g_assert_cmpint (mun_redirect_uri_check (uri, NULL), ==, MUN_REDIRECT_URI_WRONG);
  }
}

static void
test_length (void)
{
  g_autofree char *fill
      = g_strnfill (MUN_REDIRECT_URI_MAX - strlen ("https://.de/oidc/signin"), 'a');
  g_autofree char *longest = g_strdup_printf ("https://%s.de/oidc/signin", fill);
  g_autofree char *longer = g_strdup_printf ("https://a%s.de/oidc/signin", fill);

  g_assert_cmpuint (strlen (longest), ==, 256);
  g_assert_cmpint (mun_redirect_uri_check (longest, NULL), ==, MUN_REDIRECT_URI_FINE);
  g_assert_cmpint (mun_redirect_uri_check (longer, NULL), ==, MUN_REDIRECT_URI_WRONG);
}

static void
test_propose (void)
{
  g_autofree char *usual = mun_redirect_uri_propose ("archive.example.com", 8462);
  g_autofree char *unknown = mun_redirect_uri_propose ("archive.example.com", 0);
  g_autofree char *https = mun_redirect_uri_propose ("archive.example.com", 443);
  g_autofree char *six = mun_redirect_uri_propose ("2001:db8::1", 8462);

  g_assert_cmpstr (usual, ==, "https://archive.example.com:8462/oidc/signin");
  g_assert_cmpstr (unknown, ==, usual);
  g_assert_cmpstr (https, ==, "https://archive.example.com/oidc/signin");
  g_assert_cmpstr (six, ==, "https://[2001:db8::1]:8462/oidc/signin");
  g_assert_null (mun_redirect_uri_propose ("", 1));
  g_assert_null (mun_redirect_uri_propose (NULL, 1));
  g_assert_cmpint (mun_redirect_uri_check (usual, NULL), ==, MUN_REDIRECT_URI_FINE);
  g_assert_cmpint (mun_redirect_uri_check (https, NULL), ==, MUN_REDIRECT_URI_FINE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/redirect-uri/cases", test_cases);
  g_test_add_func ("/redirect-uri/forbidden-letters", test_forbidden_letters);
  g_test_add_func ("/redirect-uri/length", test_length);
  g_test_add_func ("/redirect-uri/propose", test_propose);
  return g_test_run ();
}
