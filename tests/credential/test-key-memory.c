/* test-key-memory.c: a private key lies in locked memory, and nowhere else */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "certificate.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LINE 64 /* characters of a line of PEM, */
#define RAW 48  /* which stand for so many bytes */
#define MASK 0x5a
#define CHUNK ((gsize)1024 * 1024)
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED 1
#else
#define SANITIZED 0
#endif
#define LARGEST ((gsize)1024 * 1024 * 1024) /* larger mappings are a sanitizer's own */

/* A piece of a key in the forms in which it may lie about, masked so that this is none of them. */
typedef struct {
  guint8 text[LINE];
  guint8 bytes[RAW];    /* as in DER */
  guint8 reversed[RAW]; /* as a number of GMP */
} Piece;

/* Not in dumps, as the memory of MunSecret, and so never searched. */
static guint8 *chunk;

static void
mask (guint8 *to, const guint8 *from, gsize length, gboolean reverse)
{
  for (gsize i = 0; i < length; i++)
    to[i] = from[reverse ? length - 1 - i : i] ^ MASK;
}

/* Line `number` of the PEM text, counted from the one behind BEGIN. */
static void
take_piece (Piece *piece, MunSecret *pem, guint number)
{
  const char *line = strchr (mun_secret_get_string (pem), '\n') + 1 + number * (LINE + 1);
  guint8 bytes[RAW + 3];
  int state = 0;
  guint save = 0;

  g_assert_cmpuint (g_base64_decode_step (line, LINE, bytes, &state, &save), ==, RAW);
  mask (piece->text, (const guint8 *)line, LINE, FALSE);
  mask (piece->bytes, bytes, RAW, FALSE);
  mask (piece->reversed, bytes, RAW, TRUE);
  mun_secret_wipe (bytes, sizeof bytes);
  mun_secret_wipe (&save, sizeof save);
}

static gboolean
equals (const guint8 *memory, const guint8 *masked, gsize length)
{
  gsize i = 0;

  while (i < length && (memory[i] ^ MASK) == masked[i])
    i++;
  return i == length;
}

static guint
count_in (const guint8 *memory, gsize length, const guint8 *masked, gsize size)
{
  const guint8 first = masked[0] ^ MASK, *end = memory + length;
  const guint8 *p = memory;
  guint count = 0;

  while ((gsize)(end - p) >= size && (p = memchr (p, first, end - p - size + 1)) != NULL)
    count += equals (p++, masked, size);
  return count;
}

static guint
count_piece (gsize length, const Piece *piece)
{
  return count_in (chunk, length, piece->text, LINE) + count_in (chunk, length, piece->bytes, RAW)
         + count_in (chunk, length, piece->reversed, RAW);
}

static guint
search_mapping (int memory, gsize from, gsize to, const Piece *piece)
{
  guint count = 0;

  for (gsize at = from; at < to; at += CHUNK - LINE) {
    gssize n = pread (memory, chunk, MIN (CHUNK, to - at), (off_t)at);

    if (n > 0)
      count += count_piece (n, piece);
  }
  return count;
}

/* How often the piece lies in memory that may be swapped or dumped; *safe: in memory that may not.
 */
static guint
search (const Piece *piece, guint *safe)
{
  g_autofree char *maps = NULL;
  g_auto (GStrv) lines = NULL;
  int memory = open ("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  gsize from = 0, to = 0;
  guint count = 0;

  *safe = 0;
  g_assert_cmpint (memory, >=, 0);
  g_assert_true (g_file_get_contents ("/proc/self/smaps", &maps, NULL, NULL));
  lines = g_strsplit (maps, "\n", -1);
  for (char **line = lines; *line; line++) {
    gsize begin, end;
    char rights[5];

    if (sscanf (*line, "%zx-%zx %4s", &begin, &end, rights) == 3) {
      from = begin;
      to = rights[1] == 'w' && end - begin <= LARGEST ? end : begin;
    } else if (g_str_has_prefix (*line, "VmFlags:")) {
      guint found
          = from < to && from != (gsize)chunk ? search_mapping (memory, from, to, piece) : 0;

      *(strstr (*line, " dd") ? safe : &count) += found;
    }
  }
  close (memory);
  return count;
}

/* A key of 2048 bits and its certificate, made by another process: GnuTLS does not wipe all of what
 * it computes a new key from. */
static MunSecret *
make_pair (void)
{
  g_autofree char *folder = g_dir_make_tmp ("mun-key-XXXXXX", NULL);
  g_autofree char *key = g_build_filename (folder, "key", NULL);
  g_autofree char *cert = g_build_filename (folder, "cert", NULL);
  const char *argv[]
      = { "openssl", "req", "-x509",   "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=m",
          "-days",   "1",   "-keyout", key,       "-out",     cert,     NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *pem = NULL, *public = NULL, *both = NULL;
  MunSecret *pair;
  int status;

  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  g_assert_true (g_file_get_contents (key, &pem, NULL, NULL));
  g_assert_true (g_file_get_contents (cert, &public, NULL, NULL));
  both = g_strconcat (pem, public, NULL);
  mun_secret_wipe (pem, strlen (pem));
  pair = mun_secret_new_take_string (g_steal_pointer (&both));
  g_remove (key);
  g_remove (cert);
  g_rmdir (folder);
  return pair;
}

/* One line of the private exponent, and one of the first prime. */
static const guint numbers[] = { 8, 12 };
static Piece pieces[G_N_ELEMENTS (numbers)];

static void
assert_hidden (const char *when)
{
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    guint safe, open = search (&pieces[i], &safe);

    if (open != 0)
      g_error ("%s: line %u of the key lies %u times in open memory", when, numbers[i], open);
    g_assert_cmpuint (safe, >=, 1); /* where it belongs; and so the search finds what is there */
  }
}

static void
test_key_memory (void)
{
  g_autoptr (MunSecret) pair = make_pair ();
  gsize length;
  const void *data = mun_secret_get_data (pair, &length);
  g_autoptr (GBytes) file = g_bytes_new_static (data, length);
  g_autoptr (GError) error = NULL;
  g_autoptr (MunCertificate) certificate = NULL;
  g_autoptr (GBytes) signature = NULL;

  if (SANITIZED) {
    g_test_skip ("The sanitizer keeps what GnuTLS freed, as it was");
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    take_piece (&pieces[i], pair, numbers[i]);
  assert_hidden ("Before");
  certificate = mun_certificate_import (file, NULL, &error);
  g_assert_no_error (error);
  g_clear_pointer (&file, g_bytes_unref);
  g_clear_pointer (&pair, mun_secret_unref);
  assert_hidden ("After reading it");
  signature = mun_certificate_sign (certificate, MUN_SIGNATURE_PS256, "x", 1, &error);
  g_assert_no_error (error);
  assert_hidden ("After signing");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  chunk = mmap (NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  g_assert_true (chunk != MAP_FAILED);
  madvise (chunk, CHUNK, MADV_DONTDUMP);
  g_test_add_func ("/key-memory/certificate", test_key_memory);
  return g_test_run ();
}
