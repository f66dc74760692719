/* corpus.c: real mail for tests, kept outside the tree */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "corpus.h"

#include <glib/gstdio.h>
#include <string.h>

/* The folder of the archives (*.tar.xz), or NULL. */
static char *
find_archives (void)
{
  const char *wanted = g_getenv ("MUNIMENT_CORPUS");
  g_autofree char *beside = NULL;

  if (wanted != NULL)
    return g_file_test (wanted, G_FILE_TEST_IS_DIR) ? g_strdup (wanted) : NULL;
  beside = g_build_filename (g_getenv ("MUNIMENT_SOURCE_DIR") != NULL
                                 ? g_getenv ("MUNIMENT_SOURCE_DIR")
                                 : ".",
                             "..", "shared", "corpora", NULL);
  return g_file_test (beside, G_FILE_TEST_IS_DIR) ? g_steal_pointer (&beside) : NULL;
}

/* Under another name first: a folder with the right name is whole. */
static gboolean
unpack (const char *archive, const char *into)
{
  g_autofree char *part = g_strconcat (into, ".part-XXXXXX", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) tar = NULL;

  if (g_file_test (into, G_FILE_TEST_IS_DIR))
    return TRUE;
  if (g_mkdtemp (part) == NULL)
    return FALSE;
  tar = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, "tar", "-xJf", archive, "-C", part,
                          NULL);
  if (tar == NULL || !g_subprocess_wait_check (tar, NULL, &error)) {
    g_test_message ("unpacking %s: %s", archive, error->message);
    return FALSE;
  }
  return g_rename (part, into) == 0 || g_file_test (into, G_FILE_TEST_IS_DIR);
}

static void
collect (const char *path, GPtrArray *files)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  if (dir == NULL) {
    g_ptr_array_add (files, g_strdup (path));
    return;
  }
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    collect (child, files);
  }
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *
test_corpus_open (const char **reason)
{
  g_autofree char *archives = find_archives ();
  const char *build = g_getenv ("MUNIMENT_BUILD_DIR");
  g_autofree char *target = g_build_filename (build != NULL ? build : ".", "corpus", NULL);
  g_autoptr (GDir) dir = archives != NULL ? g_dir_open (archives, 0, NULL) : NULL;
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  *reason = "neither $MUNIMENT_CORPUS nor ../shared/corpora holds *.tar.xz";
  g_mkdir_with_parents (target, 0700);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *archive = g_build_filename (archives, name, NULL);
    g_autofree char *base = g_strndup (name, strcspn (name, "."));
    g_autofree char *into = g_build_filename (target, base, NULL);

    if (!g_str_has_suffix (name, ".tar.xz"))
      continue;
    if (!unpack (archive, into)) {
      *reason = "the corpus cannot be unpacked";
      return NULL;
    }
    collect (into, files);
  }
  g_ptr_array_sort (files, compare);
  return files->len > 0 ? g_steal_pointer (&files) : NULL;
}

GBytes *
test_corpus_load (const char *file)
{
  char *data;
  gsize length;

  g_assert_true (g_file_get_contents (file, &data, &length, NULL));
  return g_bytes_new_take (data, length);
}

char *
test_corpus_dup_word (const char *text)
{
  const char *best = NULL, *start = NULL;
  gsize length = 0;

  for (const char *p = text;; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    if (c != 0 && g_unichar_isalnum (c)) {
      start = start != NULL ? start : p;
      continue;
    }
    if (start != NULL && (gsize)(p - start) > length) {
      best = start;
      length = p - start;
    }
    start = NULL;
    if (c == 0)
      return best != NULL ? g_strndup (best, length) : NULL;
  }
}
