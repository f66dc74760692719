/* ready.c: who owns the data directory, and word that the server is ready */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-server"

#include "ready.h"

#include "errors.h"
#include "json.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

int
mun_ready_lock (const char *data_dir, GError **error)
{
  g_autofree char *path = g_build_filename (data_dir, "server.lock", NULL);
  int descriptor, saved;

  if (g_mkdir_with_parents (data_dir, 0700) != 0) {
    g_set_error (error, MUN_ERROR, MUN_ERROR_FAILED, "Data directory %s: %s", data_dir,
                 g_strerror (errno));
    return -1;
  }
  descriptor = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor >= 0 && flock (descriptor, LOCK_EX | LOCK_NB) == 0)
    return descriptor;
  saved = errno;
  if (descriptor >= 0)
    close (descriptor);
  if (saved == EWOULDBLOCK)
    g_set_error (error, MUN_ERROR, MUN_ERROR_BUSY,
                 "Another archive server is using the data directory %s", data_dir);
  else
    g_set_error (error, MUN_ERROR, MUN_ERROR_FAILED, "Data directory %s cannot be locked: %s",
                 data_dir, g_strerror (saved));
  return -1;
}

void
mun_ready_write_line (int descriptor, const char *line)
{
  g_autofree char *text = g_strconcat (line, "\n", NULL);
  gsize done = 0, length = strlen (text);

  while (done < length) {
    gssize written = write (descriptor, text + done, length - done);

    if (written < 0 && errno != EINTR) {
      g_info ("Nobody reads the ready line: %s", g_strerror (errno));
      break;
    }
    done += MAX (written, 0);
  }
  close (descriptor);
}

gboolean
mun_ready_write_file (const char *data_dir, const char *line, GError **error)
{
  g_autofree char *path = g_build_filename (data_dir, "ready.json", NULL);
  g_autoptr (JsonObject) object = mun_json_parse_object (line, -1, error);
  g_autofree char *text = NULL;

  if (object == NULL)
    return FALSE;
  json_object_set_int_member (object, "pid", getpid ());
  text = mun_json_object_to_string (object);
  return g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

void
mun_ready_remove_file (const char *data_dir)
{
  g_autofree char *path = g_build_filename (data_dir, "ready.json", NULL);

  if (g_unlink (path) != 0 && errno != ENOENT)
    g_warning ("%s: %s", path, g_strerror (errno));
}

void
mun_ready_notify (const char *state)
{
  const char *name = g_getenv ("NOTIFY_SOCKET");
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;

  if (name == NULL || *name == '\0')
    return;
  if (*name == '@')
    address = g_unix_socket_address_new_with_type (name + 1, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  else
    address = g_unix_socket_address_new (name);
  socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT,
                         &error);
  if (socket == NULL || g_socket_send_to (socket, address, state, strlen (state), NULL, &error) < 0)
    g_warning ("systemd was not told %s: %s", state, error->message);
}
