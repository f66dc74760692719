/* compact-mail.h: an archive with much that is no longer needed, and whether the rest survives */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "archive-fixture.h"

G_BEGIN_DECLS

/* Letters of which each fourth one is kept, with a dictionary; folders that were moved; keys of a
 * source; a message in many pieces. */
typedef struct {
  GHashTable *kept; /* id → GBytes */
  char *large_id;
} CompactMail;

void
compact_mail_fill (ArchiveFixture *fixture, CompactMail *mail);
/* compact_mail_delete_all: what was kept as well. */
void
compact_mail_delete_all (ArchiveFixture *fixture, CompactMail *mail);
void
compact_mail_clear (CompactMail *mail);
/* compact_mail_dump: all that the archive says of its messages and keys, as text. */
char *
compact_mail_dump (ArchiveFixture *fixture);
/* compact_mail_assert_there: every message is there to the byte, and verification finds nothing. */
void
compact_mail_assert_there (ArchiveFixture *fixture, CompactMail *mail);
/* compact_mail_assert: the same, and nothing else is there. */
void
compact_mail_assert (ArchiveFixture *fixture, CompactMail *mail);
/* compact_mail_recover: makes the catalogue again from the contents alone; it says the same as
 * @dump. */
void
compact_mail_recover (ArchiveFixture *fixture, const char *dump);
/* compact_mail_assert_recovers: the same after the catalogue is lost; @dump: what it said. */
void
compact_mail_assert_recovers (ArchiveFixture *fixture, CompactMail *mail, const char *dump);
/* compact_mail_size: of all containers of store 1. */
guint64
compact_mail_size (ArchiveFixture *fixture);
gboolean
compact_mail_has_container (ArchiveFixture *fixture, guint number);

G_END_DECLS
