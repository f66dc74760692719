/* codec.c: the plain data of a record, made small and sealed, and back */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-archive"

#include "codec.h"

#include "base64-lines.h"
#include "errors.h"

#include <string.h>
#include <zstd.h>

#define COMPRESSION_LEVEL 3

typedef struct {
  guint32 number;
  ZSTD_CDict *compression;
  ZSTD_DDict *decompression;
} Dictionary;

struct _MunCodec {
  MunSealer *sealer;
  GRWLock lock;
  GPtrArray *dictionaries; /* of Dictionary, by number; they live as long as the codec */
};

static void
free_compressor (gpointer context)
{
  ZSTD_freeCCtx (context);
}

/* Contexts are large and slow to make: one a thread. */
static ZSTD_CCtx *
compressor (void)
{
  static GPrivate context = G_PRIVATE_INIT (free_compressor);
  ZSTD_CCtx *own = g_private_get (&context);

  if (own == NULL) {
    own = ZSTD_createCCtx ();
    g_private_set (&context, own);
  }
  return own;
}

static void
free_decompressor (gpointer context)
{
  ZSTD_freeDCtx (context);
}

static ZSTD_DCtx *
decompressor (void)
{
  static GPrivate context = G_PRIVATE_INIT (free_decompressor);
  ZSTD_DCtx *own = g_private_get (&context);

  if (own == NULL) {
    own = ZSTD_createDCtx ();
    g_private_set (&context, own);
  }
  return own;
}

static void
free_dictionary (gpointer data)
{
  Dictionary *self = data;

  ZSTD_freeCDict (self->compression);
  ZSTD_freeDDict (self->decompression);
  g_free (self);
}

MunCodec *
mun_codec_new (MunSealer *sealer)
{
  MunCodec *self = g_new0 (MunCodec, 1);

  self->sealer = sealer;
  g_rw_lock_init (&self->lock);
  self->dictionaries = g_ptr_array_new_with_free_func (free_dictionary);
  return self;
}

void
mun_codec_free (MunCodec *self)
{
  g_ptr_array_unref (self->dictionaries);
  g_rw_lock_clear (&self->lock);
  mun_sealer_free (self->sealer);
  g_free (self);
}

MunSealer *
mun_codec_get_sealer (MunCodec *self)
{
  return self->sealer;
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  const Dictionary *first = *(Dictionary *const *)a, *second = *(Dictionary *const *)b;

  return (first->number > second->number) - (first->number < second->number);
}

gboolean
mun_codec_add_dictionary (MunCodec *self, guint32 number, gconstpointer data, gsize length,
                          GError **error)
{
  Dictionary *dictionary = g_new0 (Dictionary, 1);

  dictionary->number = number;
  dictionary->compression = ZSTD_createCDict (data, length, COMPRESSION_LEVEL);
  dictionary->decompression = ZSTD_createDDict (data, length);
  if (dictionary->compression == NULL || dictionary->decompression == NULL) {
    free_dictionary (dictionary);
    g_set_error (error, MUN_ERROR, MUN_ERROR_DAMAGED, "dictionary %u cannot be read", number);
    return FALSE;
  }
  g_rw_lock_writer_lock (&self->lock);
  g_ptr_array_add (self->dictionaries, dictionary);
  g_ptr_array_sort (self->dictionaries, compare_numbers);
  g_rw_lock_writer_unlock (&self->lock);
  return TRUE;
}

/* @number 0: the newest. */
static Dictionary *
find_dictionary (MunCodec *self, guint32 number)
{
  Dictionary *found = NULL;

  g_rw_lock_reader_lock (&self->lock);
  for (guint i = self->dictionaries->len; i > 0 && found == NULL; i--) {
    Dictionary *dictionary = g_ptr_array_index (self->dictionaries, i - 1);

    if (number == 0 || dictionary->number == number)
      found = dictionary;
  }
  g_rw_lock_reader_unlock (&self->lock);
  return found;
}

gsize
mun_codec_bound (gsize length)
{
  return ZSTD_compressBound (length);
}

gsize
mun_codec_pack (MunCodec *self, gconstpointer data, gsize length, guint8 *out, MunPacking *packing)
{
  gsize folded_length, packed;
  g_autofree guint8 *folded = mun_base64_fold (data, length, &folded_length);
  gsize room = mun_codec_bound (length);
  Dictionary *dictionary = NULL;

  memset (packing, 0, sizeof *packing);
  if (folded != NULL) {
    packing->flags |= MUN_PACKED_BASE64;
    data = folded;
    length = folded_length;
  } else if (length <= MUN_CODEC_DICTIONARY_INPUT) {
    dictionary = find_dictionary (self, 0);
  }
  if (dictionary != NULL)
    packed = ZSTD_compress_usingCDict (compressor (), out, room, data, length,
                                       dictionary->compression);
  else
    packed = ZSTD_compressCCtx (compressor (), out, room, data, length, COMPRESSION_LEVEL);
  if (!ZSTD_isError (packed) && packed < length) {
    packing->flags |= MUN_PACKED_ZSTD;
    packing->dictionary = dictionary != NULL ? dictionary->number : 0;
    return packed;
  }
  memcpy (out, data, length);
  return length;
}

static guint8 *
damaged (GError **error, const char *reason)
{
  g_set_error_literal (error, MUN_ERROR, MUN_ERROR_DAMAGED, reason);
  return NULL;
}

/* @most: what the data may be at the most, whatever the frame claims. */
static guint8 *
decompress (MunCodec *self, guint32 number, const guint8 *packed, gsize length, gsize most,
            gsize *out_length, GError **error)
{
  unsigned long long claimed = ZSTD_getFrameContentSize (packed, length);
  Dictionary *dictionary = NULL;
  g_autofree guint8 *out = NULL;
  gsize got;

  if (claimed == ZSTD_CONTENTSIZE_ERROR || claimed == ZSTD_CONTENTSIZE_UNKNOWN || claimed > most)
    return damaged (error, "the record cannot be decompressed");
  if (number != 0 && (dictionary = find_dictionary (self, number)) == NULL)
    return damaged (error, "the record needs a dictionary that is not there");
  out = g_malloc (claimed + 1);
  if (dictionary != NULL)
    got = ZSTD_decompress_usingDDict (decompressor (), out, claimed, packed, length,
                                      dictionary->decompression);
  else
    got = ZSTD_decompressDCtx (decompressor (), out, claimed, packed, length);
  if (ZSTD_isError (got) || got != claimed)
    return damaged (error, "the record cannot be decompressed");
  *out_length = got;
  return g_steal_pointer (&out);
}

guint8 *
mun_codec_unpack (MunCodec *self, const MunPacking *packing, const guint8 *packed, gsize length,
                  gsize plain_length, GError **error)
{
  g_autofree guint8 *data = NULL;
  g_autofree guint8 *plain = NULL;

  if (packing->flags & MUN_PACKED_ZSTD) {
    data = decompress (self, packing->dictionary, packed, length, plain_length, &length, error);
    if (data == NULL)
      return NULL;
  } else {
    data = g_malloc (length + 1);
    memcpy (data, packed, length);
  }
  if ((packing->flags & MUN_PACKED_BASE64) == 0) {
    if (length != plain_length)
      return damaged (error, "the record has another length than its header says");
    return g_steal_pointer (&data);
  }
  plain = g_malloc (plain_length + 1);
  if (!mun_base64_unfold (data, length, plain, plain_length))
    return damaged (error, "the record's base64 does not come to its length");
  return g_steal_pointer (&plain);
}
