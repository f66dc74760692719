/* fault-lines.c: what a long operation over a store has found, as lines of its report */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "fault-lines.h"

#define MAX_LINES 5000

void
mun_fault_lines_add (GString *report, guint64 found, const char *format, va_list values)
{
  if (found > MAX_LINES)
    return;
  g_string_append (report, "FAULT: ");
  g_string_append_vprintf (report, format, values);
  g_string_append_c (report, '\n');
}
