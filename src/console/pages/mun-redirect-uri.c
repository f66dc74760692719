/* mun-redirect-uri.c: the rules of the redirect URI that Entra ID sends a sign-in back to */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-redirect-uri.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

#define WEB_ACCESS_PORT 8462
/* Entra ID refuses these anywhere in a redirect URI. */
#define FORBIDDEN "!$'(),;"

static MunRedirectUriState
say (MunRedirectUriState state, char **sentence, const char *text)
{
  if (sentence != NULL)
    *sentence = g_strdup (text);
  return state;
}

static MunRedirectUriState
wrong (char **sentence, const char *text)
{
  return say (MUN_REDIRECT_URI_WRONG, sentence, text);
}

/* What can be told from the letters alone, before the URI is taken apart. NULL when nothing is
 * wrong. */
static const char *
check_letters (const char *uri)
{
  const char *p;

  if (!g_utf8_validate (uri, -1, NULL))
    return _ ("The address is not readable text.");
  if (g_utf8_strlen (uri, -1) > MUN_REDIRECT_URI_MAX)
    return _ ("Entra ID takes at most 256 characters here.");
  for (p = uri; *p != '\0'; p++) {
    if (g_ascii_isspace (*p))
      return _ ("The address contains a space.");
    if (strchr (FORBIDDEN, *p) != NULL)
      return _ ("Entra ID does not allow the characters ! $ ' ( ) , ; in this address.");
    if (*p == '*')
      return _ ("The address has to name one server, without the wildcard *.");
  }
  if (!g_str_has_prefix (uri, "https://"))
    return _ ("The address has to begin with https://");
  return NULL;
}

static const char *
check_path (const char *path)
{
  if (g_strcmp0 (path, MUN_REDIRECT_URI_PATH) == 0)
    return NULL;
  if (path != NULL && g_ascii_strcasecmp (path, MUN_REDIRECT_URI_PATH) == 0)
    return _ ("The path has to be /oidc/signin in lower case; Entra ID compares every letter.");
  if (g_strcmp0 (path, MUN_REDIRECT_URI_PATH "/") == 0)
    return _ ("The path has to end with /oidc/signin, without a slash behind it.");
  return _ ("The path has to be exactly /oidc/signin.");
}

/* "https://host:443/…" as it is written: GUri does not tell a written default port from a missing
 * one. */
static gboolean
names_port (const char *uri, const char *port)
{
  const char *start = uri + strlen ("https://");
  g_autofree char *authority = g_strndup (start, strcspn (start, "/?#"));

  return g_str_has_suffix (authority, port);
}

static MunRedirectUriState
check_host (const char *host, char **sentence)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  if (address != NULL && g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6
      && g_inet_address_get_is_loopback (address))
    return wrong (sentence, _ ("Entra ID does not support the address [::1]."));
  if (address != NULL)
    return say (
        MUN_REDIRECT_URI_WARNING, sentence,
        _ ("Microsoft does not say whether a bare address works here. A host name is safer."));
  if (g_str_has_prefix (host, ".") || g_str_has_suffix (host, ".") || strstr (host, "..") != NULL)
    return wrong (sentence, _ ("The host name is not complete."));
  if (strchr (host, '_') != NULL)
    return say (MUN_REDIRECT_URI_WARNING, sentence,
                _ ("Host names with an underscore are refused by some browsers and certificate "
                   "authorities."));
  return say (MUN_REDIRECT_URI_FINE, sentence, NULL);
}

MunRedirectUriState
mun_redirect_uri_check (const char *uri, char **sentence)
{
  g_autofree char *user = NULL, *host = NULL, *path = NULL, *query = NULL, *fragment = NULL;
  const char *fault;
  int port = -1;

  if (sentence != NULL)
    *sentence = NULL;
  if (uri == NULL || *uri == '\0')
    return MUN_REDIRECT_URI_FINE;
  fault = check_letters (uri);
  if (fault != NULL)
    return wrong (sentence, fault);
  if (!g_uri_split (uri, G_URI_FLAGS_NONE, NULL, &user, &host, &port, &path, &query, &fragment,
                    NULL))
    return wrong (sentence, _ ("This is not a complete address, such as "
                               "https://archive.example.com:8462/oidc/signin."));
  if (host == NULL || *host == '\0')
    return wrong (sentence, _ ("The host name is missing."));
  if (user != NULL)
    return wrong (sentence, _ ("The address must not contain a user name."));
  if (fragment != NULL)
    return wrong (sentence, _ ("The address must not contain #."));
  if (query != NULL)
    return wrong (sentence,
                  _ ("The address must end with /oidc/signin, without ? and parameters."));
  if (names_port (uri, ":443"))
    return wrong (sentence,
                  _ ("Leave out :443. It is the usual port, and Entra ID compares every letter."));
  if (port == 0 || names_port (uri, ":"))
    return wrong (sentence, _ ("The port has to be a number from 1 to 65535."));
  fault = check_path (path);
  if (fault != NULL)
    return wrong (sentence, fault);
  return check_host (host, sentence);
}

char *
mun_redirect_uri_propose (const char *host, guint port)
{
  const char *open = "", *close = "";

  if (host == NULL || *host == '\0')
    return NULL;
  if (strchr (host, ':') != NULL && *host != '[') {
    open = "[";
    close = "]";
  }
  if (port == 0)
    port = WEB_ACCESS_PORT;
  if (port == 443)
    return g_strdup_printf ("https://%s%s%s" MUN_REDIRECT_URI_PATH, open, host, close);
  return g_strdup_printf ("https://%s%s%s:%u" MUN_REDIRECT_URI_PATH, open, host, close, port);
}
