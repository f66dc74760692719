/* profile-runner.h: runs a profile within a call, and keeps its result */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "handler.h"

/**
 * mun_profile_runner_run:
 * @call: gets progress, log and interim result of the run; its cancellation ends it
 * @id: of the profile; 0 for a temporary one, which leaves a result but no checkpoints
 * @profile: its document
 *
 * Synchronizes the users first when the profile says so. The run is a worker result from its start
 * on: its counts are kept every few seconds, and one that the server's end cut off stays there as
 * "disconnected", with "interrupted" true. The next start of the server runs the profile again
 * (resume.h): that is a new result, and goes on where this one stopped.
 *
 * When the profile is running already, @call follows that run: it shows its progress, interim
 * result and log lines from then on, ends as it ends, and cancels it when it is cancelled itself.
 *
 * Returns: FALSE when the run failed as a whole, was cancelled or interrupted.
 */
gboolean
mun_profile_runner_run (MunCall *call, gint64 id, JsonObject *profile, GError **error);

/* Is the profile running in this server? */
gboolean
mun_profile_runner_is_running (MunServer *server, gint64 id);
