/* test-web-tokens.c: what a token of Web Access is good for */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "web-tokens.h"

/* In microseconds this is 2^46: one that is counted in 32 bits is over at once. */
#define LONG_LIFETIME (1U << 26)

static void
test_long (void)
{
  g_autoptr (MunWebTokens) tokens = mun_web_tokens_new (LONG_LIFETIME);
  g_autofree char *token = mun_web_tokens_issue (tokens, "ann");
  g_autofree char *user = mun_web_tokens_dup_user (tokens, token);

  g_assert_cmpstr (user, ==, "ann");
}

static void
test_revoked (void)
{
  g_autoptr (MunWebTokens) tokens = mun_web_tokens_new (60);
  g_autofree char *one = mun_web_tokens_issue (tokens, "ann");
  g_autofree char *two = mun_web_tokens_issue (tokens, "ann");
  g_autofree char *other = mun_web_tokens_issue (tokens, "bob");
  g_autofree char *left = NULL;

  mun_web_tokens_revoke (tokens, one);
  g_assert_null (mun_web_tokens_dup_user (tokens, one));
  left = mun_web_tokens_dup_user (tokens, two);
  g_assert_cmpstr (left, ==, "ann");
  mun_web_tokens_revoke_user (tokens, "ANN");
  g_assert_null (mun_web_tokens_dup_user (tokens, two));
  g_free (left);
  left = mun_web_tokens_dup_user (tokens, other);
  g_assert_cmpstr (left, ==, "bob");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/web-tokens/long", test_long);
  g_test_add_func ("/web-tokens/revoked", test_revoked);
  return g_test_run ();
}
