/* files.c: reading messages that are files */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-source"

#include "files.h"

#include "errors.h"
#include "message-buffer.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
set_errno_error (GError **error, const char *what, const char *path)
{
  int code = errno;
  g_autofree char *name = mun_files_display_name (path);

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s “%s”: %s", what, name,
               g_strerror (code));
}

static gboolean
check (const struct stat *info, const char *path, GError **error)
{
  g_autofree char *name = mun_files_display_name (path);

  if (!S_ISREG (info->st_mode)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, "“%s” is not a regular file",
                 name);
    return FALSE;
  }
  if (info->st_size > (goffset)MUN_SOURCE_MAX_MESSAGE) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_TOO_LARGE,
                 "“%s” has %" G_GINT64_FORMAT " bytes, more than a message may have", name,
                 (gint64)info->st_size);
    return FALSE;
  }
  return TRUE;
}

/* Reads to the end, also when the file grew meanwhile. Large ones are copied, not mapped: whoever owns
 * the file may change it. */
static gboolean
read_all (int fd, MunMessageBuffer *buffer, const char *path, GError **error)
{
  gsize length = 0;

  for (;;) {
    guint8 chunk[64 * 1024];
    ssize_t n;

    n = read (fd, chunk, sizeof chunk);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      set_errno_error (error, "cannot read", path);
    if (n <= 0)
      return n == 0;
    length += (gsize)n;
    if (length > MUN_SOURCE_MAX_MESSAGE) {
      g_set_error (error, MUN_ERROR, MUN_ERROR_TOO_LARGE, "the file is larger than a message");
      return FALSE;
    }
    if (!mun_message_buffer_append (buffer, chunk, n, error))
      return FALSE;
  }
}

GBytes *
mun_files_read (const char *path, const char *spool_dir, gboolean *is_mapped, gint64 *modified,
                GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
  g_autoptr (MunMessageBuffer) buffer = NULL;
  struct stat info;
  GBytes *bytes = NULL;

  if (fd < 0) {
    set_errno_error (error, "cannot open", path);
    return NULL;
  }
  buffer = mun_message_buffer_new (spool_dir);
  if (fstat (fd, &info) < 0)
    set_errno_error (error, "cannot look at", path);
  else if (check (&info, path, error) && read_all (fd, buffer, path, error))
    bytes = mun_message_buffer_end (g_steal_pointer (&buffer), 0, is_mapped, error);
  close (fd);
  if (bytes != NULL)
    *modified = (gint64)info.st_mtime;
  return bytes;
}

/* Not there any more, or a link (the system says "too many links" when it may not follow one). */
static gboolean
is_nothing (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_LINKS);
}

MunSourceItem *
mun_files_read_item (const char *path, const char *name, const char *key, const char *spool_dir)
{
  g_autoptr (GError) error = NULL;
  MunSourceItem *item = mun_source_item_new (MUN_SOURCE_READ, name);

  item->raw = mun_files_read (path, spool_dir, &item->is_mapped, &item->received, &error);
  item->key = g_strdup (key);
  if (item->raw != NULL && g_bytes_get_size (item->raw) > 0)
    return item;
  item->step = "read";
  if (error == NULL) {
    item->state = MUN_SOURCE_SKIPPED;
    item->reason = g_strdup ("the file is empty");
    g_clear_pointer (&item->raw, g_bytes_unref);
  } else {
    item->state = is_nothing (error) ? MUN_SOURCE_SKIPPED : MUN_SOURCE_FAILED;
    item->reason = g_strdup (error->message);
  }
  return item;
}

char *
mun_files_display_name (const char *name)
{
  GString *text = g_string_new (NULL);
  const char *end;

  while (!g_utf8_validate (name, -1, &end)) {
    g_string_append_len (text, name, end - name);
    g_string_append_printf (text, "%%%02X", (guint)(guchar)*end);
    name = end + 1;
  }
  g_string_append (text, name);
  return g_string_free (text, FALSE);
}

char *
mun_files_join_path (const char *parent, const char *name)
{
  g_autofree char *display = mun_files_display_name (name);
  GString *text = g_string_new (display);

  g_string_replace (text, "/", "∕", 0);
  if (*parent != '\0' && text->len > 0)
    g_string_prepend_c (text, '/');
  g_string_prepend (text, parent);
  return g_string_free (text, FALSE);
}

void
mun_files_note (const MunSourceHost *host, const char *path, const char *reason)
{
  g_autofree char *name = mun_files_display_name (path);

  if (host != NULL && host->note != NULL)
    host->note (name, "list", reason, host->user_data);
}

gboolean
mun_files_leave_link (const MunSourceHost *host, const char *path)
{
  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    return FALSE;
  mun_files_note (host, path, "a symbolic link, which is not followed");
  return TRUE;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

GStrv
mun_files_list (const char *path, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, error);
  g_autoptr (GPtrArray) names = NULL;
  const char *name;

  if (dir == NULL)
    return NULL;
  names = g_ptr_array_new_with_free_func (g_free);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (GStrv)g_ptr_array_steal (names, NULL);
}
