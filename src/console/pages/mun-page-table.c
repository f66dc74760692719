/* mun-page-table.c: which pages the sidebar has, in which order, and what each needs of the server
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-page"

#include "mun-page-table.h"

#include "mun-archive-email-page.h"
#include "mun-archive-page.h"
#include "mun-dashboard-page.h"
#include "mun-directory-page.h"
#include "mun-indexes-page.h"
#include "mun-search-page.h"
#include "mun-stores-page.h"
#include "mun-users-page.h"

#include <glib/gi18n.h>

#define ADMINISTRATIVE_TOOLS N_ ("Administrative Tools")
#define USERS_AND_ARCHIVES N_ ("Users and Archives")
#define STORAGE N_ ("Storage")

/* The order of MailStore's tree: Dashboard, Archive, Search, Archive Email, then the Administrative
 * Tools. */
static const MunPageEntry entries[] = {
  { NULL, NULL, "dashboard", N_ ("Dashboard"), "mun-dashboard-symbolic",
    mun_dashboard_page_get_type, NULL, FALSE },
  { NULL, NULL, "archive", N_ ("Archive"), "mun-archive-symbolic", mun_archive_page_get_type, NULL,
    TRUE },
  { NULL, NULL, "search", N_ ("Search"), "system-search-symbolic", mun_search_page_get_type, NULL,
    TRUE },
  { NULL, NULL, "archive-email", N_ ("Archive Email"), "mail-read-symbolic",
    mun_archive_email_page_get_type, "GetProfiles", FALSE },
  { ADMINISTRATIVE_TOOLS, USERS_AND_ARCHIVES, "users", N_ ("Users"), "system-users-symbolic",
    mun_users_page_get_type, "GetUsers", FALSE },
  { ADMINISTRATIVE_TOOLS, USERS_AND_ARCHIVES, "directory-services", N_ ("Directory Services"),
    "mun-directory-symbolic", mun_directory_page_get_type, "GetDirectoryServicesConfiguration",
    FALSE },
  { ADMINISTRATIVE_TOOLS, STORAGE, "storage-locations", N_ ("Storage Locations"),
    "drive-harddisk-symbolic", mun_stores_page_get_type, "GetStores", FALSE },
  { ADMINISTRATIVE_TOOLS, STORAGE, "search-indexes", N_ ("Search Indexes"),
    "system-search-symbolic", mun_indexes_page_get_type, "GetStoreIndexes", FALSE },
};

const MunPageEntry *
mun_page_table_list (guint *n_entries)
{
  *n_entries = G_N_ELEMENTS (entries);
  return entries;
}

const MunPageEntry *
mun_page_table_lookup (const char *id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++)
    if (g_strcmp0 (entries[i].id, id) == 0)
      return &entries[i];
  return NULL;
}

gboolean
mun_page_table_is_available (const MunPageEntry *entry, MunConnection *connection)
{
  if (entry->function && !mun_connection_has_function (connection, entry->function))
    return FALSE;
  return !entry->needs_archive || mun_connection_has_archive (connection);
}
