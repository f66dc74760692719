/* gmime-options.h: GMime made ready once */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gmime/gmime.h>

G_BEGIN_DECLS

/*
 * mun_gmime_get_options: starts GMime at the first call, from any thread; how its parsers are to
 * read what bears no charset label: as UTF-8, else as Windows-1252. Borrowed for good.
 */
GMimeParserOptions *
mun_gmime_get_options (void);

G_END_DECLS
