/* test-codec.c: packing, base64 and dictionaries */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base64-lines.h"
#include "codec.h"
#include "errors.h"

#include <string.h>
#include <zdict.h>

typedef struct {
  gsize line; /* 0: one line */
  const char *ending;
  gboolean ends_last;
} Layout;

static const Layout layouts[] = { { 76, "\r\n", FALSE },   { 76, "\n", TRUE },  { 72, "\n", FALSE },
                                  { 64, "\r\n", TRUE },    { 60, "\n", FALSE }, { 4, "\n", TRUE },
                                  { 1020, "\r\n", FALSE }, { 0, "\n", FALSE },  { 0, "\n", TRUE } };

static guint8 *
random_bytes (gsize length)
{
  guint8 *bytes = g_malloc (length + 1);

  for (gsize i = 0; i < length; i++)
    bytes[i] = g_test_rand_int_range (0, 256);
  return bytes;
}

/* As a mail program would write it. */
static GString *
encode (const guint8 *bytes, gsize length, const Layout *layout)
{
  g_autofree char *text = g_base64_encode (bytes, length);
  GString *lines = g_string_new (NULL);
  gsize step = layout->line > 0 ? layout->line : strlen (text);

  for (const char *p = text; *p != '\0'; p += MIN (step, strlen (p))) {
    if (p > text)
      g_string_append (lines, layout->ending);
    g_string_append_len (lines, p, MIN (step, strlen (p)));
  }
  if (layout->ends_last)
    g_string_append (lines, layout->ending);
  return lines;
}

static void
assert_unfolds (const guint8 *folded, gsize folded_length, const GString *text)
{
  g_autofree guint8 *again = g_malloc (text->len);

  g_assert_true (mun_base64_unfold (folded, folded_length, again, text->len));
  g_assert_cmpmem (again, text->len, text->str, text->len);
}

static void
test_base64_folds (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (layouts); i++)
    for (gsize length = 300; length < 312; length++) {
      g_autofree guint8 *bytes = random_bytes (length);
      GString *text = encode (bytes, length, &layouts[i]);
      gsize folded_length = 0;
      g_autofree guint8 *folded = mun_base64_fold ((guint8 *)text->str, text->len, &folded_length);

      g_assert_nonnull (folded);
      g_assert_cmpmem (folded + MUN_BASE64_PREFIX, folded_length - MUN_BASE64_PREFIX, bytes,
                       length);
      assert_unfolds (folded, folded_length, text);
      g_string_free (text, TRUE);
    }
}

/* Whatever one changed character makes of it: what folds comes back as it was. */
static void
test_base64_exact (void)
{
  static const char changes[] = "\r\n =-_#A\xff";
  guint refused = 0;

  for (guint round = 0; round < 2000; round++) {
    g_autofree guint8 *bytes = random_bytes (400);
    GString *text = encode (bytes, 400, &layouts[round % G_N_ELEMENTS (layouts)]);
    gsize at = g_test_rand_int_range (0, text->len), folded_length = 0;
    g_autofree guint8 *folded = NULL;

    text->str[at] = changes[g_test_rand_int_range (0, sizeof changes - 1)];
    folded = mun_base64_fold ((guint8 *)text->str, text->len, &folded_length);
    if (folded != NULL)
      assert_unfolds (folded, folded_length, text);
    else
      refused++;
    g_string_free (text, TRUE);
  }
  g_assert_cmpuint (refused, >, 1000);
}

static void
test_base64_refuses (void)
{
  static const char *const texts[] = { "words of a letter, not base64, and much longer than that",
                                       "QUJD\nQUJDQUJD\nQUJD\n", "====", "\n\n\n\n" };
  guint8 folded[] = { 19, 0, 'a', 'b', 'c' }, out[8];
  gsize length;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    GString *text = g_string_new (NULL);

    while (text->len < 1000)
      g_string_append (text, texts[i]);
    g_assert_null (mun_base64_fold ((guint8 *)text->str, text->len, &length));
    g_string_free (text, TRUE);
  }
  g_assert_null (mun_base64_fold ((guint8 *)"", 0, &length));
  g_assert_true (mun_base64_unfold (folded, sizeof folded, out, 4));
  g_assert_cmpmem (out, 4, "YWJj", 4);
  g_assert_false (mun_base64_unfold (folded, sizeof folded, out, 5));
  g_assert_false (mun_base64_unfold (folded, sizeof folded, out, 3));
  g_assert_false (mun_base64_unfold (folded, 1, out, 4));
}

static void
test_base64_align (void)
{
  g_assert_cmpuint (mun_base64_align ((guint8 *)"ab\ncd\nef", 8), ==, 6);
  g_assert_cmpuint (mun_base64_align ((guint8 *)"ab\ncd\n", 6), ==, 6);
  g_assert_cmpuint (mun_base64_align ((guint8 *)"abcdef", 6), ==, 6);
}

static MunCodec *
new_codec (void)
{
  g_autoptr (MunSecret) key = mun_secret_new ("0123456789abcdef0123456789abcdef", 32);

  return mun_codec_new (mun_sealer_new (key, NULL));
}

