/* plain-file.h: attached files that are text, whatever their label says */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum { MUN_PLAIN_FILE_NO, MUN_PLAIN_FILE_TEXT, MUN_PLAIN_FILE_HTML } MunPlainFile;

/* mun_plain_file_guess: by its media type, lower case; where that says nothing, by its name (both
 * nullable). */
MunPlainFile
mun_plain_file_guess (const char *type, const char *name);
/* mun_plain_file_check: can these bytes be text? */
gboolean
mun_plain_file_check (const char *bytes, gsize length);

G_END_DECLS
