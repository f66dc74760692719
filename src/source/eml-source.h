/* eml-source.h: a folder of files that hold one message each */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "source.h"

G_BEGIN_DECLS

#define MUN_TYPE_EML_SOURCE (mun_eml_source_get_type ())
G_DECLARE_FINAL_TYPE (MunEmlSource, mun_eml_source, MUN, EML_SOURCE, GObject)

/**
 * mun_eml_source_new:
 * @path: a directory, read with everything below it, or a single file
 * @only_eml: take "*.eml" only (in any case). Otherwise every regular file is a message, whatever
 *   its name and contents: programs name such files freely, and an archive rather keeps a file that
 *   is not mail than loses one that is
 *
 * Left out in either case: hidden files, "Thumbs.db" and "desktop.ini". Empty files are reported as
 * skipped. Symbolic links below @path are not followed; files.h says why.
 *
 * A file is archived as it is, a line "From …" at its beginning included. A message's key is the
 * file's path below @path with size and modification time, so that a file that was replaced is read
 * again; its time is the file's modification time.
 */
MunSource *
mun_eml_source_new (const char *path, gboolean only_eml);

G_END_DECLS
