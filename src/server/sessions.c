/* sessions.c: who is using the server now */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "sessions.h"

#include "json.h"
#include "timezone.h"

#define IDLE_SECONDS 900
#define SESSIONS_MAX 10000

typedef struct {
  char *user_name;
  char *address;
  char *client_type;
  gint64 login; /* Unix seconds */
  gint64 seen;
} Session;

struct _MunSessions {
  GMutex lock;
  GHashTable *sessions; /* user, address, type -> Session */
};

static void
session_free (gpointer data)
{
  Session *session = data;

  g_free (session->user_name);
  g_free (session->address);
  g_free (session->client_type);
  g_free (session);
}

MunSessions *
mun_sessions_new (void)
{
  MunSessions *self = g_new0 (MunSessions, 1);

  g_mutex_init (&self->lock);
  self->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, session_free);
  return self;
}

void
mun_sessions_free (MunSessions *self)
{
  g_hash_table_unref (self->sessions);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static gint64
now_seconds (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static gboolean
is_idle (gpointer key, gpointer value, gpointer data)
{
  Session *session = value;

  return session->seen + IDLE_SECONDS < now_seconds ();
}

void
mun_sessions_touch (MunSessions *self, const char *user_name, const char *address,
                    const char *client_type)
{
  g_autofree char *key = g_strjoin ("\n", client_type, address, user_name, NULL);
  gint64 now = now_seconds ();
  Session *session;

  g_mutex_lock (&self->lock);
  session = g_hash_table_lookup (self->sessions, key);
  if (session != NULL && is_idle (NULL, session, NULL)) {
    g_hash_table_remove (self->sessions, key);
    session = NULL;
  }
  if (session == NULL) {
    if (g_hash_table_size (self->sessions) >= SESSIONS_MAX)
      g_hash_table_foreach_remove (self->sessions, is_idle, NULL);
    session = g_new0 (Session, 1);
    session->user_name = g_strdup (user_name);
    session->address = g_strdup (address);
    session->client_type = g_strdup (client_type);
    session->login = now;
    g_hash_table_replace (self->sessions, g_steal_pointer (&key), session);
  }
  session->seen = now;
  g_mutex_unlock (&self->lock);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const Session *first = *(Session *const *)a, *second = *(Session *const *)b;

  return first->login < second->login ? -1 : first->login > second->login;
}

static JsonObject *
to_json (const Session *session, GTimeZone *zone)
{
  JsonObject *object = json_object_new ();
  g_autofree char *login = mun_timestamp_format (session->login, zone);
  g_autofree char *seen = mun_timestamp_format (session->seen, zone);

  json_object_set_string_member (object, "userName", session->user_name);
  json_object_set_string_member (object, "machineName", session->address);
  json_object_set_string_member (object, "clientType", session->client_type);
  json_object_set_string_member (object, "loginTime", login);
  json_object_set_string_member (object, "lastActivity", seen);
  return object;
}

JsonNode *
mun_sessions_list (MunSessions *self)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  JsonArray *array = json_array_new ();
  GHashTableIter iter;
  gpointer session;

  g_mutex_lock (&self->lock);
  g_hash_table_foreach_remove (self->sessions, is_idle, NULL);
  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &session))
    g_ptr_array_add (sorted, session);
  g_ptr_array_sort (sorted, compare);
  for (guint i = 0; i < sorted->len; i++)
    json_array_add_object_element (array, to_json (sorted->pdata[i], zone));
  g_mutex_unlock (&self->lock);
  return mun_json_node_take_array (array);
}
