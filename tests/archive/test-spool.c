/* test-spool.c: messages that are too large for memory, while they arrive */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "spool.h"

#include "errors.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

static char *dir;

static guint
count_names (void)
{
  g_autoptr (GDir) open = g_dir_open (dir, 0, NULL);
  guint count = 0;

  while (g_dir_read_name (open) != NULL)
    count++;
  return count;
}

static void
test_bytes (void)
{
  MunSpoolRoom room = { 1000, 0 };
  g_autoptr (GError) error = NULL;
  MunSpool *spool = mun_spool_new (dir, &room, &error);
  GBytes *whole;

  g_assert_no_error (error);
  g_assert_true (mun_spool_append (spool, "hello ", 6, &error));
  g_assert_true (mun_spool_append (spool, "", 0, &error));
  g_assert_true (mun_spool_append (spool, "world", 5, &error));
  g_assert_cmpuint (room.used, ==, 11);
  g_assert_cmpuint (count_names (), ==, 0);
  whole = mun_spool_end (spool, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (whole, NULL), g_bytes_get_size (whole), "hello world", 11);
  /* as long as somebody has the bytes, their file takes room */
  g_assert_cmpuint (room.used, ==, 11);
  g_bytes_unref (whole);
  g_assert_cmpuint (room.used, ==, 0);
}

static void
test_nothing (void)
{
  MunSpoolRoom room = { 1000, 0 };
  g_autoptr (GBytes) whole = mun_spool_end (mun_spool_new (dir, &room, NULL), NULL);

  g_assert_cmpuint (g_bytes_get_size (whole), ==, 0);
}

static void
test_room (void)
{
  MunSpoolRoom room = { 10, 0 };
  g_autoptr (MunSpool) first = mun_spool_new (dir, &room, NULL);
  g_autoptr (MunSpool) second = mun_spool_new (dir, &room, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (mun_spool_append (first, "123456", 6, NULL));
  g_assert_false (mun_spool_append (second, "12345", 5, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_BUSY);
  g_assert_cmpuint (room.used, ==, 6);
  g_assert_true (mun_spool_append (second, "1234", 4, NULL));
  g_clear_pointer (&first, mun_spool_free);
  g_assert_true (mun_spool_append (second, "12345", 5, NULL));
}

static void
test_no_folder (void)
{
  MunSpoolRoom room = { 10, 0 };
  g_autofree char *missing = g_build_filename (dir, "missing", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (mun_spool_new (missing, &room, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, missing));
}

/* A file that may not become larger says the same as a disk that is full. */
static void
test_full (void)
{
  MunSpoolRoom room = { G_MAXSSIZE, 0 };
  g_autoptr (MunSpool) spool = mun_spool_new (dir, &room, NULL);
  struct rlimit old, small = { 4096, 4096 };
  g_autofree char *text = g_strnfill (10000, 'x');
  g_autoptr (GError) error = NULL;
  gboolean ok;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  small.rlim_max = old.rlim_max;
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  ok = mun_spool_append (spool, text, strlen (text), &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);
  g_assert_false (ok);
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NO_SPACE);
  g_clear_pointer (&spool, mun_spool_free);
  g_assert_cmpuint (room.used, ==, 0);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  dir = g_dir_make_tmp ("muniment-spool-XXXXXX", NULL);
  g_test_add_func ("/archive/spool/bytes", test_bytes);
  g_test_add_func ("/archive/spool/nothing", test_nothing);
  g_test_add_func ("/archive/spool/room", test_room);
  g_test_add_func ("/archive/spool/no-folder", test_no_folder);
  g_test_add_func ("/archive/spool/full", test_full);
  status = g_test_run ();
  g_rmdir (dir);
  g_free (dir);
  return status;
}
