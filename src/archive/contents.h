/* contents.h: the container files of one store */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sealed-record.h"

G_BEGIN_DECLS

/* contents/NNNNNN.mun: a header of 64 bytes, then records to the end. Files are only ever appended
 * to, or removed as a whole when a compaction has emptied them. Layout of the header, little endian:
 * "MUNCONT1" 8, version (1) 4, number 4, creation in Unix seconds 8, store GUID 16, zero 20, CRC-32
 * of bytes 0 to 59 4. */
#define MUN_CONTAINER_HEADER_SIZE 64
#define MUN_CONTAINER_MAX_SIZE (256 * 1024 * 1024)

typedef struct _MunContents MunContents;

/* Where a record stands. */
typedef struct {
  guint32 container;
  guint64 offset;
  guint32 length;
} MunPlaceInContents;

/* An end of the contents to return to. */
typedef struct {
  guint32 container;
  guint64 length;
} MunContentsMark;

/* Called for every record; @data: the whole record. FALSE ends the scan. */
typedef gboolean (*MunContentsVisit) (const MunPlaceInContents *place,
                                      const MunRecordHeader *header, const guint8 *data,
                                      gpointer user_data);
/* Called for each stretch of a container that is no record; @problem: the errno when it could not be
 * read, or 0. */
typedef void (*MunContentsGap) (guint32 container, guint64 offset, guint64 length, int problem,
                                gpointer user_data);
/* mun_contents_dup_gap: that as a sentence. */
char *
mun_contents_dup_gap (guint32 container, guint64 offset, guint64 length, int problem);

/* mun_contents_open: @dir is made when missing; @guid: 16 bytes; @codec is borrowed. */
MunContents *
mun_contents_open (const char *dir, const guint8 guid[16], MunCodec *codec, gboolean writable,
                   GError **error);
void
mun_contents_close (MunContents *self);

/* For the one writer. */

/* mun_contents_recover: goes on after @end (container 0: nothing yet). What stands behind it in the
 * last container stays only when @visit accepts it; a torn tail is cut off. */
gboolean
mun_contents_recover (MunContents *self, const MunContentsMark *end, MunContentsVisit visit,
                      gpointer user_data, GError **error);
gboolean
mun_contents_append (MunContents *self, GBytes *record, MunPlaceInContents *place, GError **error);
/* mun_contents_sync: everything appended is on the disk when it returns TRUE. */
gboolean
mun_contents_sync (MunContents *self, GError **error);
void
mun_contents_get_mark (MunContents *self, MunContentsMark *mark);
/* mun_contents_rollback: forgets what was appended behind @mark, and gives the space back. */
void
mun_contents_rollback (MunContents *self, const MunContentsMark *mark);
/* mun_contents_begin_next: what is appended from now on goes to a new container. */
gboolean
mun_contents_begin_next (MunContents *self, GError **error);

/* From any thread. */

/* mun_contents_read: the plain data of a record; MUN_ERROR_DAMAGED names the container. */
GBytes *
mun_contents_read (MunContents *self, const MunPlaceInContents *place, GError **error);
/* mun_contents_read_record: the same, as it stands there; its data is compared with its SHA-256. */
GBytes *
mun_contents_read_record (MunContents *self, const MunPlaceInContents *place, GError **error);
/* mun_contents_expect: the record is soon read: the disk fetches it meanwhile. */
void
mun_contents_expect (MunContents *self, const MunPlaceInContents *place);
/* mun_contents_scan: all records of one container, up to byte @end. */
gboolean
mun_contents_scan (MunContents *self, guint32 container, guint64 start, guint64 end,
                   MunContentsVisit visit, MunContentsGap gap, gpointer user_data, GError **error);
/* mun_contents_list: the numbers (guint32, rising) of the containers that are there. */
GArray *
mun_contents_list (MunContents *self, GError **error);
/* mun_contents_remove: a container before the last one, that nothing refers to any more. Who is
 * reading it reads on. One that is not there is no error. */
gboolean
mun_contents_remove (MunContents *self, guint32 container, GError **error);
char *
mun_contents_dup_path (MunContents *self, guint32 container);
/* mun_contents_get_size: bytes of the file; 0 when it is not there. */
guint64
mun_contents_get_size (MunContents *self, guint32 container);

/* mun_contents_check: the header of one container. */
gboolean
mun_contents_check (MunContents *self, guint32 container, GError **error);

/* For tests: called before each step; what it returns (an errno, or 0) is what the step fails with.
 * "create", "sync-folder", "open", "read", "write" and "half" (of a record is written), "sync",
 * "truncate" of the containers; "dictionary", "journal", "before-commit", "commit", "after-commit",
 * "upkeep", "recover", "set-aside" of a store; "key" for store.json; of a compaction "move", "emptied",
 * "remove", "removed". */
extern int (*mun_contents_fault_hook) (const char *step);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunContents, mun_contents_close)

G_END_DECLS
