/* server-private.h: parts of the server that only this folder's transport and accounts need */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "accounts.h"
#include "context.h"
#include "sessions.h"

/* All (transfer none), from any thread. */
MunAccounts *
mun_server_get_accounts (MunServer *self);
MunSessions *
mun_server_get_sessions (MunServer *self);
GTlsCertificate *
mun_server_get_certificate (MunServer *self);
