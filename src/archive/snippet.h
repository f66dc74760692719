/* snippet.h: the place in a message where the words of a search stand */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "database.h"
#include "message.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Characters (Unicode code points) of a snippet, without the ellipses at its cut ends. */
#define MUN_SNIPPET_LENGTH 160
/* Bytes of a message's text that are looked at, all fields together. */
#define MUN_SNIPPET_MAX_TEXT (256 * 1024)
/* Different words of "words". */
#define MUN_SNIPPET_MAX_WORDS 32

/* mun_snippet_make: the place where most of the words stand, in the fields that @scopes (MunScope,
 * 0 = all) name; addresses are not among them. Without a hit the beginning of the text.
 * @reader: any connection; the tokenizer belongs to it.
 * @to_mark: as of mun_match_words_to_mark().
 * Returns: (transfer full) (nullable): {"text": one line, valid UTF-8 without control characters,
 * "marks": [[start, length], …] in characters of it, "words": the hits in the whole of the text
 * that was looked at, as they are written there, each once}; NULL: there is no text. */
JsonObject *
mun_snippet_make (MunDatabase *reader, const MunMessageFields *fields, guint scopes,
                  GPtrArray *to_mark);

G_END_DECLS
