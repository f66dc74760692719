/* archive-fixture.h: an archive in a temporary folder, and messages to put into it */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

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
/* archive_fixture_verify: the faults of store 1, its report in @report (nullable). */
guint64
archive_fixture_verify (MunArchive *archive, char **report);
/* archive_fixture_find: the subjects of all hits, newest first, joined by ",". */
char *
archive_fixture_find (MunArchive *archive, const MunQuery *query);
char *
archive_fixture_find_text (MunArchive *archive, const char *text);

G_END_DECLS
