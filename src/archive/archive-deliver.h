/* archive-deliver.h: messages on their way into the archive */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "archive.h"

G_BEGIN_DECLS

typedef enum {
  MUN_DELIVERY_FAILED,
  MUN_DELIVERY_ARCHIVED,
  MUN_DELIVERY_DUPLICATE
} MunDeliveryResult;

typedef struct {
  GBytes *raw;            /* the message, byte for byte */
  const char *folder;     /* "archive/Exchange a@b/Inbox"; made when missing */
  gint64 received;        /* Unix seconds; 0 = now */
  const char *source_key; /* stable id at the source within the scope, or NULL */
  gint64 profile_id;      /* 0 = none */
  gboolean is_mapped;     /* the bytes are those of a mapped file: they need not stay in memory */
  /* filled in: */
  MunDeliveryResult result;
  char *message_id; /* of the archived one, or of the one it duplicates */
  GError *error;    /* with MUN_DELIVERY_FAILED */
} MunDelivery;

typedef enum { MUN_KNOWN_NO, MUN_KNOWN_YES, MUN_KNOWN_DELETED } MunKnown;

/* Archives N items as one batch into the current store; durable and searchable on return. TRUE:
 * every item has its result (one that failed alone says why). FALSE: nothing of the batch was
 * archived (MUN_ERROR_NO_SPACE, MUN_ERROR_READ_ONLY without a current store, MUN_ERROR_FAILED).
 * Duplicates (same bytes in one scope: the first two levels of the path) are skipped.
 * The caller owns the items and clears them with mun_delivery_clear(). Batches of 200 to 2,000 are
 * best. */
gboolean
mun_archive_deliver (MunArchive *self, MunDelivery **items, guint n_items,
                     GCancellable *cancellable, GError **error);
/* The same in two steps, so that the next batch is read and prepared while this one is written:
 * begin returns at once, finish when all is durable. What begin gave must be finished, in any
 * order and from any thread; the items live until then. */
typedef struct _MunPendingDelivery MunPendingDelivery;

MunPendingDelivery *
mun_archive_begin_delivery (MunArchive *self, MunDelivery **items, guint n_items,
                            GCancellable *cancellable, GError **error);
/* PENDING is freed. */
gboolean
mun_archive_finish_delivery (MunPendingDelivery *pending, GError **error);
/* Frees what deliver filled in (message_id, error), not the caller's members. */
void
mun_delivery_clear (MunDelivery *item);

/* Is the item SOURCE_KEY known in the scope of PATH (any path below the scope will do)?
 * MESSAGE_ID and CURRENT_FOLDER (both nullable) are set with MUN_KNOWN_YES. */
MunKnown
mun_archive_find_source_key (MunArchive *self, const char *path, const char *source_key,
                             char **message_id, char **current_folder, GError **error);
G_END_DECLS
