/* container-file.h: one container file: making, opening, reading, scanning */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "contents.h"

G_BEGIN_DECLS

/* mun_container_file_error: sets the MunError that fits an errno. Returns: FALSE. */
gboolean
mun_container_file_error (GError **error, int problem, const char *step, const char *path);

/* mun_container_file_create: a new file with its header, on the disk together with its name.
 * Returns: a descriptor, or -1. */
int
mun_container_file_create (const char *dir, const char *path, guint32 number, const guint8 guid[16],
                           GError **error);
/* mun_container_file_open: Returns: a descriptor, or -1. */
int
mun_container_file_open (const char *path, gboolean writable, GError **error);
/* mun_container_file_check: is its header whole, and that of this container? MUN_ERROR_DAMAGED when
 * it is not. Each record says for itself what it is: they are read without it as well. */
gboolean
mun_container_file_check (int fd, const char *path, guint32 number, const guint8 guid[16],
                          GError **error);
gint64
mun_container_file_size (int fd);

/* Returns: 0 or an errno. */
int
mun_container_file_write (int fd, const guint8 *data, gsize length, guint64 offset);
/* Returns: 0 or an errno; ENODATA: the file ends before. */
int
mun_container_file_read (int fd, guint8 *data, gsize length, guint64 offset);

/* mun_container_file_scan: visits the records between two offsets. After damage it looks for the
 * next record; @gap (nullable) hears what lay between. */
gboolean
mun_container_file_scan (int fd, guint32 number, guint64 start, guint64 end, MunContentsVisit visit,
                         MunContentsGap gap, gpointer user_data, GError **error);

/* The hook of contents.h. */
int
mun_container_file_fault (const char *step);

/* mun_container_file_sync_dir: makes names in a folder durable. */
gboolean
mun_container_file_sync_dir (const char *dir, GError **error);

G_END_DECLS
