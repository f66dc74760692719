/* mailbox.h: folders and messages of one mailbox (Graph, permission Mail.Read) */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "graph.h"

G_BEGIN_DECLS

typedef struct {
  char *id; /* constant for the folder's life */
  char *parent_id;
  char *name; /* display name */
  char *path; /* names from the top joined by "/"; a "/" in a name is written "∕" (U+2215), an empty
                 name "_" */
  gint64 total; /* messages in it, not below it */
  gboolean hidden;
} MunMailFolder;

void
mun_mail_folder_free (MunMailFolder *folder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunMailFolder, mun_mail_folder_free)

typedef struct {
  char *id;         /* immutable id */
  gint64 received;  /* seconds since 1970; 0 when unknown */
  gboolean removed; /* deleted or moved out of the folder; nothing but the id is known */
} MunMailItem;

typedef struct {
  GPtrArray *items; /* of MunMailItem; an empty page is normal */
  char *next_link;  /* more pages: pass it on. Exactly one of the two links is set */
  char *delta_link; /* the end: keep it, and pass it on at the next run */
} MunDeltaPage;

void
mun_delta_page_free (MunDeltaPage *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunDeltaPage, mun_delta_page_free)

/* The whole tree of `user` (object id or address), parents before children, search folders left
 * out; hidden ones only when asked for. Two folders with the same path are possible after the
 * replacement of characters. Array of MunMailFolder. */
GPtrArray *
mun_mailbox_list_folders (MunGraph *graph, const char *user, gboolean include_hidden,
                          GCancellable *cancellable, GError **error);

/* The id of a folder by its well-known name ("junkemail", "deleteditems"; learn.microsoft.com,
 * Graph v1.0, mailFolder), whatever the mailbox's language calls it. NULL without an error: the
 * mailbox has none. */
char *
mun_mailbox_find_folder (MunGraph *graph, const char *user, const char *well_known,
                         GCancellable *cancellable, GError **error);

/* One page of changes in a folder. `link` is a next_link or delta_link, or NULL to begin (then
 * everything counts as a change). `page_size` 1 to 1000 is a wish, sent as odata.maxpagesize.
 * MUN_GRAPH_ERROR_SYNC_STATE_LOST: begin again with NULL and skip what is known. */
MunDeltaPage *
mun_mailbox_delta (MunGraph *graph, const char *user, const char *folder_id, const char *link,
                   guint page_size, GCancellable *cancellable, GError **error);

/* A message as MIME. Exchange generates it anew on each read: compare contents, never these bytes,
 * between two reads. */
GBytes *
mun_mailbox_fetch (MunGraph *graph, const char *user, const char *message_id,
                   GCancellable *cancellable, GError **error);
/* The same, not into memory. */
gboolean
mun_mailbox_fetch_to (MunGraph *graph, const char *user, const char *message_id,
                      const MunBodySink *sink, GCancellable *cancellable, GError **error);

G_END_DECLS
