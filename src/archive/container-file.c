/* container-file.c: one container file: making, opening, reading, scanning */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "container-file.h"

#include "errors.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define SCAN_WINDOW (256 * 1024)
#define SCAN_READ (1024 * 1024)
/* What a disk loses together. */
#define SCAN_BLOCK 4096

static const char magic[8] = { 'M', 'U', 'N', 'C', 'O', 'N', 'T', '1' };

gboolean
mun_container_file_error (GError **error, int problem, const char *step, const char *path)
{
  MunError code = MUN_ERROR_FAILED;

  if (problem == ENOSPC || problem == EDQUOT || problem == EFBIG)
    code = MUN_ERROR_NO_SPACE;
  else if (problem == EROFS || problem == EACCES || problem == EPERM)
    code = MUN_ERROR_READ_ONLY;
  else if (problem == ENOENT)
    code = MUN_ERROR_NOT_FOUND;
  g_set_error (error, MUN_ERROR, code, "%s %s: %s", step, path, g_strerror (problem));
  return FALSE;
}

int
mun_container_file_fault (const char *step)
{
  return mun_contents_fault_hook != NULL ? mun_contents_fault_hook (step) : 0;
}

gboolean
mun_container_file_sync_dir (const char *dir, GError **error)
{
  int fd = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int problem = fd < 0 ? errno : mun_container_file_fault ("sync-folder");

  if (problem == 0 && fsync (fd) != 0)
    problem = errno;
  if (fd >= 0)
    close (fd);
  return problem == 0 || mun_container_file_error (error, problem, "syncing folder", dir);
}

static void
fill_header (guint8 header[MUN_CONTAINER_HEADER_SIZE], guint32 number, const guint8 guid[16])
{
  guint32 version = GUINT32_TO_LE (1), le_number = GUINT32_TO_LE (number), sum;
  gint64 now = GINT64_TO_LE (g_get_real_time () / G_USEC_PER_SEC);

  memset (header, 0, MUN_CONTAINER_HEADER_SIZE);
  memcpy (header, magic, sizeof magic);
  memcpy (header + 8, &version, 4);
  memcpy (header + 12, &le_number, 4);
  memcpy (header + 16, &now, 8);
  memcpy (header + 24, guid, 16);
  sum = GUINT32_TO_LE (crc32_z (crc32_z (0, NULL, 0), header, 60));
  memcpy (header + 60, &sum, 4);
}

static gboolean
is_header (const guint8 header[MUN_CONTAINER_HEADER_SIZE])
{
  guint32 sum;

  memcpy (&sum, header + 60, 4);
  return memcmp (header, magic, sizeof magic) == 0
         && GUINT32_FROM_LE (sum) == crc32_z (crc32_z (0, NULL, 0), header, 60);
}

int
mun_container_file_create (const char *dir, const char *path, guint32 number, const guint8 guid[16],
                           GError **error)
{
  guint8 header[MUN_CONTAINER_HEADER_SIZE];
  int fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  int problem;

  if (fd < 0) {
    mun_container_file_error (error, errno, "creating container", path);
    return -1;
  }
  fill_header (header, number, guid);
  problem = mun_container_file_write (fd, header, sizeof header, 0);
  if (problem != 0)
    mun_container_file_error (error, problem, "creating container", path);
  if (problem == 0 && mun_container_file_sync_dir (dir, error))
    return fd;
  close (fd);
  unlink (path);
  return -1;
}

int
mun_container_file_open (const char *path, gboolean writable, GError **error)
{
  int problem = mun_container_file_fault ("open");
  int fd = problem == 0 ? open (path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC) : -1;

  if (fd < 0)
    mun_container_file_error (error, problem != 0 ? problem : errno, "opening container", path);
  return fd;
}

gboolean
mun_container_file_check (int fd, const char *path, guint32 number, const guint8 guid[16],
                          GError **error)
{
  guint8 header[MUN_CONTAINER_HEADER_SIZE];
  guint32 le_number = GUINT32_TO_LE (number);
  int problem = mun_container_file_read (fd, header, sizeof header, 0);

  if (problem != 0 && problem != ENODATA)
    return mun_container_file_error (error, problem, "reading the header of container", path);
  if (problem == 0 && is_header (header) && memcmp (header + 12, &le_number, 4) == 0
      && memcmp (header + 24, guid, 16) == 0)
    return TRUE;
  g_set_error (error, MUN_ERROR, MUN_ERROR_DAMAGED,
               "container %s: its header (bytes 0 to %d) is damaged or belongs to another store",
               path, MUN_CONTAINER_HEADER_SIZE - 1);
  return FALSE;
}

gint64
mun_container_file_size (int fd)
{
  struct stat status;

  return fstat (fd, &status) == 0 ? status.st_size : -1;
}

static int
write_all (int fd, const guint8 *data, gsize length, guint64 offset)
{
  while (length > 0) {
    gssize written = pwrite (fd, data, length, offset);

    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return written < 0 ? errno : EIO;
    data += written;
    offset += written;
    length -= written;
  }
  return 0;
}

