/* archive-session.h: account and token of an archive client; private to src/client */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "archive-client.h"
#include "transport.h"

G_BEGIN_DECLS

MunTransport *
mun_archive_client_get_transport (MunArchiveClient *self);
/* Borrowed; NULL while signed out. */
const char *
mun_archive_client_get_token (MunArchiveClient *self);
void
mun_archive_client_set_token (MunArchiveClient *self, const char *token);
/* The body that signs in. Returns: (transfer full): wipes itself when it is freed. */
GBytes *
mun_archive_client_dup_sign_in (MunArchiveClient *self);

G_END_DECLS
