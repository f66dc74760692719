/* mbox-source.h: one mbox file, or a folder of them */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "source.h"

G_BEGIN_DECLS

#define MUN_TYPE_MBOX_SOURCE (mun_mbox_source_get_type ())
G_DECLARE_FINAL_TYPE (MunMboxSource, mun_mbox_source, MUN, MBOX_SOURCE, GObject)

/**
 * mun_mbox_source_new:
 * @path: an mbox file: its messages are the top folder. Or a directory: each mbox file in it and
 *   below is a folder of its name; "NAME.sbd" beside NAME, as Thunderbird has it, holds the
 *   subfolders of NAME. Other files are left out and noted
 * @unquote: the files are mboxrd, see mbox-reader.h
 *
 * What a message is: mbox-reader.h. A checkpoint is the offset behind the last message, with
 * digests of the file's head and of what precedes the offset. Messages added since are read from
 * there; when the file is another one, or was rewritten, it is read from the start, and the archive
 * skips what it has.
 */
MunSource *
mun_mbox_source_new (const char *path, gboolean unquote);

G_END_DECLS
