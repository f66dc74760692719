/* mun-page-table.h: which pages the sidebar has, in which order, and what each needs of the server
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "mun-connection.h"

G_BEGIN_DECLS

typedef struct {
  const char
      *section;      /* heading of a first-level section, translatable; NULL: above all sections */
  const char *group; /* heading inside the section, translatable; NULL: none */
  const char *id;    /* stable name: settings, "win.show-page", tests */
  const char *title; /* translatable; MailStore's word */
  const char *icon_name;
  GType (*get_type) (void); /* derives from MunPage */
  const char *function;     /* must be in the server's metadata; NULL: always there */
  gboolean needs_archive;   /* needs the Web Access API */
} MunPageEntry;

/* The table, in the sidebar's order. */
const MunPageEntry *
mun_page_table_list (guint *n_entries);
const MunPageEntry *
mun_page_table_lookup (const char *id);
/* Whether the server has what the page needs. */
gboolean
mun_page_table_is_available (const MunPageEntry *entry, MunConnection *connection);

G_END_DECLS
