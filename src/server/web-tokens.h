/* web-tokens.h: bearer tokens of the Web Access API */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* A token is good for one user and a fixed time. Thread-safe. */
typedef struct _MunWebTokens MunWebTokens;

/* @lifetime: seconds */
MunWebTokens *
mun_web_tokens_new (guint lifetime);
void
mun_web_tokens_free (MunWebTokens *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunWebTokens, mun_web_tokens_free)

guint
mun_web_tokens_get_lifetime (MunWebTokens *self);
/* Returns: (transfer full) */
char *
mun_web_tokens_issue (MunWebTokens *self, const char *user_name);
/* Returns: (transfer full) (nullable): the user, NULL for a token that is unknown or ran out */
char *
mun_web_tokens_dup_user (MunWebTokens *self, const char *token);
void
mun_web_tokens_revoke (MunWebTokens *self, const char *token);
void
mun_web_tokens_revoke_user (MunWebTokens *self, const char *user_name);
