/* query.h: what a search asks for */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum {
  MUN_SCOPE_SUBJECT = 1 << 0,
  MUN_SCOPE_ADDRESSES = 1 << 1, /* from, to, cc, bcc */
  MUN_SCOPE_BODY = 1 << 2,
  MUN_SCOPE_ATTACHMENT_NAMES = 1 << 3,
  MUN_SCOPE_ATTACHMENT_TEXTS = 1 << 4,
  MUN_SCOPE_ALL = 31
} MunScope;

typedef enum { MUN_TRI_ANY, MUN_TRI_YES, MUN_TRI_NO } MunTri;

typedef enum {
  MUN_SORT_DATE,
  MUN_SORT_ARCHIVED,
  MUN_SORT_SUBJECT,
  MUN_SORT_FROM_OR_TO,
  MUN_SORT_SIZE
} MunSortKey;

/* All members optional: 0 and NULL ask nothing. The strings are owned. */
typedef struct {
  char *text;                        /* words, "phrases", OR, NOT…: query-parser.h */
  guint scopes;                      /* MunScope; 0 = all */
  char *from, *to;                   /* the same for the sender, for any recipient */
  char *folder;                      /* path */
  gboolean recurse;                  /* subfolders too */
  gint64 date_from, date_to;         /* sent, Unix seconds, from <= t < to; 0 = open */
  gint64 archived_from, archived_to; /* likewise */
  gint64 size_min, size_max;         /* bytes, both included; 0 = open */
  MunTri has_attachments;
  gboolean priority_set;
  guint priority;    /* MunPriority, when priority_set */
  gint64 time_limit; /* microseconds that a step of the search may take; 0 = MUN_SEARCH_SECONDS */
  GStrv archives;    /* the archives that the caller may read; NULL = all of them, empty = none */
} MunQuery;

MunQuery *
mun_query_new (void);
MunQuery *
mun_query_copy (const MunQuery *self);
void
mun_query_free (MunQuery *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunQuery, mun_query_free)

G_END_DECLS
