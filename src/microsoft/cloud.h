/* cloud.h: the national clouds of Microsoft 365 and their addresses */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Built in: "global", "usgov" (GCC High), "dod", "china". The environment variable MUNIMENT_CLOUDS
 * names a key file that adds more, one group a cloud (the group's name is the id) with the keys
 * Name, LoginUrl, GraphUrl, CaFile (a PEM file of the authorities to trust, instead of the
 * system's) and Default=true for the one that new credentials should take. */
typedef struct {
  const char *id;
  const char *name; /* untranslated product name */
  const char
      *login_url; /* origin only, without trailing slash: https://login.microsoftonline.com */
  const char *graph_url; /* likewise */
  const char *ca_file;   /* NULL: the system's authorities */
} MunCloud;

/* Clouds live as long as the process. NULL when there is none with this id; NULL or "" asks for
 * "global". */
const MunCloud *
mun_cloud_lookup (const char *id);
/* An array ended by NULL, owned by the callee. */
const MunCloud *const *
mun_cloud_list (void);
const MunCloud *
mun_cloud_get_default (void);

/* Adds the clouds of a key file (what MUNIMENT_CLOUDS does at first use; for tests). Addresses must
 * be https, without a path. */
gboolean
mun_cloud_add_file (const char *path, GError **error);

G_END_DECLS
