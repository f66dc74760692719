/* ready.h: who owns the data directory, and word that the server is ready */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/**
 * mun_ready_lock:
 * @data_dir: made with mode 0700 when it does not exist
 *
 * Takes the data directory for this process until the descriptor is closed (or the process dies).
 * Fails with MUN_ERROR_BUSY when another server has it.
 *
 * Returns: a descriptor, or -1
 */
int
mun_ready_lock (const char *data_dir, GError **error);

/* Writes @line and a line end to @descriptor, then closes it. A reader that is gone is no error. */
void
mun_ready_write_line (int descriptor, const char *line);

/* ready.json in @data_dir (0600): the ready line plus "pid". */
gboolean
mun_ready_write_file (const char *data_dir, const char *line, GError **error);
void
mun_ready_remove_file (const char *data_dir);

/* Sends @state ("READY=1", "STOPPING=1", "WATCHDOG=1") to the socket that systemd names in
 * $NOTIFY_SOCKET (sd_notify); nothing happens without one. */
void
mun_ready_notify (const char *state);
