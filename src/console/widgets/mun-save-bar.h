/* mun-save-bar.h: what is being saved from the archive, how far it is, and the button that stops it */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "archive-client.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Shown while there is something to save: one thing after the other, each straight into its file. */
#define MUN_TYPE_SAVE_BAR (mun_save_bar_get_type ())
G_DECLARE_FINAL_TYPE (MunSaveBar, mun_save_bar, MUN, SAVE_BAR, AdwBin)

/* @error: NULL: it is saved; G_IO_ERROR_CANCELLED: nobody wants it any more. */
typedef void (*MunSaved) (GFile *file, const GError *error, gpointer data);

/* mun_save_bar_add: @number: see mun_archive_client_save_async(). @size: what it will have, where the
 * server does not say; 0: not known. @done: called once; @free_data frees @data after it. */
void
mun_save_bar_add (MunSaveBar *self, MunArchiveClient *client, const char *id, guint number,
                  guint64 size, GFile *file, MunSaved done, gpointer data,
                  GDestroyNotify free_data);

G_END_DECLS
