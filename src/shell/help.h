/* help.h: the list of functions */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "protocol.h"

G_BEGIN_DECLS

/* Returns: (transfer full): all functions with what they do, group by group. */
char *
mun_help_dup_functions (void);

/* Returns: (transfer full): what stands below the arguments of one function: what it answers, who
 * has it. */
char *
mun_help_dup_function (const MunFunctionSpec *spec);

G_END_DECLS
