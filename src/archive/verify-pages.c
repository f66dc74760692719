/* verify-pages.c: the pages of a catalogue and of its index against their checksums */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "verify-private.h"

#include "container-file.h"
#include "page-sums.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define PAGES_A_READ 64
#define TRIES 20
#define TRY_PAUSE 2000 /* µs */

typedef struct {
  MunVerification *verification;
  char *path;
  int fd;
} Sweep;

/* What the b-trees of a page's owner are called, or "". */
static char *
dup_owner (Sweep *self, guint32 number)
{
  sqlite3_stmt *row
      = mun_database_prepare (self->verification->reader, NULL,
                              "SELECT name FROM dbstat WHERE pageno = ?1 AND aggregate = FALSE",
                              "i", (gint64)number);
  char *owner = NULL;

  if (row != NULL && mun_database_step (self->verification->reader, row, NULL)) {
    owner = g_strdup_printf (" of %s", mun_database_text (row, 0));
    sqlite3_reset (row);
  }
  return owner != NULL ? owner : g_strdup ("");
}

/* A page that is in the log as well may be half written, now or by a process that was killed: the
 * log's pages go to their places first. */
static gboolean
is_sound_after_all (Sweep *self, guint32 number)
{
  MunDatabase *other = mun_store_acquire_reader (self->verification->store, NULL);
  guint8 page[MUN_PAGE_SIZE];
  gboolean is_sound = FALSE;

  for (guint i = 0; !is_sound && i < TRIES; i++) {
    if (i > 0)
      g_usleep (TRY_PAUSE);
    if (other != NULL)
      mun_database_exec (other, "PRAGMA wal_checkpoint (PASSIVE)", NULL);
    is_sound = mun_container_file_read (self->fd, page, sizeof page,
                                        (guint64)(number - 1) * MUN_PAGE_SIZE)
                   == 0
               && mun_page_sums_is_sound (page, number);
  }
  if (other != NULL)
    mun_store_release_reader (self->verification->store, other);
  return is_sound;
}

static void
check_page (Sweep *self, const guint8 *page, guint32 number)
{
  gint64 offset = (gint64)(number - 1) * MUN_PAGE_SIZE;
  g_autofree char *owner = NULL;

  if (mun_page_sums_is_sound (page, number) || is_sound_after_all (self, number))
    return;
  owner = dup_owner (self, number);
  self->verification->is_index_damaged |= g_str_has_prefix (owner, " of search_");
  mun_verification_fault (self->verification,
                          "catalogue.db, bytes %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                          ": page %u%s does not match its checksum",
                          offset, offset + MUN_PAGE_SIZE - 1, number, owner);
}

static gboolean
sweep (Sweep *self, GError **error)
{
  gint64 used
      = mun_database_get_int (self->verification->reader, G_MAXINT32, "PRAGMA page_count", "");
  /* Behind them may stand what was given back, until the log has been emptied. */
  guint32 last = MIN (mun_container_file_size (self->fd) / MUN_PAGE_SIZE, used);
  g_autofree guint8 *pages = g_malloc (PAGES_A_READ * MUN_PAGE_SIZE);

  for (guint32 number = 1; number <= last;) {
    guint count = MIN (PAGES_A_READ, last - number + 1);
    int problem = mun_container_file_read (self->fd, pages, (gsize)count * MUN_PAGE_SIZE,
                                           (guint64)(number - 1) * MUN_PAGE_SIZE);

    /* Given back meanwhile. */
    if (problem == ENODATA)
      return TRUE;
    if (problem != 0)
      mun_verification_fault (self->verification, "catalogue.db, page %u and %u more: %s", number,
                              count - 1, g_strerror (problem));
    if (problem == 0 && number == 1 && !mun_page_sums_has (pages))
      return TRUE;
    for (guint i = 0; problem == 0 && i < count; i++)
      check_page (self, pages + (gsize)i * MUN_PAGE_SIZE, number + i);
    number += count;
    if (!mun_verification_step (self->verification, 0.9 + 0.02 * number / MAX (last, 1),
                                "Checking the catalogue"))
      return !g_cancellable_set_error_if_cancelled (self->verification->cancellable, error);
  }
  return TRUE;
}

gboolean
mun_verify_pages (MunVerification *verification, GError **error)
{
  Sweep self = { verification, NULL, -1 };
  gboolean ok;

  self.path = g_build_filename (mun_store_get_dir (verification->store), "catalogue.db", NULL);
  self.fd = open (self.path, O_RDONLY | O_CLOEXEC);
  if (self.fd >= 0)
    ok = sweep (&self, error);
  else
    ok = mun_container_file_error (error, errno, "opening", self.path);
  if (self.fd >= 0)
    close (self.fd);
  g_free (self.path);
  return ok;
}
