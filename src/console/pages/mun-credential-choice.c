/* mun-credential-choice.c: the credentials that a server has and those of this desktop, as one list
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-console"

#include "mun-credential-choice.h"

#include "json.h"
#include "mun-words.h"

#include <glib/gi18n.h>

struct _MunCredentialChoice {
  GObject parent_instance;
  gint64 server_id;
  MunAppCredential *local;
  char *name;
  char *client_id;
  char *tenant_id;
  char *thumbprint;
  gint64 not_after;
  gboolean renewed;
};

G_DEFINE_FINAL_TYPE (MunCredentialChoice, mun_credential_choice, G_TYPE_OBJECT)

static void
mun_credential_choice_finalize (GObject *object)
{
  MunCredentialChoice *self = MUN_CREDENTIAL_CHOICE (object);

  g_clear_object (&self->local);
  g_free (self->name);
  g_free (self->client_id);
  g_free (self->tenant_id);
  g_free (self->thumbprint);
  G_OBJECT_CLASS (mun_credential_choice_parent_class)->finalize (object);
}

static void
mun_credential_choice_class_init (MunCredentialChoiceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mun_credential_choice_finalize;
}

static void
mun_credential_choice_init (MunCredentialChoice *self)
{
}

static gboolean
same_text (const char *a, const char *b)
{
  return g_ascii_strcasecmp (a != NULL ? a : "", b != NULL ? b : "") == 0;
}

static MunCredentialChoice *
choice_from_server (JsonObject *object)
{
  MunCredentialChoice *self = g_object_new (MUN_TYPE_CREDENTIAL_CHOICE, NULL);

  self->server_id = mun_json_get_int (object, "id", 0);
  self->name = g_strdup (mun_json_get_string (object, "name", ""));
  self->client_id = g_strdup (mun_json_get_string (object, "clientId", ""));
  self->tenant_id = g_strdup (mun_json_get_string (object, "tenantId", ""));
  self->thumbprint = g_strdup (mun_json_get_string (object, "certificateThumbprint", ""));
  self->not_after = mun_words_parse_time (mun_json_get_string (object, "certificateNotAfter", ""));
  return self;
}

static MunCredentialChoice *
choice_from_local (MunAppCredential *local)
{
  MunCredentialChoice *self = g_object_new (MUN_TYPE_CREDENTIAL_CHOICE, NULL);

  self->local = g_object_ref (local);
  self->name = g_strdup (mun_app_credential_get_name (local));
  self->client_id = g_strdup (mun_app_credential_get_client_id (local));
  self->tenant_id = g_strdup (mun_app_credential_get_tenant_id (local));
  self->thumbprint = g_strdup (mun_app_credential_get_thumbprint (local));
  self->not_after = mun_app_credential_get_not_after (local);
  return self;
}

/* The choice that already stands for this credential. A server without ids in its list matches
 * nothing. */
static MunCredentialChoice *
find_same (GPtrArray *choices, MunAppCredential *local)
{
  for (guint i = 0; i < choices->len; i++) {
    MunCredentialChoice *choice = g_ptr_array_index (choices, i);

    if (*choice->client_id != '\0' && choice->local == NULL
        && same_text (choice->client_id, mun_app_credential_get_client_id (local))
        && same_text (choice->tenant_id, mun_app_credential_get_tenant_id (local)))
      return choice;
  }
  return NULL;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const MunCredentialChoice *left = *(MunCredentialChoice *const *)a;
  const MunCredentialChoice *right = *(MunCredentialChoice *const *)b;
  int order = g_utf8_collate (left->name, right->name);

  return order != 0 ? order
                    : (left->server_id > right->server_id) - (left->server_id < right->server_id);
}

GListStore *
mun_credential_choice_list (JsonNode *server, GPtrArray *local, gboolean takes_credentials)
{
  GListStore *store = g_list_store_new (MUN_TYPE_CREDENTIAL_CHOICE);
  g_autoptr (GPtrArray) choices = g_ptr_array_new_with_free_func (g_object_unref);
  JsonArray *array
      = server != NULL && JSON_NODE_HOLDS_ARRAY (server) ? json_node_get_array (server) : NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++) {
    JsonNode *node = json_array_get_element (array, i);

    if (JSON_NODE_HOLDS_OBJECT (node))
      g_ptr_array_add (choices, choice_from_server (json_node_get_object (node)));
  }
  for (guint i = 0; local != NULL && i < local->len; i++) {
    MunAppCredential *credential = g_ptr_array_index (local, i);
    MunCredentialChoice *same = find_same (choices, credential);

    if (same != NULL) {
      same->local = g_object_ref (credential);
      same->renewed
          = takes_credentials && *same->thumbprint != '\0'
            && !same_text (same->thumbprint, mun_app_credential_get_thumbprint (credential));
    } else if (takes_credentials) {
      g_ptr_array_add (choices, choice_from_local (credential));
    }
  }
  g_ptr_array_sort (choices, compare);
  g_list_store_splice (store, 0, 0, choices->pdata, choices->len);
  return store;
}

