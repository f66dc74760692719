/* maildir-source.h: a Maildir with its subfolders */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "source.h"

G_BEGIN_DECLS

#define MUN_TYPE_MAILDIR_SOURCE (mun_maildir_source_get_type ())
G_DECLARE_FINAL_TYPE (MunMaildirSource, mun_maildir_source, MUN, MAILDIR_SOURCE, GObject)

/**
 * mun_maildir_source_new:
 * @path: a directory with "cur" and "new", or one with such directories below it
 *
 * Folders: the directory itself is "Inbox" when it has subfolders, else the top folder. ".A.B" is
 * folder "A/B" (Maildir++, as Courier and Dovecot write it; names in modified UTF-7 are decoded,
 * RFC 3501 section 5.1.3), a plain directory with "cur" or "new" a folder of its own name.
 *
 * A message's key is its file name without the flags behind ":", which stays the same when a
 * program moves it or marks it read; its time is the file's modification time, as Dovecot keeps it.
 * No checkpoint is needed: a known key is passed over without opening the file.
 */
MunSource *
mun_maildir_source_new (const char *path);

/* Decodes modified UTF-7; NULL when @name is not that. */
char *
mun_maildir_decode_name (const char *name);

G_END_DECLS
