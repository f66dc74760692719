/* fault-lines.h: what a long operation over a store has found, as lines of its report */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* mun_fault_lines_add: @found is how many there are with this one: behind some thousands they are
 * only counted. */
void
mun_fault_lines_add (GString *report, guint64 found, const char *format, va_list values)
    G_GNUC_PRINTF (3, 0);

G_END_DECLS
