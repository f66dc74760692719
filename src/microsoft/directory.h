/* directory.h: users, groups and members of a tenant (Graph, permission Directory.Read.All) */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "graph.h"

G_BEGIN_DECLS

typedef struct {
  char *id;           /* object id, the only thing about a user that never changes */
  char *upn;          /* userPrincipalName, as the tenant writes it */
  char *display_name; /* "" when there is none */
  GStrv addresses;  /* without scheme, primary first, no doubles (case-insensitive); may be empty */
  char *user_type;  /* "Member" or "Guest" */
  gboolean enabled; /* accountEnabled */
  gboolean licensed; /* has an enabled Exchange Online plan */
} MunDirectoryUser;

void
mun_directory_user_free (MunDirectoryUser *user);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunDirectoryUser, mun_directory_user_free)

typedef struct {
  char *id;
  char *name;
  char *mail;        /* "" when there is none */
  gboolean unified;  /* a Microsoft 365 group */
  gboolean security; /* securityEnabled */
} MunDirectoryGroup;

void
mun_directory_group_free (MunDirectoryGroup *group);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunDirectoryGroup, mun_directory_group_free)

/* Every user of the tenant, or an error: never a part of them. Array of MunDirectoryUser, in the
 * tenant's order. */
GPtrArray *
mun_directory_list_users (MunGraph *graph, GCancellable *cancellable, GError **error);

/* Every group, sorted by name. Array of MunDirectoryGroup. */
GPtrArray *
mun_directory_list_groups (MunGraph *graph, GCancellable *cancellable, GError **error);

/* Object ids of the users in a group, nested groups included: a set (key equals value). */
GHashTable *
mun_directory_list_member_ids (MunGraph *graph, const char *group_id, GCancellable *cancellable,
                               GError **error);

/* The tenant's display name and its verified domains; any out argument may be NULL. */
gboolean
mun_directory_get_organization (MunGraph *graph, char **name, GStrv *domains,
                                GCancellable *cancellable, GError **error);

G_END_DECLS
