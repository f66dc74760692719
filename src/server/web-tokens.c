/* web-tokens.c: bearer tokens of the Web Access API */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "web-tokens.h"

#include "text.h"

#define TOKEN_BYTES 32
#define TOKENS_MAX 100000

typedef struct {
  char *user_name;
  gint64 end; /* monotonic */
} Token;

struct _MunWebTokens {
  guint lifetime;
  GMutex lock;
  GHashTable *tokens; /* SHA-256 of the token -> Token: a look-up tells nothing of the token */
};

static void
token_free (gpointer data)
{
  Token *token = data;

  g_free (token->user_name);
  g_free (token);
}

MunWebTokens *
mun_web_tokens_new (guint lifetime)
{
  MunWebTokens *self = g_new0 (MunWebTokens, 1);

  self->lifetime = lifetime;
  g_mutex_init (&self->lock);
  self->tokens = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, token_free);
  return self;
}

void
mun_web_tokens_free (MunWebTokens *self)
{
  g_hash_table_unref (self->tokens);
  g_mutex_clear (&self->lock);
  g_free (self);
}

guint
mun_web_tokens_get_lifetime (MunWebTokens *self)
{
  return self->lifetime;
}

static char *
hash (const char *token)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, token, -1);
}

static gboolean
has_ended (gpointer key, gpointer value, gpointer data)
{
  Token *token = value;

  return token->end <= g_get_monotonic_time ();
}

static gboolean
belongs_to (gpointer key, gpointer value, gpointer user_name)
{
  Token *token = value;

  return g_ascii_strcasecmp (token->user_name, user_name) == 0;
}

char *
mun_web_tokens_issue (MunWebTokens *self, const char *user_name)
{
  char *text = mun_text_random_hex (TOKEN_BYTES);
  Token *token = g_new0 (Token, 1);

  token->user_name = g_strdup (user_name);
  token->end = g_get_monotonic_time () + (gint64)self->lifetime * G_USEC_PER_SEC;
  g_mutex_lock (&self->lock);
  g_hash_table_foreach_remove (self->tokens, has_ended, NULL);
  if (g_hash_table_size (self->tokens) >= TOKENS_MAX)
    g_hash_table_remove_all (self->tokens);
  g_hash_table_replace (self->tokens, hash (text), token);
  g_mutex_unlock (&self->lock);
  return text;
}

char *
mun_web_tokens_dup_user (MunWebTokens *self, const char *text)
{
  g_autofree char *key = hash (text);
  char *user_name = NULL;
  Token *token;

  g_mutex_lock (&self->lock);
  token = g_hash_table_lookup (self->tokens, key);
  if (token != NULL && !has_ended (NULL, token, NULL))
    user_name = g_strdup (token->user_name);
  g_mutex_unlock (&self->lock);
  return user_name;
}

void
mun_web_tokens_revoke (MunWebTokens *self, const char *text)
{
  g_autofree char *key = hash (text);

  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->tokens, key);
  g_mutex_unlock (&self->lock);
}

void
mun_web_tokens_revoke_user (MunWebTokens *self, const char *user_name)
{
  g_mutex_lock (&self->lock);
  g_hash_table_foreach_remove (self->tokens, belongs_to, (gpointer)user_name);
  g_mutex_unlock (&self->lock);
}
