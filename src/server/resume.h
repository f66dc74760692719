/* resume.h: runs that the last end of the server cut off */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "context.h"

/**
 * mun_resume_runs:
 *
 * Runs each stored profile again whose newest worker result is an interrupted one, in the name of
 * the profile's owner. A profile that is gone, whose owner may not run it any more, or in whose
 * runs the server crashed again and again is left alone; the log says so. To be called once, when the server is ready. Blocking.
 */
void
mun_resume_runs (MunServer *server);
