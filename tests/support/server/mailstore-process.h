/* mailstore-process.h: a MailStore-shaped server for tests */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* Starts $MUNIMENT_MAILSTORE on free ports; its user is "admin" with "password".
 * @option: (nullable): one option of the program. @web_port: (out) (optional). @fingerprint: (out):
 * SHA-256 of its certificate. Returns: (transfer full): end it with mailstore_stop(). */
GSubprocess *
mailstore_start (const char *option, guint16 *admin_port, guint16 *web_port, char **fingerprint);
void
mailstore_stop (GSubprocess *process);
