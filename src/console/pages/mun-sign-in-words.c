/* mun-sign-in-words.c: what a test of a credential found, in words for people */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-sign-in-words.h"

#include "entra.h"
#include "json.h"
#include "text.h"

#include <glib/gi18n.h>
#include <string.h>

/* The certificate is not among the application's: the one refusal where the thumbprint decides. */
#define AADSTS_KEY_UNKNOWN 700027

static char *
join (JsonObject *report, const char *member, const char *separator)
{
  g_auto (GStrv) values = mun_json_dup_strings (report, member);

  return values != NULL ? g_strjoinv (separator, values) : g_strdup ("");
}

static char *
refusal (JsonObject *report, const char *thumbprint)
{
  int code = (int)mun_json_get_int (report, "errorCode", 0);
  const char *message = mun_json_get_string (report, "message", "");
  const char *trace = mun_json_get_string (report, "traceId", "");
  GString *text = g_string_new (NULL);

  if (code == AADSTS_KEY_UNKNOWN && thumbprint != NULL && strlen (thumbprint) >= 8)
    /* Translators: %.8s is the beginning of a certificate's thumbprint. */
    g_string_append_printf (text, _ ("Entra ID refused the certificate %.8s…: "), thumbprint);
  else
    g_string_append (text, _ ("Entra ID refused the sign-in: "));
  g_string_append (text, code != 0 ? mun_entra_explain (code)
                                   : mun_json_get_string (report, "explanation", message));
  if (code != 0)
    g_string_append_printf (text, " (AADSTS%d)", code);
  if (*trace != '\0') {
    g_string_append_c (text, '\n');
    /* Translators: %s is an id by which Microsoft's support finds a request. */
    g_string_append_printf (text, _ ("Trace ID: %s"), trace);
  }
  return g_string_free (text, FALSE);
}

MunSignInState
mun_sign_in_words (JsonObject *report, const char *thumbprint, char **sentence)
{
  g_autofree char *roles = join (report, "roles", ", ");
  g_autofree char *missing = join (report, "missing", ", ");

  if (!mun_json_get_bool (report, "signedIn", FALSE)) {
    *sentence = refusal (report, thumbprint);
    return MUN_SIGN_IN_REFUSED;
  }
  if (*missing != '\0') {
    JsonArray *names = mun_json_get_array (report, "missing");

    /* Translators: %s is one permission name such as "Mail.Read", or a list of them. */
    *sentence = g_strdup_printf (
        ngettext ("Signed in, but this application permission is missing: %s. Add it under "
                  "API permissions and grant admin consent, then test again.",
                  "Signed in, but these application permissions are missing: %s. Add them under "
                  "API permissions and grant admin consent, then test again.",
                  names != NULL ? json_array_get_length (names) : 1),
        missing);
    return MUN_SIGN_IN_MISSING;
  }
  /* Translators: %s is a list of permission names such as "Mail.Read". */
  *sentence = g_strdup_printf (_ ("Signed in. Permissions granted: %s."), roles);
  return MUN_SIGN_IN_GOOD;
}

char *
mun_sign_in_summary (JsonObject *report)
{
  g_autofree char *roles = join (report, "roles", " · ");
  g_autofree char *missing = join (report, "missing", ", ");
  int code = (int)mun_json_get_int (report, "errorCode", 0);

  if (!mun_json_get_bool (report, "signedIn", FALSE))
    return code != 0 ? g_strdup_printf (_ ("Refused by Entra ID (AADSTS%d)"), code)
                     : g_strdup (_ ("Refused by Entra ID"));
  if (*missing != '\0')
    /* Translators: %s is a list of permission names. */
    return g_strdup_printf (_ ("Signed in · missing: %s"), missing);
  if (*roles == '\0')
    return g_strdup (_ ("Signed in"));
  /* Translators: %s is a list of permission names. */
  return g_strdup_printf (_ ("Signed in · %s"), roles);
}
