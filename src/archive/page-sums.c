/* page-sums.c: a checksum at the end of every page of a database */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "page-sums.h"

#include <string.h>
#include <zlib.h>

#define RESERVED 8
#define SUMMED (MUN_PAGE_SIZE - RESERVED)
/* https://sqlite.org/fileformat2.html section 1.3 */
#define HEADER_SIZE 100
#define HEADER_PAGE_SIZE 16
#define HEADER_RESERVED 20
/* The page that SQLite locks bytes of and never writes. */
#define LOCK_PAGE (0x40000000 / MUN_PAGE_SIZE + 1)

static const guint8 magic[4] = { 'M', 'P', 'S', '1' };
static const guint8 damaged[RESERVED] = { 'M', 'P', 'S', '!', 0xff, 0xff, 0xff, 0xff };

/* A file's methods: those of the system but for reading and writing. */
typedef struct {
  sqlite3_io_methods own;
  const sqlite3_io_methods *base;
} Methods;

typedef struct {
  sqlite3_vfs own;
  sqlite3_vfs *base;
  gboolean is_writer;
} Vfs;

/* Behind the system's own data of an open file. */
typedef struct {
  const sqlite3_io_methods *base;
  gboolean is_writer, is_known, has_sums;
} State;

static int state_offset;

static void
make_sum (const guint8 *page, guint32 number, guint8 sum[RESERVED])
{
  guint32 le_number = GUINT32_TO_LE (number), crc;

  crc = crc32_z (crc32_z (0, NULL, 0), (const guint8 *)&le_number, sizeof le_number);
  crc = GUINT32_TO_LE (crc32_z (crc, page, SUMMED));
  memcpy (sum, magic, sizeof magic);
  memcpy (sum + sizeof magic, &crc, sizeof crc);
}

gboolean
mun_page_sums_is_sound (const guint8 page[MUN_PAGE_SIZE], guint32 number)
{
  guint8 sum[RESERVED];

  make_sum (page, number, sum);
  return memcmp (page + SUMMED, sum, RESERVED) == 0 || number == LOCK_PAGE
         || (page[0] == 0 && memcmp (page, page + 1, MUN_PAGE_SIZE - 1) == 0);
}

static gboolean
is_header_with_sums (const guint8 *header)
{
  return (header[HEADER_PAGE_SIZE] << 8 | header[HEADER_PAGE_SIZE + 1]) == MUN_PAGE_SIZE
         && header[HEADER_RESERVED] == RESERVED;
}

gboolean
mun_page_sums_has (const guint8 first[MUN_PAGE_SIZE])
{
  /* One of them may be damaged. */
  return is_header_with_sums (first) || memcmp (first + SUMMED, magic, sizeof magic) == 0;
}

static State *
state_of (sqlite3_file *file)
{
  return (State *)((guint8 *)file + state_offset);
}

/* @page: being read or written at @offset. */
static gboolean
is_summed (sqlite3_file *file, const guint8 *page, int length, sqlite3_int64 offset)
{
  State *state = state_of (file);
  guint8 header[HEADER_SIZE];

  if (length != MUN_PAGE_SIZE || offset % MUN_PAGE_SIZE != 0)
    return FALSE;
  if (!state->is_known && offset == 0) {
    state->has_sums = is_header_with_sums (page);
    state->is_known = TRUE;
  } else if (!state->is_known) {
    if (state->base->xRead (file, header, sizeof header, 0) != SQLITE_OK)
      return FALSE;
    state->has_sums = is_header_with_sums (header);
    state->is_known = TRUE;
  }
  return state->has_sums;
}

static int
write_page (sqlite3_file *file, const void *data, int length, sqlite3_int64 offset)
{
  const sqlite3_io_methods *base = state_of (file)->base;
  const guint8 *page = data;
  guint8 copy[MUN_PAGE_SIZE];

  if (!is_summed (file, page, length, offset)
      || memcmp (page + SUMMED, damaged, sizeof damaged) == 0)
    return base->xWrite (file, data, length, offset);
  memcpy (copy, page, SUMMED);
  make_sum (page, offset / MUN_PAGE_SIZE + 1, copy + SUMMED);
  return base->xWrite (file, copy, MUN_PAGE_SIZE, offset);
}

static int
read_page (sqlite3_file *file, void *data, int length, sqlite3_int64 offset)
{
  const State *state = state_of (file);
  int result = state->base->xRead (file, data, length, offset);
  guint32 number = offset / MUN_PAGE_SIZE + 1;
  guint8 *page = data;
  sqlite3_int64 size;

  /* SQLite takes what is missing for zeros, as it is behind the end; within the file it is not. */
  if (result == SQLITE_IOERR_SHORT_READ && state->base->xFileSize (file, &size) == SQLITE_OK
      && offset + length <= size)
    return SQLITE_IOERR_READ;
  if (result == SQLITE_OK && state->is_writer && is_summed (file, page, length, offset)
      && !mun_page_sums_is_sound (page, number)) {
    if (memcmp (page + SUMMED, damaged, sizeof damaged) != 0)
      g_message ("page %u of a database does not match its checksum", number);
    memcpy (page + SUMMED, damaged, sizeof damaged);
  }
  return result;
}

/* Systems have a table or two, for the kinds of locking. */
static const Methods *
find_methods (const sqlite3_io_methods *base)
{
  static GMutex lock;
  static GPtrArray *known;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  Methods *methods;

  if (known == NULL)
    known = g_ptr_array_new ();
  for (guint i = 0; i < known->len; i++) {
    methods = g_ptr_array_index (known, i);
    if (methods->base == base)
      return methods;
  }
  methods = g_new0 (Methods, 1);
  methods->own = *base;
  methods->base = base;
  methods->own.xWrite = write_page;
  methods->own.xRead = read_page;
  g_ptr_array_add (known, methods);
  return methods;
}

static int
open_file (sqlite3_vfs *own, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
  Vfs *vfs = (Vfs *)own;
  int result = vfs->base->xOpen (vfs->base, name, file, flags, out_flags);

  memset (state_of (file), 0, sizeof (State));
  if (result == SQLITE_OK && (flags & SQLITE_OPEN_MAIN_DB) != 0) {
    state_of (file)->base = file->pMethods;
    state_of (file)->is_writer = vfs->is_writer;
    file->pMethods = &find_methods (file->pMethods)->own;
  }
  return result;
}

static void
register_vfs (Vfs *self, const char *name, gboolean is_writer)
{
  self->base = sqlite3_vfs_find (NULL);
  self->own = *self->base;
  self->own.zName = name;
  self->own.pNext = NULL;
  state_offset = (self->base->szOsFile + 7) / 8 * 8;
  self->own.szOsFile = state_offset + (int)sizeof (State);
  self->own.xOpen = open_file;
  self->is_writer = is_writer;
  sqlite3_vfs_register (&self->own, FALSE);
}

const char *
mun_page_sums_get_vfs (gboolean is_writer)
{
  static Vfs writer, reader;
  static gsize registered;

  if (g_once_init_enter (&registered)) {
    register_vfs (&writer, "muniment-writer", TRUE);
    register_vfs (&reader, "muniment-reader", FALSE);
    g_once_init_leave (&registered, 1);
  }
  return is_writer ? writer.own.zName : reader.own.zName;
}

void
mun_page_sums_reserve (sqlite3 *handle)
{
  int bytes = RESERVED;

  sqlite3_file_control (handle, "main", SQLITE_FCNTL_RESERVE_BYTES, &bytes);
}
