/* mun-server-entry.c: one saved server: where it is, who signs in, which certificate it must show
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-server"

#include "mun-server-entry.h"

#include "text.h"

#include <glib/gi18n.h>
#include <string.h>

struct _MunServerEntry {
  GObject parent_instance;

  char *id;
  char *name;
  char *host;
  char *user_name;
  char *fingerprint;
  char *problem;
  guint admin_port;
  guint web_port;
  gboolean local;
};

G_DEFINE_FINAL_TYPE (MunServerEntry, mun_server_entry, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_ID,
  PROP_NAME,
  PROP_HOST,
  PROP_ADMIN_PORT,
  PROP_WEB_PORT,
  PROP_USER_NAME,
  PROP_FINGERPRINT,
  PROP_LOCAL,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
mun_server_entry_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MunServerEntry *self = MUN_SERVER_ENTRY (object);

  switch (id) {
  case PROP_ID:
    g_value_set_string (value, self->id);
    break;
  case PROP_NAME:
    g_value_set_string (value, mun_server_entry_get_name (self));
    break;
  case PROP_HOST:
    g_value_set_string (value, self->host);
    break;
  case PROP_ADMIN_PORT:
    g_value_set_uint (value, self->admin_port);
    break;
  case PROP_WEB_PORT:
    g_value_set_uint (value, self->web_port);
    break;
  case PROP_USER_NAME:
    g_value_set_string (value, self->user_name);
    break;
  case PROP_FINGERPRINT:
    g_value_set_string (value, self->fingerprint);
    break;
  case PROP_LOCAL:
    g_value_set_boolean (value, self->local);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mun_server_entry_finalize (GObject *object)
{
  MunServerEntry *self = MUN_SERVER_ENTRY (object);

  g_free (self->id);
  g_free (self->name);
  g_free (self->host);
  g_free (self->user_name);
  g_free (self->fingerprint);
  g_free (self->problem);
  G_OBJECT_CLASS (mun_server_entry_parent_class)->finalize (object);
}

static void
mun_server_entry_class_init (MunServerEntryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = mun_server_entry_get_property;
  object_class->finalize = mun_server_entry_finalize;

  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_HOST] = g_param_spec_string ("host", NULL, NULL, NULL, flags);
  properties[PROP_ADMIN_PORT] = g_param_spec_uint ("admin-port", NULL, NULL, 0, 65535, 0, flags);
  properties[PROP_WEB_PORT] = g_param_spec_uint ("web-port", NULL, NULL, 0, 65535, 0, flags);
  properties[PROP_USER_NAME] = g_param_spec_string ("user-name", NULL, NULL, NULL, flags);
  properties[PROP_FINGERPRINT] = g_param_spec_string ("fingerprint", NULL, NULL, NULL, flags);
  properties[PROP_LOCAL] = g_param_spec_boolean ("local", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
mun_server_entry_init (MunServerEntry *self)
{
}

MunServerEntry *
mun_server_entry_new (const char *name, const char *host, guint admin_port, guint web_port,
                      const char *user_name)
{
  MunServerEntry *self = g_object_new (MUN_TYPE_SERVER_ENTRY, NULL);

  self->id = g_uuid_string_random ();
  self->name = name && *name ? g_strdup (name) : NULL;
  self->host = g_strdup (host);
  self->admin_port = admin_port;
  self->web_port = web_port;
  self->user_name = g_strdup (user_name);
  return self;
}

MunServerEntry *
mun_server_entry_new_local (void)
{
  MunServerEntry *self = g_object_new (MUN_TYPE_SERVER_ENTRY, NULL);

  self->id = g_strdup ("local");
  self->host = g_strdup ("127.0.0.1");
  self->user_name = g_strdup ("admin");
  self->local = TRUE;
  return self;
}

MunServerEntry *
mun_server_entry_new_from_variant (GVariant *dictionary)
{
  g_autoptr (MunServerEntry) self = g_object_new (MUN_TYPE_SERVER_ENTRY, NULL);

  g_variant_lookup (dictionary, "id", "s", &self->id);
  g_variant_lookup (dictionary, "name", "s", &self->name);
  g_variant_lookup (dictionary, "host", "s", &self->host);
  g_variant_lookup (dictionary, "user-name", "s", &self->user_name);
  g_variant_lookup (dictionary, "fingerprint", "s", &self->fingerprint);
  g_variant_lookup (dictionary, "admin-port", "u", &self->admin_port);
  g_variant_lookup (dictionary, "web-port", "u", &self->web_port);
  if (!self->host || !*self->host)
    return NULL;
  if (!self->id)
    self->id = g_uuid_string_random ();
  if (!self->admin_port)
    self->admin_port = MUN_DEFAULT_ADMIN_PORT;
  return g_steal_pointer (&self);
}

static void
add_string (GVariantBuilder *builder, const char *key, const char *value)
{
  if (value)
    g_variant_builder_add (builder, "{sv}", key, g_variant_new_string (value));
}

GVariant *
mun_server_entry_to_variant (MunServerEntry *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  add_string (&builder, "id", self->id);
  add_string (&builder, "name", self->name);
  add_string (&builder, "host", self->host);
  add_string (&builder, "user-name", self->user_name);
  add_string (&builder, "fingerprint", self->fingerprint);
  g_variant_builder_add (&builder, "{sv}", "admin-port", g_variant_new_uint32 (self->admin_port));
  g_variant_builder_add (&builder, "{sv}", "web-port", g_variant_new_uint32 (self->web_port));
  return g_variant_builder_end (&builder);
}

const char *
mun_server_entry_get_id (MunServerEntry *self)
{
  return self->id;
}

const char *
mun_server_entry_get_name (MunServerEntry *self)
{
  if (self->local)
    return _ ("This Computer");
  return self->name ? self->name : self->host;
}

const char *
mun_server_entry_get_host (MunServerEntry *self)
{
  return self->host;
}

guint
mun_server_entry_get_admin_port (MunServerEntry *self)
{
  return self->admin_port;
}

guint
mun_server_entry_get_web_port (MunServerEntry *self)
{
  return self->web_port;
}

const char *
mun_server_entry_get_user_name (MunServerEntry *self)
{
  return self->user_name;
}

const char *
mun_server_entry_get_fingerprint (MunServerEntry *self)
{
  return self->fingerprint;
}

gboolean
mun_server_entry_is_local (MunServerEntry *self)
{
  return self->local;
}

const char *
mun_server_entry_get_problem (MunServerEntry *self)
{
  return self->problem;
}

void
mun_server_entry_set_problem (MunServerEntry *self, const char *problem)
{
  char *copy = g_strdup (problem);

  g_free (self->problem);
  self->problem = copy;
}

void
mun_server_entry_set_fingerprint (MunServerEntry *self, const char *sha256_hex)
{
  if (g_strcmp0 (self->fingerprint, sha256_hex) == 0)
    return;
  g_free (self->fingerprint);
  self->fingerprint = sha256_hex && *sha256_hex ? g_strdup (sha256_hex) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FINGERPRINT]);
}

void
mun_server_entry_set_ports (MunServerEntry *self, guint admin_port, guint web_port)
{
  if (self->admin_port != admin_port) {
    self->admin_port = admin_port;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ADMIN_PORT]);
  }
  if (self->web_port != web_port) {
    self->web_port = web_port;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WEB_PORT]);
  }
}

void
mun_server_entry_edit (MunServerEntry *self, const char *name, const char *host, guint admin_port,
                       guint web_port, const char *user_name)
{
  g_return_if_fail (!self->local);

  if (g_strcmp0 (self->host, host) != 0 || self->admin_port != admin_port)
    mun_server_entry_set_fingerprint (self, NULL);
  mun_server_entry_set_ports (self, admin_port, web_port);
  if (mun_set_str (&self->host, host))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HOST]);
  if (mun_set_str (&self->user_name, user_name))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_USER_NAME]);
  mun_set_str (&self->name, name && *name ? name : NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
}

char *
mun_server_entry_dup_address (MunServerEntry *self)
{
  if (self->local)
    return g_strdup ("this-computer");
  return g_strdup_printf (strchr (self->host, ':') ? "[%s]:%u" : "%s:%u", self->host,
                          self->admin_port);
}

static gboolean
refuse (char **reason, const char *sentence)
{
  if (reason)
    *reason = g_strdup (sentence);
  return FALSE;
}

gboolean
mun_server_entry_parse_address (const char *text, char **host, guint *port, char **reason)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text ? text : ""));
  g_autofree char *with_scheme = NULL;
  g_autofree char *scheme = NULL;
  g_autofree char *parsed_host = NULL;
  int parsed_port = -1;

  if (!*trimmed)
    return refuse (reason, _ ("Enter the server’s address."));
  scheme = strstr (trimmed, "://") ? g_uri_parse_scheme (trimmed) : g_strdup ("https");
  if (g_strcmp0 (scheme, "https") != 0)
    return refuse (
        reason,
        _ ("Only https addresses can be used: without encryption the password would be readable."));
  with_scheme
      = strstr (trimmed, "://") ? g_strdup (trimmed) : g_strconcat ("https://", trimmed, NULL);
  if (!g_uri_split_network (with_scheme, G_URI_FLAGS_NONE, NULL, &parsed_host, &parsed_port, NULL)
      || !parsed_host || !*parsed_host || strpbrk (parsed_host, " \t/@"))
    return refuse (reason, _ ("This is not an address. It looks like archive.example.com or "
                              "archive.example.com:8463."));
  if (parsed_port == 0 || parsed_port > 65535)
    return refuse (reason, _ ("A port is a number from 1 to 65535."));
  *host = g_steal_pointer (&parsed_host);
  *port = parsed_port > 0 ? parsed_port : 0;
  return TRUE;
}
