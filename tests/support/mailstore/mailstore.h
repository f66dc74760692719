/* mailstore.h: a test server in the shape of a MailStore Server */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/* It has the 89 functions and none of ours, answers in the shapes of the contract 1.9 with keys
 * that nobody knows, and keeps what Set…Configuration writes, so that a test can see that those
 * keys survived.
 *
 *   main.c        options, the ready line
 *   tls.c         a self-signed certificate for this run
 *   admin.c       the Administration API over HTTP; --record writes what clients really sent
 *   operation.c   long functions: tokens, get-status that is held
 *   functions.c   what the functions do; replies.json is what they answer at first
 *   web.c         the Web Access API exactly as in the contract 1.12, or nothing at all */

#pragma once

#include "arguments.h"
#include "envelope.h"

#include <libsoup/soup.h>
#include <stdio.h>

#define MAILSTORE_USER "admin"
#define MAILSTORE_PASSWORD "password"

typedef struct {
  JsonObject *documents;  /* replies.json, and what calls made of it */
  GHashTable *operations; /* token -> Operation */
  guint serial;           /* for tokens and ids */
  guint token_uses;       /* requests for which a Web Access token is good */
  GHashTable *tokens;     /* Web Access token -> requests left */
  GHashTable *searches;   /* id -> query */
  GQueue *search_order;   /* ids, oldest first */
  gboolean hold;          /* long functions end only when they are cancelled */
  gboolean deny;          /* the account is right, but may not use this API */
  FILE *record;           /* (nullable) each call as one line of JSON: what clients really sent */
} Mailstore;

/* functions.c: the result of a function that answers at once; NULL without error is null. */
JsonNode *
mailstore_call (Mailstore *self, MunArguments *args, GError **error);

/* operation.c */
MunEnvelope *
mailstore_operation_start (Mailstore *self, MunArguments *args);
void
mailstore_operation_status (Mailstore *self, SoupServerMessage *message, GHashTable *form);
void
mailstore_operation_cancel (Mailstore *self, SoupServerMessage *message, GHashTable *form);
void
mailstore_operation_free (gpointer operation);

/* admin.c, web.c: handlers for soup_server_add_handler (). */
void
mailstore_admin_cb (SoupServer *server, SoupServerMessage *message, const char *path,
                    GHashTable *query, gpointer user_data);
void
mailstore_web_cb (SoupServer *server, SoupServerMessage *message, const char *path,
                  GHashTable *query, gpointer user_data);
void
mailstore_reply (SoupServerMessage *message, MunEnvelope *envelope);

/* tls.c: @fingerprint (out): SHA-256, upper case. */
GTlsCertificate *
mailstore_tls_make (char **fingerprint, GError **error);
