/* test-upload-parser.c: the stream of an upload, however it is cut */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "upload-parser.h"

#include "errors.h"

#include <string.h>

#define STREAM "5\nhello0\n3\na\nb11\nhello world"

static void
feed_in_pieces (gsize piece)
{
  g_autoptr (MunUploadParser) parser = mun_upload_parser_new (100);
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  static const char *const expected[] = { "hello", "", "a\nb", "hello world" };
  g_autoptr (GError) error = NULL;

  for (gsize at = 0; at < strlen (STREAM); at += piece)
    g_assert_true (mun_upload_parser_feed (parser, &STREAM[at], MIN (piece, strlen (STREAM) - at),
                                           messages, &error));
  g_assert_true (mun_upload_parser_end (parser, &error));
  g_assert_cmpuint (messages->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < messages->len; i++) {
    gsize length;
    const char *data = g_bytes_get_data (messages->pdata[i], &length);

    g_assert_cmpmem (data, length, expected[i], strlen (expected[i]));
  }
}

static void
test_pieces (void)
{
  for (gsize piece = 1; piece <= strlen (STREAM); piece++)
    feed_in_pieces (piece);
}

static void
test_wrong_streams (void)
{
  static const struct {
    const char *stream;
    int code;
  } rows[] = {
    { "x", MUN_ERROR_PROTOCOL },
    { "\n", MUN_ERROR_PROTOCOL },
    { "-1\n", MUN_ERROR_PROTOCOL },
    { "5 \nhello", MUN_ERROR_PROTOCOL },
    { "101\n", MUN_ERROR_TOO_LARGE },
    { "99999999999999999999\n", MUN_ERROR_TOO_LARGE },
    { "5\nhell", MUN_ERROR_PROTOCOL },
    { "5\nhello3", MUN_ERROR_PROTOCOL },
    { "0000000000005\n", MUN_ERROR_PROTOCOL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (MunUploadParser) parser = mun_upload_parser_new (100);
    g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
    g_autoptr (GError) error = NULL;

    if (mun_upload_parser_feed (parser, rows[i].stream, strlen (rows[i].stream), messages, &error))
      g_assert_false (mun_upload_parser_end (parser, &error));
    g_assert_error (error, MUN_ERROR, rows[i].code);
    /* it stays wrong */
    g_assert_false (mun_upload_parser_feed (parser, "1\na", 3, messages, NULL));
  }
}

/* What is taken away of a long message comes in front of what is appended for it; the one behind it
 * is whole. */
static void
test_take_start (void)
{
  g_autoptr (MunUploadParser) parser = mun_upload_parser_new (100);
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  g_autoptr (GString) text = g_string_new (NULL);
  static const char stream[] = "20\n0123456789abcdefghij3\nxyz";
  gsize length;
  const char *data;

  for (gsize at = 0; at < strlen (stream); at++) {
    g_autoptr (GBytes) start = NULL;

    g_assert_true (mun_upload_parser_feed (parser, &stream[at], 1, messages, NULL));
    start = mun_upload_parser_take_start (parser, 8);
    if (start == NULL)
      continue;
    g_assert_cmpuint (g_bytes_get_size (start), ==, 8);
    g_string_append_len (text, g_bytes_get_data (start, NULL), 8);
  }
  g_assert_true (mun_upload_parser_end (parser, NULL));
  g_assert_cmpuint (messages->len, ==, 2);
  g_assert_cmpstr (text->str, ==, "0123456789abcdef");
  data = g_bytes_get_data (messages->pdata[0], &length);
  g_assert_cmpmem (data, length, "ghij", 4);
  data = g_bytes_get_data (messages->pdata[1], &length);
  g_assert_cmpmem (data, length, "xyz", 3);
  g_assert_null (mun_upload_parser_take_start (parser, 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/upload-parser/pieces", test_pieces);
  g_test_add_func ("/server/upload-parser/wrong-streams", test_wrong_streams);
  g_test_add_func ("/server/upload-parser/take-start", test_take_start);
  return g_test_run ();
}
