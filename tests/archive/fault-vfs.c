/* fault-vfs.c: the n-th call of SQLite to the system fails, or is the last one */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fault-vfs.h"

#include <signal.h>
#include <string.h>

/* A file's methods: those of the system but for four. */
typedef struct {
  sqlite3_io_methods own;
  const sqlite3_io_methods *base;
} Methods;

static sqlite3_vfs own_vfs, *base_vfs;
static GMutex lock;
static GPtrArray *tables;
static int armed_calls, armed_result, base_offset;
static guint skip_count;
static gboolean is_lasting, has_failed;

/* It stands behind the system's own data of an open file. */
static const sqlite3_io_methods **
place_of_base (sqlite3_file *file)
{
  return (const sqlite3_io_methods **)((guint8 *)file + base_offset);
}

static const sqlite3_io_methods *
base_of (sqlite3_file *file)
{
  return *place_of_base (file);
}

static int
next_result (FaultVfsCall call)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  if ((armed_calls & call) == 0 || (has_failed && !is_lasting))
    return SQLITE_OK;
  if (skip_count > 0) {
    skip_count--;
    return SQLITE_OK;
  }
  has_failed = TRUE;
  return armed_result;
}

static int
read_cb (sqlite3_file *file, void *data, int length, sqlite3_int64 offset)
{
  int result = next_result (FAULT_VFS_READ);

  if (result == FAULT_VFS_KILL)
    raise (SIGKILL);
  /* What is not read is zero then, https://sqlite.org/c3ref/io_methods.html. */
  if (result == SQLITE_IOERR_SHORT_READ)
    memset (data, 0, length);
  return result != SQLITE_OK ? result : base_of (file)->xRead (file, data, length, offset);
}

static int
write_cb (sqlite3_file *file, const void *data, int length, sqlite3_int64 offset)
{
  int result = next_result (FAULT_VFS_WRITE);

  if (result != SQLITE_OK)
    base_of (file)->xWrite (file, data, length / 2, offset);
  if (result == FAULT_VFS_KILL)
    raise (SIGKILL);
  return result != SQLITE_OK ? result : base_of (file)->xWrite (file, data, length, offset);
}

static int
sync_cb (sqlite3_file *file, int flags)
{
  int result = next_result (FAULT_VFS_SYNC);

  if (result == FAULT_VFS_KILL)
    raise (SIGKILL);
  return result != SQLITE_OK ? result : base_of (file)->xSync (file, flags);
}

static int
truncate_cb (sqlite3_file *file, sqlite3_int64 size)
{
  int result = next_result (FAULT_VFS_TRUNCATE);

  if (result == FAULT_VFS_KILL)
    raise (SIGKILL);
  return result != SQLITE_OK ? result : base_of (file)->xTruncate (file, size);
}

static const sqlite3_io_methods *
find_methods (const sqlite3_io_methods *base)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  Methods *methods;

  for (guint i = 0; i < tables->len; i++) {
    methods = g_ptr_array_index (tables, i);
    if (methods->base == base)
      return &methods->own;
  }
  methods = g_new0 (Methods, 1);
  methods->own = *base;
  methods->base = base;
  methods->own.xRead = read_cb;
  methods->own.xWrite = write_cb;
  methods->own.xSync = sync_cb;
  methods->own.xTruncate = truncate_cb;
  g_ptr_array_add (tables, methods);
  return &methods->own;
}

static int
open_cb (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
  int result = base_vfs->xOpen (base_vfs, name, file, flags, out_flags);

  if (result == SQLITE_OK) {
    *place_of_base (file) = file->pMethods;
    file->pMethods = find_methods (file->pMethods);
  }
  return result;
}

void
fault_vfs_install (void)
{
  tables = g_ptr_array_new ();
  base_vfs = sqlite3_vfs_find (NULL);
  own_vfs = *base_vfs;
  own_vfs.zName = "fault";
  own_vfs.pNext = NULL;
  own_vfs.xOpen = open_cb;
  base_offset = (base_vfs->szOsFile + 7) / 8 * 8;
  own_vfs.szOsFile = base_offset + 8;
  g_assert_cmpint (sqlite3_vfs_register (&own_vfs, TRUE), ==, SQLITE_OK);
}

void
fault_vfs_arm (int calls, guint skip, int result, gboolean lasting)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  armed_calls = calls;
  armed_result = result;
  skip_count = skip;
  is_lasting = lasting;
  has_failed = FALSE;
}

gboolean
fault_vfs_disarm (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  armed_calls = 0;
  return has_failed;
}