int
mun_container_file_write (int fd, const guint8 *data, gsize length, guint64 offset)
{
  gsize half = mun_contents_fault_hook != NULL ? length / 2 : 0;
  int problem = mun_container_file_fault ("write");

  if (problem == 0 && half > 0)
    problem = write_all (fd, data, half, offset);
  if (problem == 0 && half > 0)
    problem = mun_container_file_fault ("half");
  return problem != 0 ? problem : write_all (fd, data + half, length - half, offset + half);
}

int
mun_container_file_read (int fd, guint8 *data, gsize length, guint64 offset)
{
  int problem = mun_container_file_fault ("read");

  while (problem == 0 && length > 0) {
    gssize got = pread (fd, data, length, offset);

    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      problem = got < 0 ? errno : ENODATA;
    data += got;
    offset += got;
    length -= got;
  }
  return problem;
}

/* The offset of the next thing that looks like a record header, or END. What cannot be read is
 * stepped over. It looks at little at first: somebody may have written header after header. */
static guint64
find_record (int fd, guint64 from, guint64 end)
{
  g_autofree guint8 *window = g_malloc (SCAN_WINDOW);
  MunRecordHeader header;
  gsize most = SCAN_BLOCK;

  while (from + MUN_RECORD_HEADER_SIZE <= end) {
    gsize length = MIN (end - from, most);
    gsize last = length - MUN_RECORD_HEADER_SIZE;
    int problem = mun_container_file_read (fd, window, length, from);

    if (problem == ENODATA)
      return end;
    if (problem != 0) {
      if (most == SCAN_BLOCK)
        from = (from / SCAN_BLOCK + 1) * SCAN_BLOCK;
      most = SCAN_BLOCK;
      continue;
    }
    for (gsize i = 0; i <= last; i++)
      if (window[i] == 'M' && mun_record_parse_header (window + i, &header))
        return from + i;
    from += last + 1;
    most = MIN (most * 2, SCAN_WINDOW);
  }
  return end;
}

/* What is being scanned, and the stretch of it that was read last. */
typedef struct {
  int fd;
  guint64 end;
  guint8 *bytes;
  gsize room, length;
  guint64 offset;       /* of the bytes */
  guint64 narrow_until; /* up to there a large read has failed: no more is read than is needed */
} Window;

/* Returns: 0 with @bytes, an errno, or ENODATA. What stands behind it is read as well, unless that
 * cannot be read: this must not suffer from it. */
static int
look_at (Window *self, guint64 offset, gsize length, const guint8 **bytes)
{
  gsize wanted
      = offset < self->narrow_until ? length : MIN (MAX (length, SCAN_READ), self->end - offset);
  int problem;

  if (offset < self->offset || offset + length > self->offset + self->length) {
    if (self->room < wanted)
      self->bytes = g_realloc (self->bytes, self->room = wanted);
    self->offset = offset;
    self->length = 0;
    problem = mun_container_file_read (self->fd, self->bytes, wanted, offset);
    if (problem != 0 && wanted > length) {
      self->narrow_until = offset + wanted;
      problem = mun_container_file_read (self->fd, self->bytes, wanted = length, offset);
    }
    if (problem != 0)
      return problem;
    self->length = wanted;
    /* The disk goes on while these are looked at. */
    posix_fadvise (self->fd, offset + wanted, 2 * SCAN_READ, POSIX_FADV_WILLNEED);
  }
  *bytes = self->bytes + (offset - self->offset);
  return 0;
}

/* Returns: 0, an errno, or ENODATA when no whole record is there. */
static int
read_record (Window *window, guint64 offset, MunRecordHeader *header, const guint8 **record)
{
  gsize room = window->end - offset;
  int problem;

  if (room < MUN_RECORD_HEADER_SIZE)
    return ENODATA;
  problem = look_at (window, offset, MUN_RECORD_HEADER_SIZE, record);
  if (problem != 0)
    return problem;
  if (!mun_record_parse_header (*record, header)
      || room - MUN_RECORD_HEADER_SIZE < header->stored_length)
    return ENODATA;
  return look_at (window, offset, MUN_RECORD_HEADER_SIZE + (gsize)header->stored_length, record);
}

gboolean
mun_container_file_scan (int fd, guint32 number, guint64 start, guint64 end, MunContentsVisit visit,
                         MunContentsGap gap, gpointer user_data, GError **error)
{
  Window window = { .fd = fd, .end = end };
  guint64 offset = start;

  posix_fadvise (fd, start, end - start, POSIX_FADV_SEQUENTIAL);
  while (offset < end) {
    MunRecordHeader header;
    MunPlaceInContents place = { number, offset, 0 };
    const guint8 *record;

    int problem = read_record (&window, offset, &header, &record);

    if (problem != 0) {
      guint64 next = find_record (fd, offset + 1, end);

      if (gap != NULL)
        gap (number, offset, next - offset, problem == ENODATA ? 0 : problem, user_data);
      offset = next;
      continue;
    }
    place.length = MUN_RECORD_HEADER_SIZE + header.stored_length;
    offset += place.length;
    if (!visit (&place, &header, record, user_data))
      break;
  }
  g_free (window.bytes);
  return TRUE;
}
