/* upload.c: the stream of an upload, at once and in drops */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "errors.h"
#include "upload-parser.h"

#define LIMIT 1000

/* Returns: how it ended, 0 or a MunError. */
static int
parse (const guint8 *data, gsize size, gsize drop, GPtrArray *messages)
{
  g_autoptr (MunUploadParser) parser = mun_upload_parser_new (LIMIT);
  g_autoptr (GError) error = NULL;

  for (gsize at = 0; at < size && error == NULL; at += MIN (drop, size - at))
    mun_upload_parser_feed (parser, (const char *)data + at, MIN (drop, size - at), messages,
                            &error);
  if (error == NULL)
    mun_upload_parser_end (parser, &error);
  g_assert_true (error == NULL || error->domain == MUN_ERROR);
  if (error == NULL)
    return 0;
  fuzz_assert_text (error->message);
  /* It stays failed. */
  g_assert_false (mun_upload_parser_feed (parser, "1\nx", 3, messages, NULL));
  return error->code;
}

/* The messages stand in the stream, each behind its length, and without an error they are all of
 * it. */
static void
check_cover (GPtrArray *messages, const guint8 *data, gsize size, gboolean whole)
{
  const guint8 *at = data;

  for (guint i = 0; i < messages->len; i++) {
    gsize length;
    const guint8 *message = g_bytes_get_data (messages->pdata[i], &length);
    const guint8 *newline = memchr (at, '\n', data + size - at);

    g_assert_cmpuint (length, <=, LIMIT);
    g_assert_nonnull (newline);
    g_assert_cmpuint (g_ascii_strtoull ((const char *)at, NULL, 10), ==, length);
    g_assert_cmpuint (length, <=, data + size - newline - 1);
    g_assert_cmpmem (message, length, newline + 1, length);
    at = newline + 1 + length;
  }
  if (whole)
    g_assert_true (at == data + size);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  gsize drop = (gsize)fuzz_take (&input) + 1;
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  g_autoptr (GPtrArray) others = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  int result = parse (input.data, input.left, input.left + 1, messages);

  check_cover (messages, input.data, input.left, result == 0);
  g_assert_cmpint (parse (input.data, input.left, drop, others), ==, result);
  g_assert_cmpuint (messages->len, ==, others->len);
  for (guint i = 0; i < messages->len; i++)
    g_assert_true (g_bytes_equal (messages->pdata[i], others->pdata[i]));
  return 0;
}
