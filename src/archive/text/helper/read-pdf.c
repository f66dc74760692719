/* read-pdf.c: the text of a PDF document */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "readers.h"

#include <poppler.h>

/* The library's header declares none. */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PopplerDocument, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PopplerPage, g_object_unref)

/* An empty page. Where its parts stand is not said: poppler looks for them. */
static const char empty_document[]
    = "%PDF-1.4\n"
      "1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj\n"
      "2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj\n"
      "3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 10 10] /Contents 4 0 R"
      " /Resources <</Font <</F 5 0 R>>>>>> endobj\n"
      "4 0 obj <</Length 32>> stream\nBT /F 1 Tf 1 1 Td (warm) Tj ET  \nendstream endobj\n"
      "5 0 obj <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>> endobj\n"
      "trailer <</Root 1 0 R>>\n";

static void
add_page (PopplerDocument *document, int index, MunReply *reply)
{
  g_autoptr (PopplerPage) page = poppler_document_get_page (document, index);
  g_autofree char *text = page != NULL ? poppler_page_get_text (page) : NULL;

  if (text != NULL && mun_reply_text (reply, text, -1))
    mun_reply_line (reply);
}

void
mun_read_pdf_prepare (void)
{
  /* Never let go: poppler keeps its tables as long as there is a document. */
  static PopplerDocument *kept;
  g_autoptr (GBytes) bytes = g_bytes_new_static (empty_document, sizeof empty_document - 1);
  g_autoptr (PopplerPage) page = NULL;
  g_autofree char *text = NULL;

  kept = poppler_document_new_from_bytes (bytes, NULL, NULL);
  if (kept == NULL)
    return;
  page = poppler_document_get_page (kept, 0);
  text = page != NULL ? poppler_page_get_text (page) : NULL;
}

MunTextOutcome
mun_read_pdf (GBytes *data, MunReply *reply)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PopplerDocument) document = poppler_document_new_from_bytes (data, NULL, &error);
  g_autofree char *title = NULL, *keywords = NULL;
  int pages;

  if (document == NULL)
    return g_error_matches (error, POPPLER_ERROR, POPPLER_ERROR_ENCRYPTED) ? MUN_TEXT_ENCRYPTED
                                                                           : MUN_TEXT_DAMAGED;
  title = poppler_document_get_title (document);
  keywords = poppler_document_get_keywords (document);
  if (title != NULL && mun_reply_text (reply, title, -1))
    mun_reply_line (reply);
  if (keywords != NULL && mun_reply_text (reply, keywords, -1))
    mun_reply_line (reply);
  pages = poppler_document_get_n_pages (document);
  for (int i = 0; i < MIN (pages, MUN_TEXT_MAX_PAGES) && !reply->is_full; i++)
    add_page (document, i, reply);
  if (pages <= 0)
    return MUN_TEXT_DAMAGED;
  return pages > MUN_TEXT_MAX_PAGES ? MUN_TEXT_TOO_LARGE : MUN_TEXT_COMPLETE;
}
