/* archive-fixture.h: an archive in a temporary folder, and messages to put into it */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "archive-deliver.h"
#include "archive-folders.h"
#include "archive-search.h"
#include "archive-stores.h"

G_BEGIN_DECLS

typedef struct {
  char *dir;
  MunSecret *key;
  MunArchive *archive;
} ArchiveFixture;

/* For g_test_add(). */
void
archive_fixture_set_up (ArchiveFixture *self, gconstpointer data);
void
archive_fixture_tear_down (ArchiveFixture *self, gconstpointer data);
/* archive_fixture_reopen: closes the archive and opens it again. */
void
archive_fixture_reopen (ArchiveFixture *self);
void
archive_fixture_remove_dir (const char *dir);

/* archive_fixture_message: a small message; @date: seconds, 0 = no Date header. */
GBytes *
archive_fixture_message (const char *from, const char *to, const char *subject, gint64 date,
                         const char *body);
/* archive_fixture_deliver: one message; it must be archived or a duplicate. Returns: its id. */
char *
archive_fixture_deliver (MunArchive *archive, GBytes *raw, const char *folder);
char *
archive_fixture_deliver_key (MunArchive *archive, GBytes *raw, const char *folder, const char *key,
                             MunDeliveryResult *result);
/* archive_fixture_letter: one of many messages that have much in common. */
GBytes *
archive_fixture_letter (guint number);
/* archive_fixture_deliver_letters: so many from @first on, as one batch; their ids go to @ids
 * (nullable). */
#define ARCHIVE_FIXTURE_LETTERS 500
void
archive_fixture_deliver_letters (MunArchive *archive, guint first, GPtrArray *ids);
/* archive_fixture_train: the first letters, until the store has a dictionary. */
void
archive_fixture_train (ArchiveFixture *self, GPtrArray *ids);
/* archive_fixture_dup_catalogue: the path of store 1's. */
char *
archive_fixture_dup_catalogue (ArchiveFixture *self);
/* archive_fixture_get_int: asks that catalogue. */
gint64
archive_fixture_get_int (ArchiveFixture *self, const char *sql);
/* archive_fixture_verify: the faults of store 1, its report in @report (nullable). */
guint64
archive_fixture_verify (MunArchive *archive, char **report);
/* archive_fixture_find: the subjects of all hits, newest first, joined by ",". */
char *
archive_fixture_find (MunArchive *archive, const MunQuery *query);
char *
archive_fixture_find_text (MunArchive *archive, const char *text);

G_END_DECLS
