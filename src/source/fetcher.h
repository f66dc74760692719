/* fetcher.h: up to four downloads at a time from one mailbox */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "mailbox.h"

G_BEGIN_DECLS

/* What Exchange Online serves at once of one mailbox to one application
 * (learn.microsoft.com/graph/throttling-limits, "Outlook service limits"). */
#define MUN_FETCHER_THREADS 4

/* Started and emptied by one thread; the downloads run on its own ones. */
typedef struct _MunFetcher MunFetcher;

typedef struct {
  char *id;
  gint64 received;
  GBytes *raw;        /* NULL with an error */
  gboolean is_mapped; /* see MunSourceItem */
  GError *error;      /* NULL with bytes */
} MunFetched;

void
mun_fetched_free (MunFetched *fetched);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunFetched, mun_fetched_free)

/* @user is an object id or address. @spool_dir: see MunSourceHost. Downloads are given up when
 * @cancellable is triggered. */
MunFetcher *
mun_fetcher_new (MunGraph *graph, const char *user, const char *spool_dir,
                 GCancellable *cancellable);
/* Waits for downloads that run. */
void
mun_fetcher_free (MunFetcher *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunFetcher, mun_fetcher_free)

/* Orders a message; returns at once. @received is handed back with it. */
void
mun_fetcher_push (MunFetcher *self, const char *id, gint64 received);
/* Ordered and not taken yet. */
guint
mun_fetcher_get_pending (MunFetcher *self);
/* Waits for the next download to end, in whatever order. Only when some are pending. */
MunFetched *
mun_fetcher_pop (MunFetcher *self);

G_END_DECLS
