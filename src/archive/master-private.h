/* master-private.h: what the files of MunMaster share */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "database.h"
#include "master-records.h"

G_BEGIN_DECLS

struct _MunMaster {
  GObject parent_instance;
  MunDatabase *database;
  MunSecret *key;
  GMutex lock; /* the connection is for one thread at a time */
  /* for what every request asks: it does not wait until somebody's commit is on the disk */
  MunDatabase *reader;
  GMutex reader_lock;
  /* records of the audit log that wait for a commit: see master-audit.c */
  GMutex audit_lock;
  GQueue audit_waiting;
  gboolean audit_writing;
};

/* mun_master_document: reads column @column as an object; what is no JSON gives an empty one. */
JsonObject *
mun_master_document (sqlite3_stmt *statement, int column);

/* mun_master_changed: TRUE when the last statement changed a row, else MUN_ERROR_NOT_FOUND about
 * @what. */
gboolean
mun_master_changed (MunMaster *self, const char *what, GError **error);

/* mun_master_now: Unix seconds. */
gint64
mun_master_now (void);

G_END_DECLS
