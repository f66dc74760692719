/* corpus.h: real mail for tests, kept outside the tree */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* test_corpus_open: unpacks the archives (*.tar.xz) of $MUNIMENT_CORPUS or ../shared/corpora beside
 * the build, once. @reason: (out): why there is nothing.
 * Returns: (transfer full) (nullable) (element-type filename): one file a message, sorted. */
GPtrArray *
test_corpus_open (const char **reason);

/* Returns: (transfer full): the contents of a file of the corpus. */
GBytes *
test_corpus_load (const char *file);

/* Returns: (transfer full) (nullable): the longest run of letters and digits in @text (UTF-8). */
char *
test_corpus_dup_word (const char *text);
