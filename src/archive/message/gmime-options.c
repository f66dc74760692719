/* gmime-options.c: GMime made ready once */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-message"

#include "gmime-options.h"

GMimeParserOptions *
mun_gmime_get_options (void)
{
  static GMimeParserOptions *options;

  if (g_once_init_enter (&options)) {
    const char *fallback[] = { "utf-8", "windows-1252", NULL };
    GMimeParserOptions *made;

    g_mime_init ();
    made = g_mime_parser_options_new ();
    g_mime_parser_options_set_fallback_charsets (made, fallback);
    g_once_init_leave (&options, made);
  }
  return options;
}
