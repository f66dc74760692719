/* upload-queue.h: small uploads, archived together with all that came meanwhile */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "archive-deliver.h"
#include "context.h"

typedef struct _MunUploadQueue MunUploadQueue;

/* A whole upload of few messages on its way; its owner keeps it until it is done. */
typedef struct _MunSmallUpload MunSmallUpload;
struct _MunSmallUpload {
  const char *user_name, *folder;
  GPtrArray *messages;                                  /* GBytes */
  void (*done) (MunSmallUpload *upload, gpointer data); /* on the queue's main loop */
  gpointer data;
  /* filled in: */
  MunDelivery *items; /* one a message, those that were archived have a result */
  guint n_items;
  gboolean is_archived;
  GError *error; /* nothing of it was archived */
};

/* Makes one for the main loop of this thread. */
MunUploadQueue *
mun_upload_queue_new (MunServer *server);
/* All that was pushed must be done. */
void
mun_upload_queue_free (MunUploadQueue *self);

/* mun_upload_queue_push: @upload waits for nobody: it goes at once, alone, when nothing else is
 * under way. What comes while others are written goes together: their rights are looked at, their
 * messages are in one commit of the store, then in one of the audit log, and their owners are told
 * in one step of the main loop. What spoils it for all of them is tried again for each. */
void
mun_upload_queue_push (MunUploadQueue *self, MunSmallUpload *upload);

/* mun_upload_check_rights: whether the user may archive into the folder; any thread. */
gboolean
mun_upload_check_rights (MunServer *server, const char *user_name, const char *folder,
                         GError **error);

/* mun_upload_dup_details: what the audit log says about an upload. */
char *
mun_upload_dup_details (const char *folder, guint archived, guint skipped, guint failed);
