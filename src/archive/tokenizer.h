/* tokenizer.h: the words of the index */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "database.h"

G_BEGIN_DECLS

/* The tokenizer "muniment": unicode61 (diacritics removed, marks kept inside words); runs of
 * scripts that write without spaces become overlapping pairs, a run's last character also stands
 * alone. Words are cut at MUN_TOKEN_MAX bytes. */
#define MUN_TOKEN_MAX 64
/* Goes up when it makes other words of the same text: indexes are then made anew. */
#define MUN_TOKENIZER_VERSION 1

/* mun_tokenizer_register: makes "muniment" known to the connection. */
gboolean
mun_tokenizer_register (MunDatabase *database, GError **error);

/* mun_tokenizer_split: the tokens of TEXT as a query has them. Returns: (transfer full): of char *.
 */
GPtrArray *
mun_tokenizer_split (MunDatabase *database, const char *text, GError **error);

/* One token and the bytes that it stands for. */
typedef struct {
  char text[MUN_TOKEN_MAX + 1];
  gsize start, end;
  gboolean is_colocated; /* at the same place as the one before */
} MunToken;

/* FALSE: enough. */
typedef gboolean (*MunTokenVisit) (const MunToken *token, gpointer data);

/* mun_tokenizer_visit: the tokens of @length bytes of TEXT as the index has them. */
gboolean
mun_tokenizer_visit (MunDatabase *database, const char *text, gsize length, MunTokenVisit visit,
                     gpointer data, GError **error);

/* mun_tokenizer_is_dense: does a script that writes without spaces use this character? */
gboolean
mun_tokenizer_is_dense (gunichar c);

G_END_DECLS
