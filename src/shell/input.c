/* input.c: secrets and files: standard input, files, a prompt without echo */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "munimentctl"

#include "input.h"

#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define LINE_MAX_BYTES 1024
#define FILE_MAX_BYTES (64 * 1024 * 1024)
#define CHUNK (64 * 1024)
#define CTRL_C 0x03
#define CREDENTIAL "munimentctl-password"

static void
set_errno (GError **error, const char *what, int code)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", what, g_strerror (code));
}

/* Returns: a descriptor, -1 with @error set. */
static int
open_input (const char *path, GError **error)
{
  static gboolean used;
  int descriptor;

  if (strcmp (path, "-") != 0) {
    descriptor = open (path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
      set_errno (error, path, errno);
    return descriptor;
  }
  if (used) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY,
                         _ ("Standard input can be read once only: give a file for the other one"));
    return -1;
  }
  used = TRUE;
  return dup (STDIN_FILENO);
}

/* One line of @descriptor, byte for byte, because more of it may belong to somebody else. @stop:
 * a character that cancels, 0 for none. */
static MunSecret *
read_line (int descriptor, const char *name, char stop, GError **error)
{
  char buffer[LINE_MAX_BYTES] = { 0 };
  gsize length = 0;
  MunSecret *secret = NULL;

  while (length < sizeof buffer && read (descriptor, buffer + length, 1) == 1
         && buffer[length] != '\n' && (stop == '\0' || buffer[length] != stop))
    length++;
  if (length == sizeof buffer)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 _ ("%s: the first line is longer than %d bytes"), name, LINE_MAX_BYTES);
  else if (stop != '\0' && buffer[length] == stop)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled"));
  else if (length == 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _ ("%s: the first line is empty"),
                 name);
  else
    secret
        = mun_secret_new (buffer, length > 1 && buffer[length - 1] == '\r' ? length - 1 : length);
  mun_secret_wipe (buffer, sizeof buffer);
  return secret;
}

/* Asks on a terminal without echo. Ctrl+C ends the line like Return: so the echo comes back. */
static MunSecret *
ask (int terminal, const char *prompt, GError **error)
{
  struct termios before, silent;
  MunSecret *secret;

  if (tcgetattr (terminal, &before) != 0) {
    set_errno (error, _ ("Terminal"), errno);
    return NULL;
  }
  silent = before;
  silent.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
  silent.c_lflag |= ICANON;
  silent.c_cc[VEOL] = CTRL_C;
  tcsetattr (terminal, TCSAFLUSH, &silent);
  dprintf (terminal, "%s", prompt);
  secret = read_line (terminal, _ ("Terminal"), CTRL_C, error);
  tcsetattr (terminal, TCSAFLUSH, &before);
  dprintf (terminal, "\n");
  return secret;
}

static MunSecret *
ask_twice (int terminal, const char *prompt, GError **error)
{
  g_autoptr (MunSecret) first = ask (terminal, prompt, error);
  g_autoptr (MunSecret) second = first != NULL ? ask (terminal, _ ("Once more: "), error) : NULL;

  if (second == NULL)
    return NULL;
  if (mun_text_equal_secret (mun_secret_get_string (first), mun_secret_get_string (second)))
    return g_steal_pointer (&first);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                       _ ("The two entries differ: run the command again"));
  return NULL;
}

MunSecret *
mun_input_read_line (const char *path, const char *prompt, gboolean twice, GError **error)
{
  int descriptor = open_input (path, error);
  MunSecret *secret;

  if (descriptor < 0)
    return NULL;
  if (isatty (descriptor))
    secret = twice ? ask_twice (descriptor, prompt, error) : ask (descriptor, prompt, error);
  else
    secret = read_line (descriptor, strcmp (path, "-") == 0 ? _ ("Standard input") : path, '\0',
                        error);
  close (descriptor);
  return secret;
}

static void
wipe_array (GByteArray *array)
{
  mun_secret_wipe (array->data, array->len);
  g_byte_array_unref (array);
}

MunSecret *
mun_input_read_all (const char *path, GError **error)
{
  const char *name = strcmp (path, "-") == 0 ? _ ("Standard input") : path;
  int descriptor = open_input (path, error);
  GByteArray *content;
  MunSecret *secret = NULL;
  guint8 *chunk;
  gssize n;

  if (descriptor < 0)
    return NULL;
  content = g_byte_array_new ();
  chunk = g_malloc (CHUNK);
  while ((n = read (descriptor, chunk, CHUNK)) > 0 && content->len <= FILE_MAX_BYTES)
    g_byte_array_append (content, chunk, n);
  if (n < 0)
    set_errno (error, name, errno);
  else if (content->len > FILE_MAX_BYTES)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _ ("%s: larger than %d MiB"), name,
                 FILE_MAX_BYTES / 1024 / 1024);
  else
    secret = mun_secret_new (content->data, content->len);
  mun_secret_wipe (chunk, CHUNK);
  g_free (chunk);
  wipe_array (content);
  close (descriptor);
  return secret;
}

MunSecret *
mun_input_read_password (const char *path, const char *user, const char *server, GError **error)
{
  const char *credentials = g_getenv ("CREDENTIALS_DIRECTORY");
  /* Translators: a prompt; the first is a user's name, the second a server's */
  g_autofree char *prompt = g_strdup_printf (_ ("Password of %s at %s: "), user, server);
  g_autofree char *credential = NULL;
  MunSecret *secret;
  int terminal;

  if (path != NULL)
    return mun_input_read_line (path, prompt, FALSE, error);
  if (credentials != NULL) {
    credential = g_build_filename (credentials, CREDENTIAL, NULL);
    if (g_file_test (credential, G_FILE_TEST_EXISTS))
      return mun_input_read_line (credential, prompt, FALSE, error);
  }
  terminal = open ("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (terminal < 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 _ ("The password of %s is not known and there is no terminal to ask for it: give "
                    "--password-file"),
                 user);
    return NULL;
  }
  secret = ask (terminal, prompt, error);
  close (terminal);
  return secret;
}
