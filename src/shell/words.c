/* words.c: errors in words for people */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "munimentctl"

#include "words.h"

#include "errors.h"
#include "known-servers.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

MunExit
mun_words_status (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return MUN_EXIT_CANCELLED;
  if (error->domain != MUN_ERROR)
    return MUN_EXIT_FAILED;
  switch (error->code) {
  case MUN_ERROR_UNREACHABLE:
  case MUN_ERROR_UNTRUSTED:
  case MUN_ERROR_CERTIFICATE_CHANGED:
  case MUN_ERROR_NOT_AN_ARCHIVE:
  case MUN_ERROR_AUTHENTICATION:
  case MUN_ERROR_DENIED:
    return MUN_EXIT_CONNECTION;
  default:
    return MUN_EXIT_FAILED;
  }
}

char *
mun_words_place (const char *host, guint port)
{
  return g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u", host, port);
}

static char *
dup_place (MunAdminClient *client)
{
  return mun_words_place (mun_admin_client_get_host (client), mun_admin_client_get_port (client));
}

static char *
certificate_words (MunAdminClient *client, const char *place, const GError *error)
{
  MunServerCertificate *certificate = mun_admin_client_get_certificate (client);
  const char *fingerprint
      = certificate != NULL ? mun_server_certificate_get_fingerprint (certificate) : "";
  g_autofree char *path = mun_known_servers_dup_path ();

  if (error->code == MUN_ERROR_UNTRUSTED)
    return g_strdup_printf (
        /* Translators: a server, and the fingerprint of its certificate */
        _ ("%s: the certificate of the server is not trusted. Its SHA-256 fingerprint is\n  %s\n"
           "Compare it with the one that the server's administrator tells, then run the command "
           "again with --accept-new, or with --fingerprint and the fingerprint."),
        place, fingerprint);
  return g_strdup_printf (
      /* Translators: a server, the fingerprint of its certificate, the name of a file */
      _ ("%s: the server shows another certificate than the accepted one. Somebody may be "
         "listening in, or the server has a new certificate. Its SHA-256 fingerprint is\n  %s\n"
         "Ask the server's administrator. If the certificate is the right one, give its "
         "fingerprint with --fingerprint, or delete the remembered one from %s and use "
         "--accept-new."),
      place, fingerprint, path);
}

char *
mun_words_connection (MunAdminClient *client, const GError *error)
{
  g_autofree char *place = dup_place (client);

  if (error->domain != MUN_ERROR)
    return g_strdup_printf ("%s: %s", place, error->message);
  switch (error->code) {
  case MUN_ERROR_UNTRUSTED:
  case MUN_ERROR_CERTIFICATE_CHANGED:
    return certificate_words (client, place, error);
  case MUN_ERROR_UNREACHABLE:
    return g_strdup_printf (
        _ ("%s: the server cannot be reached. Check its name and port with --server, and that the "
           "server runs. (%s)"),
        place, error->message);
  case MUN_ERROR_NOT_AN_ARCHIVE:
    return g_strdup_printf (_ ("%s: what answers there is not an archive server. Give the port of "
                               "the Administration API with --server. (%s)"),
                            place, error->message);
  case MUN_ERROR_AUTHENTICATION:
    return g_strdup_printf (_ ("%s: the server does not accept the user name %s or the password. "
                               "Check --user and the password."),
                            place, mun_admin_client_get_user (client));
  case MUN_ERROR_DENIED:
    return g_strdup_printf (_ ("%s: %s may not use the Administration API. Sign in as an "
                               "administrator whose login privileges contain “api”. (%s)"),
                            place, mun_admin_client_get_user (client), error->message);
  default:
    return g_strdup_printf ("%s: %s", place, error->message);
  }
}

char *
mun_words_function (MunAdminClient *client, const char *function, const GError *error)
{
  g_autofree char *place = dup_place (client);

  if (mun_words_status (error) == MUN_EXIT_CONNECTION)
    return mun_words_connection (client, error);
  if (g_error_matches (error, MUN_ERROR, MUN_ERROR_EXPIRED))
    return g_strdup_printf (_ ("%s: the server does not know the operation any more. Its results "
                               "tell how it ended."),
                            place);
  /* Translators: a server, the name of a function, the server's own sentence */
  return g_strdup_printf (_ ("%s: %s failed: %s"), place,
                          function != NULL ? function : _ ("the operation"), error->message);
}
