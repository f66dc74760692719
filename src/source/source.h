/* source.h: where mail comes from; one interface for all of it */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Map of this folder. A run asks a source for its folders, then for one batch of messages after the
 * other, gives each batch to the archive, and only then keeps the source's checkpoint:
 *
 *   source           MunSource: the interface
 *   source-batch     what passes through it: messages, folders, batches
 *   files            reading files and directories safely
 *   mbox-reader      cuts a stream in mbox format into messages
 *   mbox-source      one mbox file, or a folder of them
 *   maildir-source   a Maildir with its subfolders (Maildir++ or nested)
 *   eml-source       a folder of files that hold one message each
 *   graph-source     one mailbox of Microsoft 365, by Microsoft Graph
 *   fetcher          up to four downloads at a time from one mailbox
 *   report           counts and failures of a run, as GetWorkerResultReport shows them
 *   run              MunRun: sources, archive, counts, cancelling, resuming
 *   tenant           credentials of the installation as a connection to Microsoft 365
 *   profile          a profile's settings: checked, and the sources they name
 */

#pragma once

#include "source-batch.h"

G_BEGIN_DECLS

/* What the run offers a source while it fills a batch. */
typedef struct {
  guint max_items; /* of one batch */
  gsize max_bytes; /* a batch ends with the message that reaches this */
  /* FALSE: the archive has the message with this key already, do not read it. Only called on the
   * thread that asked for the batch. */
  gboolean (*want) (const char *key, gpointer user_data);
  /* Something was left out that is not a message: a symbolic link, a file that is not mbox. */
  void (*note) (const char *item, const char *step, const char *reason, gpointer user_data);
  /* The source has to wait so many seconds (0: goes on). May come from any thread. */
  void (*wait) (guint seconds, gpointer user_data);
  gpointer user_data;
  const char *spool_dir; /* (nullable): where messages above 1 MiB wait, instead of in memory */
} MunSourceHost;

#define MUN_TYPE_SOURCE (mun_source_get_type ())
G_DECLARE_INTERFACE (MunSource, mun_source, MUN, SOURCE, GObject)

struct _MunSourceInterface {
  GTypeInterface parent_iface;

  /* The next batch may be read before the checkpoint of this one is asked for. */
  gboolean reads_ahead;
  GPtrArray *(*list_folders) (MunSource *self, const MunSourceHost *host, GCancellable *cancellable,
                              GError **error);
  gboolean (*begin_folder) (MunSource *self, const MunSourceFolder *folder, const char *checkpoint,
                            GCancellable *cancellable, GError **error);
  MunSourceBatch *(*next_batch) (MunSource *self, const MunSourceHost *host,
                                 GCancellable *cancellable, GError **error);
  char *(*dup_checkpoint) (MunSource *self, const MunSourceBatch *batch);
};

/**
 * mun_source_list_folders:
 * @host: (transfer none): only note() is used
 *
 * Opens the source. Blocking, as everything here: for worker threads.
 *
 * Returns: (transfer full): every folder, as an array of MunSourceFolder. Fails when the source
 *   cannot be reached or is not what it should be; the message names it and says why.
 */
GPtrArray *
mun_source_list_folders (MunSource *self, const MunSourceHost *host, GCancellable *cancellable,
                         GError **error);

/**
 * mun_source_begin_folder:
 * @checkpoint: (nullable): what mun_source_dup_checkpoint() gave for this folder in an earlier run.
 *   One that is no longer valid is ignored: the folder starts anew.
 *
 * Starts reading a folder; the one before is left, whether at its end or not.
 */
gboolean
mun_source_begin_folder (MunSource *self, const MunSourceFolder *folder, const char *checkpoint,
                         GCancellable *cancellable, GError **error);

/**
 * mun_source_next_batch:
 *
 * Returns: (transfer full): the next messages. A batch may be empty without being the last. Trouble
 *   with one message is an item of the batch; an error ends the folder. When @cancellable is
 *   triggered, messages that were read by then are still returned, and the call after that fails.
 */
MunSourceBatch *
mun_source_next_batch (MunSource *self, const MunSourceHost *host, GCancellable *cancellable,
                       GError **error);

/* TRUE: the next batch may be read before the checkpoint of this one is asked for, so that reading
 * and archiving go on side by side. */
gboolean
mun_source_reads_ahead (MunSource *self);

/**
 * mun_source_dup_checkpoint:
 * @batch: the batch that came last, or the one before it when the source reads ahead. Items that
 *   the archive refused have been set to MUN_SOURCE_FAILED by the caller.
 *
 * To be called when everything read in @batch is durable in the archive.
 *
 * Returns: (transfer full) (nullable): a text to keep for the next run, in which failed items come
 *   again; NULL when what was kept before stays valid.
 */
char *
mun_source_dup_checkpoint (MunSource *self, const MunSourceBatch *batch);

G_END_DECLS
