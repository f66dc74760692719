/* known-servers.h: certificates that were accepted before */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Returns: (transfer full): $XDG_CONFIG_HOME/muniment/known-servers: a key file with one group a
 * server, "HOST PORT", and in it "fingerprint". */
char *
mun_known_servers_dup_path (void);

/* mun_known_servers_lookup: Returns: (transfer full) (nullable): the SHA-256 fingerprint that was
 * accepted for this server, NULL when none was. Error: a file that cannot be read: then nothing may
 * be accepted. */
char *
mun_known_servers_lookup (const char *host, guint port, GError **error);

/* mun_known_servers_remember: writes the file anew, readable by its owner only. */
gboolean
mun_known_servers_remember (const char *host, guint port, const char *fingerprint, GError **error);

G_END_DECLS
