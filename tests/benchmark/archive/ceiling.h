/* ceiling.h: what the cores allow at the most, whoever archives */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* print_ceiling: how many messages a second one core parses and decodes, and how many it puts into
 * the index, each on its own; and what share @rate (messages a second) is of what all cores could
 * reach with these two and nothing else. */
void
print_ceiling (GPtrArray *files, double rate);
