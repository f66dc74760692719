/* master-searches.h: MunMaster continued: the searches that a user keeps by name */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "master.h"

G_BEGIN_DECLS

#define MUN_SAVED_SEARCHES_MAX 200
#define MUN_SAVED_SEARCH_MAX_NAME 100             /* characters */
#define MUN_SAVED_SEARCH_MAX_CRITERIA (32 * 1024) /* bytes of JSON */

/* A saved search belongs to one user and is found with that user's name only; it keeps to a user who
 * is renamed and goes with one who is removed. Its name is one line of text, without the spaces
 * around it, and different from the user's others without regard to case. What the criteria ask is
 * for the caller to know. Returned documents: {"id","name","criteria"}. Errors: MUN_ERROR_NOT_FOUND
 * for the user or the search, _EXISTS, _INVALID about a name, _TOO_LARGE. */

/* In the order of their names. */
JsonArray *
mun_master_list_saved_searches (MunMaster *self, const char *user_name, GError **error);
JsonObject *
mun_master_get_saved_search (MunMaster *self, const char *user_name, gint64 id, GError **error);
/* Returns: the id; 0 with an error. */
gint64
mun_master_insert_saved_search (MunMaster *self, const char *user_name, const char *name,
                                JsonObject *criteria, GError **error);
/* @name, @criteria: (nullable): NULL keeps what is there. */
gboolean
mun_master_update_saved_search (MunMaster *self, const char *user_name, gint64 id, const char *name,
                                JsonObject *criteria, GError **error);
gboolean
mun_master_remove_saved_search (MunMaster *self, const char *user_name, gint64 id, GError **error);

G_END_DECLS
