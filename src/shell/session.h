/* session.h: connects, calls one function, follows it to its end */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "options.h"
#include "protocol.h"
#include "secret.h"

G_BEGIN_DECLS

/* mun_session_run: runs a main loop until the function has ended, writes its result to standard
 * output and everything else to standard error. SIGINT and SIGTERM ask the server to stop; a second
 * one leaves the operation to the server. @arguments: (nullable): NULL follows options->follow.
 * Returns: the exit status. */
MunExit
mun_session_run (MunShellOptions *options, MunArguments *arguments, MunSecret *password);

G_END_DECLS
