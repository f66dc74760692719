/* tokenizer.h: the words of the index */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "database.h"

G_BEGIN_DECLS

/* The tokenizer "muniment": unicode61 (diacritics removed, marks kept inside words); runs of
 * scripts that write without spaces become overlapping pairs, a run's last character also stands
 * alone. Words are cut at MUN_TOKEN_MAX bytes. */
#define MUN_TOKEN_MAX 64

/* mun_tokenizer_register: makes "muniment" known to the connection. */
gboolean
mun_tokenizer_register (MunDatabase *database, GError **error);

/* mun_tokenizer_split: the tokens of TEXT as a query has them. Returns: (transfer full): of char *.
 */
GPtrArray *
mun_tokenizer_split (MunDatabase *database, const char *text, GError **error);

/* mun_tokenizer_is_dense: does a script that writes without spaces use this character? */
gboolean
mun_tokenizer_is_dense (gunichar c);

G_END_DECLS
