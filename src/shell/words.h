/* words.h: errors in words for people */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "client.h"
#include "shell.h"

G_BEGIN_DECLS

/* mun_words_status: the exit status for an error of the client. */
MunExit
mun_words_status (const GError *error);

/* mun_words_place: "host:port", an address of IPv6 in brackets. Returns: (transfer full). */
char *
mun_words_place (const char *host, guint port);

/* mun_words_connection: why a connection did not come about, and the next thing to do. Returns:
 * (transfer full). */
char *
mun_words_connection (MunAdminClient *client, const GError *error);

/* mun_words_function: why a function (NULL: an operation that is followed) did not end well.
 * Returns: (transfer full). */
char *
mun_words_function (MunAdminClient *client, const char *function, const GError *error);

G_END_DECLS
