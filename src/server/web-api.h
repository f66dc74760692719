/* web-api.h: the Web Access API over HTTP: archives, searches, messages */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "admin-api.h"
#include "configuration.h"
#include "listener.h"

typedef struct _MunWebApi MunWebApi;

/* @parts: (transfer none): outlives the API. */
MunWebApi *
mun_web_api_new (MunApiParts *parts, const MunConfiguration *configuration);
/* All requests must have been answered: see MunApiParts.pending. */
void
mun_web_api_free (MunWebApi *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunWebApi, mun_web_api_free)

/* Refuses what arrives from now on. */
void
mun_web_api_stop (MunWebApi *self);

/* Ends the user's tokens and searches; NULL: everybody's searches, because what may be read has
 * changed. Any thread. */
void
mun_web_api_forget_user (MunWebApi *self, const char *user_name);

/* A MunListenerHandler and a MunListenerFilter; @data: MunWebApi. */
void
mun_web_api_handle (SoupServerMessage *message, const char *path, gpointer data);
gboolean
mun_web_api_filter (SoupServerMessage *message, const char *path, gpointer data);
