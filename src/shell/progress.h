/* progress.h: how far a long function is, on standard error */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "client.h"

G_BEGIN_DECLS

/* MunProgress: writes the log of an operation as it comes and, on a terminal, one line below it
 * with percentage, status and counts. */
typedef struct _MunProgress MunProgress;

/* mun_progress_new: @quiet: writes nothing but what mun_progress_say() is given. */
MunProgress *
mun_progress_new (MunRemoteOperation *operation, gboolean quiet);

/* mun_progress_say: one line of munimentctl's own. */
void
mun_progress_say (MunProgress *self, const char *line);

/* mun_progress_free: takes the status line away. */
void
mun_progress_free (MunProgress *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MunProgress, mun_progress_free)

G_END_DECLS
