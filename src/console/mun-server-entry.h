/* mun-server-entry.h: one saved server: where it is, who signs in, which certificate it must show
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MUN_DEFAULT_ADMIN_PORT 8463
#define MUN_DEFAULT_WEB_PORT 8462

/* Properties (all notify): id, name, host, admin-port, web-port, user-name, fingerprint (SHA-256
 * hex or NULL), local. */
#define MUN_TYPE_SERVER_ENTRY (mun_server_entry_get_type ())
G_DECLARE_FINAL_TYPE (MunServerEntry, mun_server_entry, MUN, SERVER_ENTRY, GObject)

/* A remote server with a fresh id; name NULL: the host. */
MunServerEntry *
mun_server_entry_new (const char *name, const char *host, guint admin_port, guint web_port,
                      const char *user_name);
/* "This Computer"; ports and fingerprint come when the embedded server is ready. */
MunServerEntry *
mun_server_entry_new_local (void);
/* What mun_server_entry_to_variant made; NULL when it has no host. */
MunServerEntry *
mun_server_entry_new_from_variant (GVariant *dictionary);
GVariant *
mun_server_entry_to_variant (MunServerEntry *self);

const char *
mun_server_entry_get_id (MunServerEntry *self);
const char *
mun_server_entry_get_name (MunServerEntry *self);
const char *
mun_server_entry_get_host (MunServerEntry *self);
guint
mun_server_entry_get_admin_port (MunServerEntry *self);
guint
mun_server_entry_get_web_port (MunServerEntry *self);
const char *
mun_server_entry_get_user_name (MunServerEntry *self);
const char *
mun_server_entry_get_fingerprint (MunServerEntry *self);
gboolean
mun_server_entry_is_local (MunServerEntry *self);
/* Why the last attempt to open it failed, in a few words; NULL when it did not. Never stored. */
const char *
mun_server_entry_get_problem (MunServerEntry *self);
void
mun_server_entry_set_problem (MunServerEntry *self, const char *problem);
void
mun_server_entry_set_fingerprint (MunServerEntry *self, const char *sha256_hex);
void
mun_server_entry_set_ports (MunServerEntry *self, guint admin_port, guint web_port);
/* What a person edited; name NULL or "": the host. Another host or port forgets the fingerprint. */
void
mun_server_entry_edit (MunServerEntry *self, const char *name, const char *host, guint admin_port,
                       guint web_port, const char *user_name);
/* "host:port" of the Administration API, "this-computer" for the local one: the name under which
 * its password is kept. */
char *
mun_server_entry_dup_address (MunServerEntry *self);

/*
 * Reads what people type or paste as an address: host, host:port, https://host:port/…, [::1]:8463.
 * Sets *host (owned) and *port (0 when none was given). FALSE with a sentence for people in *reason
 * (nullable, owned) when it is no address.
 */
gboolean
mun_server_entry_parse_address (const char *text, char **host, guint *port, char **reason);

G_END_DECLS