/* Returns: the packed size. */
static gsize
assert_packs (MunCodec *codec, gconstpointer data, gsize length, MunPacking *packing)
{
  g_autofree guint8 *out = g_malloc (mun_codec_bound (length));
  gsize packed = mun_codec_pack (codec, data, length, out, packing);
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *plain = mun_codec_unpack (codec, packing, out, packed, length, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (plain, length, data, length);
  return packed;
}

static void
test_pack (void)
{
  g_autoptr (MunCodec) codec = new_codec ();
  g_autofree guint8 *noise = random_bytes (3000);
  g_autofree char *same = g_strnfill (3000, ' ');
  GString *text = encode (noise, 3000, &layouts[0]);
  MunPacking packing;

  g_assert_cmpuint (assert_packs (codec, same, 3000, &packing), <, 100);
  g_assert_cmpuint (packing.flags, ==, MUN_PACKED_ZSTD);
  g_assert_cmpuint (assert_packs (codec, noise, 3000, &packing), ==, 3000);
  g_assert_cmpuint (packing.flags, ==, 0);
  g_assert_cmpuint (assert_packs (codec, text->str, text->len, &packing), <=, 3002);
  g_assert_cmpuint (packing.flags & MUN_PACKED_BASE64, !=, 0);
  g_assert_cmpuint (assert_packs (codec, "", 0, &packing), ==, 0);
  g_string_free (text, TRUE);
}

/* A record that says how long it is cannot become longer. */
static void
test_bomb (void)
{
  g_autoptr (MunCodec) codec = new_codec ();
  g_autofree char *zeros = g_malloc0 (1024 * 1024);
  g_autofree guint8 *out = g_malloc (mun_codec_bound (1024 * 1024));
  MunPacking packing;
  gsize packed = mun_codec_pack (codec, zeros, 1024 * 1024, out, &packing);

  for (gsize claimed = 0; claimed < 2000; claimed += 999) {
    g_autoptr (GError) error = NULL;

    g_assert_null (mun_codec_unpack (codec, &packing, out, packed, claimed, &error));
    g_assert_error (error, MUN_ERROR, MUN_ERROR_DAMAGED);
  }
}

static char *
letter (guint number)
{
  return g_strdup_printf ("Received: from mail.example.com by archive.example.com; message %u\r\n"
                          "From: Ann Example <ann%u@example.com>\r\nSubject: quarterly figures\r\n"
                          "Content-Type: text/plain; charset=utf-8\r\n\r\nDear number %u,\r\n"
                          "please find the figures of the quarter below.\r\n%u\r\n",
                          number, number % 7, number * 31, g_test_rand_int ());
}

static GBytes *
train (guint seed)
{
  g_autoptr (GByteArray) samples = g_byte_array_new ();
  g_autoptr (GArray) sizes = g_array_new (FALSE, FALSE, sizeof (gsize));
  guint8 *dictionary = g_malloc (8192);
  gsize length;

  for (guint i = 0; i < 500; i++) {
    g_autofree char *text = letter (seed + i);
    gsize size = strlen (text);

    g_byte_array_append (samples, (guint8 *)text, size);
    g_array_append_val (sizes, size);
  }
  length = ZDICT_trainFromBuffer (dictionary, 8192, samples->data, (gsize *)sizes->data, 500);
  g_assert_false (ZDICT_isError (length));
  return g_bytes_new_take (dictionary, length);
}

static void
add (MunCodec *codec, guint32 number, GBytes *dictionary)
{
  g_autoptr (GError) error = NULL;

  mun_codec_add_dictionary (codec, number, g_bytes_get_data (dictionary, NULL),
                            g_bytes_get_size (dictionary), &error);
  g_assert_no_error (error);
}

static void
test_dictionaries (void)
{
  g_autoptr (MunCodec) codec = new_codec ();
  g_autoptr (MunCodec) stranger = new_codec ();
  g_autoptr (GBytes) first = train (0), second = train (1000);
  g_autofree char *text = letter (7);
  g_autofree guint8 *out = g_malloc (mun_codec_bound (strlen (text)));
  g_autofree guint8 *plain = NULL;
  g_autoptr (GError) error = NULL;
  MunPacking packing, newer;
  gsize without = assert_packs (codec, text, strlen (text), &packing), packed;

  add (codec, 1, first);
  packed = mun_codec_pack (codec, text, strlen (text), out, &packing);
  g_assert_cmpuint (packing.dictionary, ==, 1);
  g_assert_cmpuint (packed, <, without / 2);
  add (codec, 2, second);
  assert_packs (codec, text, strlen (text), &newer);
  g_assert_cmpuint (newer.dictionary, ==, 2);
  /* The older one stays readable, in any order of loading; without it nothing is made up. */
  plain = mun_codec_unpack (codec, &packing, out, packed, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_cmpmem (plain, strlen (text), text, strlen (text));
  add (stranger, 2, second);
  g_assert_null (mun_codec_unpack (stranger, &packing, out, packed, strlen (text), &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_DAMAGED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codec/base64-folds", test_base64_folds);
  g_test_add_func ("/codec/base64-exact", test_base64_exact);
  g_test_add_func ("/codec/base64-refuses", test_base64_refuses);
  g_test_add_func ("/codec/base64-align", test_base64_align);
  g_test_add_func ("/codec/pack", test_pack);
  g_test_add_func ("/codec/bomb", test_bomb);
  g_test_add_func ("/codec/dictionaries", test_dictionaries);
  return g_test_run ();
}
