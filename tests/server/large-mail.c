/* large-mail.c: messages that do not get smaller, and what munimentd needs for them */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "large-mail.h"

#include "json.h"

#include <stdio.h>
#include <string.h>

GBytes *
large_mail_new (const char *subject, gsize length, guint32 seed)
{
  g_autofree guint8 *bytes = g_malloc (length + 4);
  g_autofree char *text = NULL;
  GRand *random = g_rand_new_with_seed (seed);
  GString *message = g_string_sized_new (length / 57 * 78 + 1000);
  gsize characters;

  for (gsize i = 0; i < length; i += 4) {
    guint32 number = g_rand_int (random);

    memcpy (bytes + i, &number, 4);
  }
  g_rand_free (random);
  text = g_base64_encode (bytes, length);
  characters = strlen (text);
  g_string_printf (message,
                   "From: a@example.org\r\nSubject: %s\r\nMIME-Version: 1.0\r\n"
                   "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\n"
                   "Content-Type: application/octet-stream; name=x.bin\r\n"
                   "Content-Transfer-Encoding: base64\r\n\r\n",
                   subject);
  for (gsize at = 0; at < characters; at += 76) {
    g_string_append_len (message, text + at, MIN (76, characters - at));
    g_string_append (message, "\r\n");
  }
  g_string_append (message, "--b--\r\n");
  return g_string_free_to_bytes (message);
}

char *
large_mail_upload (TestServer *server, const char *bearer, GBytes *raw)
{
  g_autoptr (GPtrArray) messages = g_ptr_array_new ();
  g_autoptr (JsonObject) reply = NULL;
  g_autofree char *numbers = NULL;

  g_ptr_array_add (messages, raw);
  reply = test_server_upload_bytes (server, bearer, TEST_ADMIN "/Large", messages);
  g_assert_cmpint (mun_json_get_int (reply, "failed", 1), ==, 0);
  numbers = g_strdup (
      mun_json_get_string (json_array_get_object_element (mun_json_get_array (reply, "items"), 0),
                           "id", ""));
  g_strdelimit (numbers, ":", '/');
  return g_strdup_printf ("/api/messages/%s/download", numbers);
}

void
large_mail_ask (Wire *wire, const char *path, const char *bearer, const char *headers)
{
  g_autofree char *text
      = g_strdup_printf ("GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: %s\r\n%s\r\n", path,
                         bearer, headers);

  wire_send (wire, text);
}

static char *
dup_proc_path (TestServer *server, const char *name)
{
  return g_build_filename ("/proc", g_subprocess_get_identifier (server->process), name, NULL);
}

gsize
large_mail_get_peak (TestServer *server)
{
#ifdef __SANITIZE_ADDRESS__
  return 0;
#else
  g_autofree char *path = dup_proc_path (server, "status");
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents (path, &text, NULL, NULL) || (line = strstr (text, "VmHWM:")) == NULL)
    return 0;
  return g_ascii_strtoull (line + strlen ("VmHWM:") + strspn (line + strlen ("VmHWM:"), " \t"),
                           NULL, 10)
         * 1024;
#endif
}

void
large_mail_reset_peak (TestServer *server)
{
  g_autofree char *path = dup_proc_path (server, "clear_refs");
  FILE *file = fopen (path, "w");

  if (file == NULL)
    return;
  fputs ("5\n", file);
  fclose (file);
}