MunCredentialChoice *
mun_credential_choice_new_none (void)
{
  MunCredentialChoice *self = g_object_new (MUN_TYPE_CREDENTIAL_CHOICE, NULL);

  self->name = g_strdup (_ ("None"));
  self->client_id = g_strdup ("");
  self->tenant_id = g_strdup ("");
  self->thumbprint = g_strdup ("");
  return self;
}

gboolean
mun_credential_choice_is_none (MunCredentialChoice *self)
{
  return self->server_id == 0 && self->local == NULL;
}

gint64
mun_credential_choice_get_server_id (MunCredentialChoice *self)
{
  return self->server_id;
}

MunAppCredential *
mun_credential_choice_get_local (MunCredentialChoice *self)
{
  return self->local;
}

const char *
mun_credential_choice_get_name (MunCredentialChoice *self)
{
  return self->name;
}

const char *
mun_credential_choice_get_tenant_id (MunCredentialChoice *self)
{
  return self->tenant_id;
}

const char *
mun_credential_choice_get_client_id (MunCredentialChoice *self)
{
  return self->client_id;
}

const char *
mun_credential_choice_get_thumbprint (MunCredentialChoice *self)
{
  return self->thumbprint;
}

gint64
mun_credential_choice_get_not_after (MunCredentialChoice *self)
{
  return self->not_after;
}

gboolean
mun_credential_choice_is_renewed (MunCredentialChoice *self)
{
  return self->renewed;
}

/* Whole days, rounded down: the last day is 0. */
static gint64
days_until (gint64 time, gint64 now)
{
  gint64 seconds = time - now;

  return seconds >= 0 ? seconds / 86400 : -((-seconds + 86399) / 86400);
}

char *
mun_credential_choice_dup_label (MunCredentialChoice *self, gint64 now)
{
  g_autofree char *words = NULL;

  if (mun_credential_choice_is_none (self))
    return g_strdup (self->name);
  if (self->server_id == 0)
    /* Translators: a credential that the server does not have yet. */
    return g_strdup_printf (_ ("%s — on this computer"), self->name);
  if (self->not_after == 0)
    return g_strdup (self->name);
  words = mun_words_days_left (days_until (self->not_after, now));
  /* Translators: a credential's name, and when its certificate expires: "expires in 412 days". */
  return g_strdup_printf (_ ("%s — %s"), self->name, words);
}

guint
mun_credential_choice_find (GListModel *choices, gint64 server_id)
{
  for (guint i = 0; server_id != 0 && i < g_list_model_get_n_items (choices); i++) {
    g_autoptr (MunCredentialChoice) choice = g_list_model_get_item (choices, i);

    if (choice->server_id == server_id)
      return i;
  }
  return G_MAXUINT;
}

GStrv
mun_credential_choice_dup_users (gint64 server_id, JsonNode *directory, JsonNode *profiles)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  JsonArray *array = profiles != NULL && JSON_NODE_HOLDS_ARRAY (profiles)
                         ? json_node_get_array (profiles)
                         : NULL;

  if (server_id != 0 && directory != NULL && JSON_NODE_HOLDS_OBJECT (directory)
      && mun_json_get_int (json_node_get_object (directory), "credentialsId", 0) == server_id)
    g_strv_builder_add (builder, _ ("Directory Services"));
  for (guint i = 0; server_id != 0 && array != NULL && i < json_array_get_length (array); i++) {
    JsonNode *node = json_array_get_element (array, i);
    JsonObject *profile = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    JsonObject *details = profile != NULL ? mun_json_get_object (profile, "details") : NULL;

    if (details != NULL && mun_json_get_int (details, "credentialsId", 0) == server_id)
      g_strv_builder_add (builder, mun_json_get_string (profile, "name", ""));
  }
  return g_strv_builder_end (builder);
}
