/* completion.h: what may stand at the cursor of a shell */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* mun_complete: @words: (nullable): what stands on the command line after the program's name, up to
 * the cursor; the last one is being typed and may be empty. A shell that parts words at "=", ":"
 * and "@" may hand over the parts. Returns: (transfer full): whole candidates for the last word;
 * those that end with "=" want a value. Empty where files are meant. */
GStrv
mun_complete (const char *const *words);

G_END_DECLS
