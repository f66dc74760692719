/* codec.c: packed data and folded base64 that nobody packed */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "base64-lines.h"
#include "codec.h"
#include "errors.h"

/* Small enough that a run stays fast. */
#define MAX_PLAIN (256 * 1024)

static MunCodec *
get_codec (void)
{
  static MunCodec *codec;

  if (codec == NULL) {
    g_autoptr (MunSecret) key = mun_secret_new ("0123456789abcdef0123456789abcdef", 32);

    codec = mun_codec_new (mun_sealer_new (key, NULL));
  }
  return codec;
}

/* What folds comes back to the byte. */
static void
check_fold (const guint8 *data, gsize size)
{
  gsize folded_length = 0;
  g_autofree guint8 *folded = mun_base64_fold (data, size, &folded_length);
  g_autofree guint8 *again = g_malloc (size + 1);

  g_assert_cmpuint (mun_base64_align (data, size), <=, size);
  if (folded == NULL)
    return;
  g_assert_cmpuint (folded_length, <, size);
  again[size] = 0xa5;
  g_assert_true (mun_base64_unfold (folded, folded_length, again, size));
  g_assert_cmpmem (again, size, data, size);
  g_assert_cmpuint (again[size], ==, 0xa5);
}

/* What a hostile folded form unfolds to stays within the length that was claimed for it. */
static void
check_unfold (const guint8 *data, gsize size, gsize claimed)
{
  g_autofree guint8 *out = g_malloc (claimed + 1);

  out[claimed] = 0xa5;
  mun_base64_unfold (data, size, out, claimed);
  g_assert_cmpuint (out[claimed], ==, 0xa5);
}

static void
check_pack (const guint8 *data, gsize size)
{
  g_autofree guint8 *out = g_malloc (mun_codec_bound (size) + 1);
  g_autofree guint8 *plain = NULL;
  g_autoptr (GError) error = NULL;
  MunPacking packing;
  gsize packed = mun_codec_pack (get_codec (), data, size, out, &packing);

  g_assert_cmpuint (packed, <=, mun_codec_bound (size));
  plain = mun_codec_unpack (get_codec (), &packing, out, packed, size, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (plain, size, data, size);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  MunPacking packing = { 0 };
  gsize claimed;
  g_autofree guint8 *plain = NULL;
  g_autoptr (GError) error = NULL;

  packing.flags = fuzz_take (&input);
  packing.dictionary = fuzz_take (&input);
  claimed = fuzz_take32 (&input) % MAX_PLAIN;
  plain = mun_codec_unpack (get_codec (), &packing, input.data, input.left, claimed, &error);
  g_assert_true ((plain == NULL) == (error != NULL));
  if (error != NULL)
    g_assert_true (g_error_matches (error, MUN_ERROR, MUN_ERROR_DAMAGED));
  check_unfold (input.data, input.left, claimed);
  check_fold (input.data, input.left);
  check_pack (input.data, input.left);
  return 0;
}
