/* record-scan.h: the records of a container, opened on all cores, in their order */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "contents.h"

G_BEGIN_DECLS

typedef struct {
  MunPlaceInContents place;
  MunRecordHeader header;
  GBytes *plain; /* NULL: it is damaged */
  GError *error;
} MunOpenedRecord;

/* Both are called on the thread that scans, in the order of the file. FALSE ends the scan. */
typedef gboolean (*MunRecordVisit) (const MunOpenedRecord *record, gpointer user_data);

/* mun_record_scan: like mun_contents_scan(), with records whose checksum, seal and SHA-256 have been
 * checked. It reads on while the quiet pool opens what was read before; some megabytes are in memory
 * at a time. */
gboolean
mun_record_scan (MunContents *contents, MunCodec *codec, guint32 container, guint64 end,
                 MunRecordVisit visit, MunContentsGap gap, gpointer user_data, GError **error);

G_END_DECLS
