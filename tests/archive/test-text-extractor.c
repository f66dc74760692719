/* test-text-extractor.c: munimentd-text: what it reads, what it survives, what it cannot do */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text-documents.h"
#include "text-extractor.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* @program: of this folder; NULL: the usual one. */
static MunTextExtractor *
new_extractor (const char *program, guint seconds)
{
  g_autofree char *path
      = program != NULL ? g_test_build_filename (G_TEST_BUILT, "archive", program, NULL) : NULL;

  return mun_text_extractor_new (path, seconds);
}

#define FAULTS "munimentd-text-faults"

/* Its frames as text. */
static char *
dup_text (MunTextResult *result)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < result->items->len; i++) {
    MunTextItem *item = g_ptr_array_index (result->items, i);
    gsize length;
    const char *data = g_bytes_get_data (item->data, &length);

    if (item->name != NULL)
      g_string_append_printf (text, "[%s]", item->name);
    g_string_append_len (text, data, length);
  }
  return g_string_free (text, FALSE);
}

/* Takes @document. */
static void
assert_read (MunTextExtractor *extractor, MunTextKind kind, GBytes *document,
             MunTextOutcome outcome, const char *expected)
{
  g_autoptr (GBytes) owned = document;
  g_autoptr (MunTextResult) result = mun_text_extractor_run (extractor, kind, document);
  g_autofree char *text = dup_text (result);

  g_assert_cmpint (result->outcome, ==, outcome);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_office (void)
{
  g_autoptr (MunTextExtractor) extractor = new_extractor (NULL, 0);

  assert_read (extractor, MUN_TEXT_KIND_PACKAGE,
               text_documents_zip ("word/document.xml",
                                   "<w:d xmlns:w='w'><w:p><w:r><w:t>peli</w:t></w:r><w:r><w:t>can"
                                   "</w:t><w:tab/><w:t>x</w:t></w:r></w:p><w:delText>gone"
                                   "</w:delText></w:d>",
                                   "word/media/note.xml", "<t>picture</t>", "docProps/core.xml",
                                   "<c xmlns:dc='dc'><dc:title>Title</dc:title></c>", NULL),
               MUN_TEXT_COMPLETE, "pelican x\nTitle\n");
  assert_read (extractor, MUN_TEXT_KIND_PACKAGE,
               text_documents_zip ("xl/workbook.xml",
                                   "<w><sheets><sheet name='Birds'/></sheets></w>",
                                   "xl/sharedStrings.xml",
                                   "<sst><si><t>pelican</t><rPh><t>aloud</t></rPh></si></sst>",
                                   "xl/worksheets/sheet1.xml",
                                   "<s><c t='s'><v>0</v></c><c><v>4711</v></c>"
                                   "<c t='inlineStr'><is><t>gull</t></is></c></s>",
                                   NULL),
               MUN_TEXT_COMPLETE, "Birds\npelican\n4711\ngull\n");
  assert_read (extractor, MUN_TEXT_KIND_PACKAGE,
               text_documents_zip ("ppt/slides/slide1.xml",
                                   "<s xmlns:a='a'><a:p><a:r><a:t>pelican</a:t></a:r></a:p></s>",
                                   NULL),
               MUN_TEXT_COMPLETE, "pelican\n");
  g_assert_cmpuint (mun_text_extractor_get_starts (extractor), ==, 1);
}

static void
test_open_document (void)
{
  g_autoptr (MunTextExtractor) extractor = new_extractor (NULL, 0);

  assert_read (extractor, MUN_TEXT_KIND_PACKAGE,
               text_documents_zip ("mimetype", "application/vnd.oasis.opendocument.text",
                                   "content.xml",
                                   "<o xmlns:t='t'><t:h>Birds</t:h><t:p>a <t:span>peli</t:span>can"
                                   "<t:s/>x</t:p><style>hidden</style></o>",
                                   NULL),
               MUN_TEXT_COMPLETE, "Birds\na pelican x\n");
  assert_read (extractor, MUN_TEXT_KIND_PACKAGE,
               text_documents_zip ("content.xml", "\x01\x02 sealed", "META-INF/manifest.xml",
                                   "<m xmlns:m='m'><m:file-entry><m:encryption-data/>"
                                   "</m:file-entry></m>",
                                   NULL),
               MUN_TEXT_ENCRYPTED, "");
  /* Any other zip file. */
  assert_read (extractor, MUN_TEXT_KIND_PACKAGE, text_documents_zip ("a.txt", "pelican", NULL),
               MUN_TEXT_COMPLETE, "");
}

static void
test_pdf (void)
{
  g_autoptr (MunTextExtractor) extractor = new_extractor (NULL, 0);

  assert_read (extractor, MUN_TEXT_KIND_PDF, text_documents_pdf ("pelican"), MUN_TEXT_COMPLETE,
               "pelican\n");
  assert_read (extractor, MUN_TEXT_KIND_PDF, g_bytes_new_static ("%PDF-1.4 nothing", 16),
               MUN_TEXT_DAMAGED, "");
  /* The same bytes as something else. */
  assert_read (extractor, MUN_TEXT_KIND_PACKAGE, text_documents_pdf ("pelican"), MUN_TEXT_DAMAGED,
               "");
}

static void
test_wrapped (void)
{
  g_autoptr (MunTextExtractor) extractor = new_extractor (NULL, 0);
  g_autoptr (GBytes) file = g_bytes_new_static ("inside", 6);
  g_autoptr (GBytes) tnef = text_documents_tnef ("pelican", "a.txt", file);

  assert_read (extractor, MUN_TEXT_KIND_TNEF, g_bytes_ref (tnef), MUN_TEXT_COMPLETE,
               "pelican[a.txt]inside");
  assert_read (extractor, MUN_TEXT_KIND_TNEF,
               g_bytes_new_from_bytes (tnef, 0, g_bytes_get_size (tnef) - 4), MUN_TEXT_DAMAGED,
               "pelican[a.txt]");
  assert_read (extractor, MUN_TEXT_KIND_PKCS7, text_documents_signed ("certificates.p7m"),
               MUN_TEXT_COMPLETE, "");
  assert_read (extractor, MUN_TEXT_KIND_PKCS7, text_documents_signed ("enveloped.p7m"),
               MUN_TEXT_ENCRYPTED, "");
  for (guint i = 0; i < 2; i++) {
    g_autoptr (GBytes) document = text_documents_signed (i == 0 ? "signed.p7m" : "signed-ber.p7m");
    g_autoptr (MunTextResult) result
        = mun_text_extractor_run (extractor, MUN_TEXT_KIND_PKCS7, document);
    g_autofree char *text = dup_text (result);

    g_assert_cmpint (result->outcome, ==, MUN_TEXT_COMPLETE);
    g_assert_true (g_str_has_prefix (text, "Content-Type: multipart/mixed"));
    g_assert_true (g_str_has_suffix (text, "--m--\r\n"));
  }
  g_assert_cmpuint (mun_text_extractor_get_starts (extractor), ==, 1);
}

static void
test_hostile (void)
{
  g_autoptr (MunTextExtractor) extractor = new_extractor (NULL, 0);
  g_autoptr (GBytes) whole = text_documents_docx ("pelican");
  g_autoptr (GString) long_text = g_string_new ("<d>");
  g_autoptr (GBytes) long_document = NULL;
  g_autoptr (MunTextResult) result = NULL;

  assert_read (extractor, MUN_TEXT_KIND_PACKAGE, text_documents_bomb (), MUN_TEXT_TOO_LARGE,
               "before\n");
  /* Nothing is expanded, nothing is loaded. */
  assert_read (extractor, MUN_TEXT_KIND_PACKAGE,
               text_documents_zip (
                   "word/document.xml",
                   "<!DOCTYPE d [<!ENTITY a \"pelican\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
                   "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY e \"&c;&c;&c;&c;&c;&c;&c;\">"
                   "<!ENTITY f \"&e;&e;&e;&e;&e;&e;&e;&e;\"><!ENTITY g \"&f;&f;&f;&f;&f;&f;&f;\">"
                   "<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"
                   "<d><p><t>&g;&x;</t></p><p><t>after</t></p></d>",
                   NULL),
               MUN_TEXT_DAMAGED, "");
  assert_read (extractor, MUN_TEXT_KIND_PACKAGE, text_documents_docx ("<open"), MUN_TEXT_DAMAGED,
               "");
  assert_read (extractor, MUN_TEXT_KIND_PACKAGE,
               g_bytes_new_from_bytes (whole, 0, g_bytes_get_size (whole) / 2), MUN_TEXT_DAMAGED,
               "");
  for (guint i = 0; i < 5 * 1024; i++)
    g_string_append_printf (long_text, "<t>%01000u </t>", i);
  g_string_append (long_text, "</d>");
  long_document = text_documents_zip ("word/document.xml", long_text->str, NULL);
  result = mun_text_extractor_run (extractor, MUN_TEXT_KIND_PACKAGE, long_document);
  g_assert_cmpint (result->outcome, ==, MUN_TEXT_TOO_LARGE);
  g_assert_cmpuint (result->size, ==, MUN_TEXT_MAX_TEXT);
  /* All by the same process. */
  g_assert_cmpuint (mun_text_extractor_get_starts (extractor), ==, 1);
}

/* What happens to the process happens to one document. */
static void
test_faults (void)
{
  static const struct {
    const char *what;
    MunTextOutcome outcome;
    const char *text;
  } cases[] = {
    { "crash", MUN_TEXT_CRASHED, "" },  { "crash late", MUN_TEXT_CRASHED, "<p>pelican</p>" },
    { "exit", MUN_TEXT_CRASHED, "" },   { "hang", MUN_TEXT_TIMED_OUT, "" },
    { "spin", MUN_TEXT_TIMED_OUT, "" },
#ifndef __SANITIZE_ADDRESS__
    { "eat", MUN_TEXT_CRASHED, "" },
#endif
    { "lie", MUN_TEXT_CRASHED, "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    /* A short time for what never ends by itself; for the rest as long as it takes. */
    g_autoptr (MunTextExtractor) extractor
        = new_extractor (FAULTS, strcmp (cases[i].what, "hang") == 0 ? 1 : 0);

    g_test_message ("%s", cases[i].what);
    assert_read (extractor, MUN_TEXT_KIND_PDF, text_documents_fault (cases[i].what),
                 cases[i].outcome, cases[i].text);
    g_assert_cmpuint (mun_text_extractor_get_starts (extractor), ==, 1);
    assert_read (extractor, MUN_TEXT_KIND_PDF, text_documents_pdf ("pelican"), MUN_TEXT_COMPLETE,
                 "pelican\n");
    g_assert_cmpuint (mun_text_extractor_get_starts (extractor), ==, 2);
  }
}

/* More than a reply may be. */
static void
test_flood (void)
{
  g_autoptr (MunTextExtractor) extractor = new_extractor (FAULTS, 0);
  g_autoptr (GBytes) document = text_documents_fault ("flood");
  g_autoptr (MunTextResult) result
      = mun_text_extractor_run (extractor, MUN_TEXT_KIND_PDF, document);

  g_assert_cmpint (result->outcome, ==, MUN_TEXT_CRASHED);
  g_assert_cmpuint (result->size, <=, MUN_TEXT_MAX_PARTS + MUN_TEXT_MAX_TEXT + MUN_TEXT_MAX_FRAMES);
}

static void
test_sandbox (void)
{
  g_autoptr (MunTextExtractor) extractor = new_extractor (FAULTS, 0);

  /* Then it is read as a document, which it is not. */
  assert_read (extractor, MUN_TEXT_KIND_PDF, text_documents_fault ("break out"), MUN_TEXT_DAMAGED,
               "open fails\nopenat fails\ncreate fails\nstat fails\nunlink fails\nsocket fails\n"
               "local socket fails\ndup fails\nread elsewhere fails\nfork fails\nclone fails\n"
               "exec fails\nkill fails\nptrace fails\nlimit fails\ncode fails\nmemory works\n");
}

static void
test_recent (void)
{
  g_autoptr (MunTextExtractor) extractor = new_extractor (FAULTS, 0);

  for (guint i = 0; i < 3; i++) {
    assert_read (extractor, MUN_TEXT_KIND_PDF, text_documents_pdf ("pelican"), MUN_TEXT_COMPLETE,
                 "pelican\n");
    assert_read (extractor, MUN_TEXT_KIND_PDF, text_documents_fault ("crash"), MUN_TEXT_CRASHED,
                 "");
  }
  g_assert_cmpuint (mun_text_extractor_get_requests (extractor), ==, 2);
  /* More than are remembered. */
  for (guint i = 0; i < 300; i++) {
    g_autofree char *words = g_strdup_printf ("word%u", i);
    g_autofree char *expected = g_strconcat (words, "\n", NULL);

    assert_read (extractor, MUN_TEXT_KIND_PACKAGE, text_documents_docx (words), MUN_TEXT_COMPLETE,
                 expected);
  }
  assert_read (extractor, MUN_TEXT_KIND_PDF, text_documents_pdf ("pelican"), MUN_TEXT_COMPLETE,
               "pelican\n");
  g_assert_cmpuint (mun_text_extractor_get_requests (extractor), ==, 303);
  /* Each does a limited number. */
  g_assert_cmpuint (mun_text_extractor_get_starts (extractor), ==, 3);
}

/* A process that is gone when it is needed costs nothing. */
static void
test_killed_while_idle (void)
{
  g_autoptr (MunTextExtractor) extractor = new_extractor (FAULTS, 0);
  g_autofree char *children = NULL;
  g_autofree char *path = g_strdup_printf ("/proc/self/task/%d/children", getpid ());
  GPid pid;
  siginfo_t info;

  assert_read (extractor, MUN_TEXT_KIND_PDF, text_documents_pdf ("pelican"), MUN_TEXT_COMPLETE,
               "pelican\n");
  if (!g_file_get_contents (path, &children, NULL, NULL)) {
    g_test_skip ("this kernel does not list children");
    return;
  }
  pid = atoi (children);
  g_assert_cmpint (pid, >, 0);
  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
  g_assert_cmpint (waitid (P_PID, pid, &info, WEXITED | WNOWAIT), ==, 0);
  assert_read (extractor, MUN_TEXT_KIND_PACKAGE, text_documents_docx ("gull"), MUN_TEXT_COMPLETE,
               "gull\n");
  g_assert_cmpuint (mun_text_extractor_get_starts (extractor), ==, 2);
}

static void
test_missing (void)
{
  g_autoptr (MunTextExtractor) extractor = new_extractor ("no-such-program", 0);

  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  assert_read (extractor, MUN_TEXT_KIND_PDF, text_documents_pdf ("pelican"), MUN_TEXT_UNAVAILABLE,
               "");
}

/* What ends at once is asked some times, but not again for each attachment that comes. */
static void
test_broken (void)
{
  g_autofree char *dir = g_dir_make_tmp ("muniment-test-XXXXXX", NULL);
  g_autofree char *program = g_build_filename (dir, "broken", NULL);
  g_autofree char *script = g_strdup_printf ("#!/bin/sh\nexit %d\n", MUN_TEXT_EXIT_UNUSABLE);
  g_autoptr (MunTextExtractor) extractor = NULL;
  guint starts;

  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_assert_true (
      g_file_set_contents_full (program, script, -1, G_FILE_SET_CONTENTS_NONE, 0700, NULL));
  extractor = mun_text_extractor_new (program, 0);
  assert_read (extractor, MUN_TEXT_KIND_PDF, text_documents_pdf ("pelican"), MUN_TEXT_UNAVAILABLE,
               "");
  starts = mun_text_extractor_get_starts (extractor);
  g_assert_cmpuint (starts, >, 0);
  assert_read (extractor, MUN_TEXT_KIND_PDF, text_documents_pdf ("gull"), MUN_TEXT_UNAVAILABLE, "");
  g_assert_cmpuint (mun_text_extractor_get_starts (extractor), ==, starts);
  g_assert_cmpint (g_remove (program), ==, 0);
  g_assert_cmpint (g_rmdir (dir), ==, 0);
}

static gpointer
read_many (gpointer extractor)
{
  for (guint i = 0; i < 50; i++) {
    g_autofree char *words = g_strdup_printf ("word%u", i);
    g_autofree char *expected = g_strconcat (words, "\n", NULL);

    assert_read (extractor, MUN_TEXT_KIND_PACKAGE, text_documents_docx (words), MUN_TEXT_COMPLETE,
                 expected);
    if (i % 10 == 0)
      assert_read (extractor, MUN_TEXT_KIND_PDF, text_documents_fault ("crash late"),
                   MUN_TEXT_CRASHED, "<p>pelican</p>");
  }
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (MunTextExtractor) extractor = new_extractor (FAULTS, 0);
  GThread *threads[8];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("reader", read_many, extractor);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text-extractor/office", test_office);
  g_test_add_func ("/text-extractor/open-document", test_open_document);
  g_test_add_func ("/text-extractor/pdf", test_pdf);
  g_test_add_func ("/text-extractor/wrapped", test_wrapped);
  g_test_add_func ("/text-extractor/hostile", test_hostile);
  g_test_add_func ("/text-extractor/faults", test_faults);
  g_test_add_func ("/text-extractor/flood", test_flood);
  g_test_add_func ("/text-extractor/sandbox", test_sandbox);
  g_test_add_func ("/text-extractor/recent", test_recent);
  g_test_add_func ("/text-extractor/killed-while-idle", test_killed_while_idle);
  g_test_add_func ("/text-extractor/threads", test_threads);
  g_test_add_func ("/text-extractor/missing", test_missing);
  g_test_add_func ("/text-extractor/broken", test_broken);
  return g_test_run ();
}
