/* plain-file.c: attached files that are text, whatever their label says */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-message"

#include "plain-file.h"

#include <string.h>

#define MAX_EXTENSION 8
/* So far into a file it shows whether it is text. */
#define CHECKED 4096

static const char *const text_types[]
    = { "application/csv", "application/ics",  "application/json", "application/x-json",
        "application/xml", "application/yaml", "application/sql",  NULL };
/* Programs that know no better send anything as one of these. */
static const char *const vague_types[]
    = { "application/octet-stream",   "application/binary",       "application/x-unknown",
        "application/unknown",        "application/x-download",   "application/download",
        "application/force-download", "application/vnd.ms-excel", NULL };
static const char *const text_extensions[]
    = { "cfg", "conf", "csv", "diff", "ics", "ini", "json", "log",  "md",  "patch",
        "rst", "sql",  "tex", "tsv",  "txt", "vcf", "xml",  "yaml", "yml", NULL };
static const char *const html_extensions[] = { "htm", "html", "xhtml", NULL };

MunPlainFile
mun_plain_file_guess (const char *type, const char *name)
{
  const char *dot = name != NULL ? strrchr (name, '.') : NULL;
  g_autofree char *extension = NULL;

  if (type != NULL && strcmp (type, "application/xhtml+xml") == 0)
    return MUN_PLAIN_FILE_HTML;
  if (type != NULL && g_strv_contains (text_types, type))
    return MUN_PLAIN_FILE_TEXT;
  if (dot == NULL || strlen (dot + 1) > MAX_EXTENSION
      || (type != NULL && !g_strv_contains (vague_types, type)))
    return MUN_PLAIN_FILE_NO;
  extension = g_ascii_strdown (dot + 1, -1);
  if (g_strv_contains (html_extensions, extension))
    return MUN_PLAIN_FILE_HTML;
  return g_strv_contains (text_extensions, extension) ? MUN_PLAIN_FILE_TEXT : MUN_PLAIN_FILE_NO;
}

gboolean
mun_plain_file_check (const char *bytes, gsize length)
{
  /* Only UTF-16 has text with NULs, and then a mark at its start. */
  if (length >= 2 && (memcmp (bytes, "\xff\xfe", 2) == 0 || memcmp (bytes, "\xfe\xff", 2) == 0))
    return TRUE;
  return length == 0 || memchr (bytes, '\0', MIN (length, CHECKED)) == NULL;
}
