/* sandbox.h: what munimentd-text may still do once it is ready */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The only descriptor that is read from and written to. */
#define MUN_SANDBOX_CHANNEL 3

/* mun_sandbox_take_channel: standard input becomes MUN_SANDBOX_CHANNEL; the standard descriptors
 * lead nowhere (libraries print their complaints), all others are closed. */
gboolean
mun_sandbox_take_channel (void);
/* mun_sandbox_enter: from here on no file, socket or process can be opened or started, memory is
 * bounded and never executable. Returns: NULL, or what could not be done: then nothing that a
 * stranger sent may be read. */
const char *
mun_sandbox_enter (void);
/* mun_sandbox_set_time: ends the process after so many seconds of processor time; 0: never. */
void
mun_sandbox_set_time (guint seconds);

G_END_DECLS
