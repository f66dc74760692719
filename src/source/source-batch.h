/* source-batch.h: what sources hand out: messages, folders, batches */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Larger messages are reported, not read: Exchange Online's own limit is 150 MB. */
#define MUN_SOURCE_MAX_MESSAGE (256u * 1024 * 1024)

typedef enum {
  MUN_SOURCE_READ,    /* raw holds the message */
  MUN_SOURCE_SKIPPED, /* nothing to archive, and nothing is lost: gone meanwhile, empty file */
  MUN_SOURCE_FAILED,  /* could not be read: to be tried again at the next run */
} MunSourceState;

/* One message of a batch. */
typedef struct {
  MunSourceState state;
  GBytes *raw;        /* the message byte for byte; NULL unless read */
  gboolean is_mapped; /* it is large and waits in a file: see MunDelivery */
  char *key;          /* stable id at the source; NULL when it has none */
  char *item;         /* how a report names it */
  gint64 received;    /* seconds since 1970; 0 when the source does not know */
  const char *step;   /* static; what could not be done: "download", "read" … NULL when read */
  char *reason;       /* a sentence; NULL when read */
  goffset position;   /* for the source's own use */
} MunSourceItem;

MunSourceItem *
mun_source_item_new (MunSourceState state, const char *item);
void
mun_source_item_free (MunSourceItem *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunSourceItem, mun_source_item_free)

typedef struct {
  char *id;     /* the source's own name of it; also the key of its checkpoint */
  char *path;   /* UTF-8, levels separated by "/"; "" for the top */
  gint64 total; /* messages as far as known; -1 when not */
} MunSourceFolder;

/* Copies both strings. */
MunSourceFolder *
mun_source_folder_new (const char *id, const char *path, gint64 total);
void
mun_source_folder_free (MunSourceFolder *folder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunSourceFolder, mun_source_folder_free)

typedef struct {
  GPtrArray *items; /* of MunSourceItem */
  gboolean last;    /* the folder's end */
  goffset end;      /* where the source stood behind it; for the source's own use */
} MunSourceBatch;

MunSourceBatch *
mun_source_batch_new (void);
void
mun_source_batch_free (MunSourceBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunSourceBatch, mun_source_batch_free)

G_END_DECLS
