/* print.h: a result as text or JSON */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* mun_print_json: as it was received, indented, with a line end. Returns: (transfer full). */
char *
mun_print_json (JsonNode *node);

/* mun_print_text: arrays of objects become a table with one column a member, objects "member:
 * value" lines, null nothing. Characters that steer a terminal are replaced. Returns: (transfer
 * full). */
char *
mun_print_text (JsonNode *node);

/* mun_print_harmless: @text without characters that steer a terminal. @lines: keep line ends and
 * tabs. Returns: (transfer full). */
char *
mun_print_harmless (const char *text, gboolean lines);

/* mun_print_width: columns that @text takes on a terminal. */
guint
mun_print_width (const char *text);

G_END_DECLS
