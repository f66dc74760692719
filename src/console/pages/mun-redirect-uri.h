/* mun-redirect-uri.h: the rules of the redirect URI that Entra ID sends a sign-in back to */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The path that the archive server answers on; compared with case, as Entra ID does. */
#define MUN_REDIRECT_URI_PATH "/oidc/signin"
/* Longest URI that an app registration takes, in characters. */
#define MUN_REDIRECT_URI_MAX 256

typedef enum {
  MUN_REDIRECT_URI_FINE,
  MUN_REDIRECT_URI_WARNING, /* may be saved; something about it deserves a look */
  MUN_REDIRECT_URI_WRONG,   /* Entra ID or the archive server would refuse it */
} MunRedirectUriState;

/* Checks a redirect URI as somebody types it. NULL and "" are fine: sign-in is then not used.
 * @sentence: (out) (optional) (transfer full): for WARNING and WRONG a translated sentence, else
 * NULL. Rules: "Redirect URI (reply URL) restrictions and limitations" of the Microsoft identity
 * platform. */
MunRedirectUriState
mun_redirect_uri_check (const char *uri, char **sentence);

/* The URI of a server. Port 443 is left out, and an IPv6 address gets its brackets.
 * @host: name or address without brackets; @port: Web Access port, 0 for 8462.
 * Returns: (transfer full) (nullable): NULL when @host is empty. */
char *
mun_redirect_uri_propose (const char *host, guint port);
