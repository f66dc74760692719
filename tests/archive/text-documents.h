/* text-documents.h: small documents, sound and hostile, and messages that they are attached to */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* text_documents_zip: of name and content by turns, NULL at the end. */
GBytes *
text_documents_zip (const char *name, ...) G_GNUC_NULL_TERMINATED;
/* Each with the one word, or few. */
GBytes *
text_documents_docx (const char *words);
GBytes *
text_documents_pdf (const char *words);
/* text_documents_bomb: a docx of which one file unpacks to more than is unpacked. */
GBytes *
text_documents_bomb (void);
/* text_documents_tnef: winmail.dat with a body and one attached file (nullable). */
GBytes *
text_documents_tnef (const char *body, const char *name, GBytes *data);
/* text_documents_signed: a file of the folder signed/. */
GBytes *
text_documents_signed (const char *name);
/* text_documents_fault: a document that makes munimentd-text-faults do something. */
GBytes *
text_documents_fault (const char *what);

/* text_documents_message: @type and @name by turns with the documents, NULL at the end. */
GBytes *
text_documents_message (const char *subject, const char *type, const char *name, GBytes *data,
                        ...) G_GNUC_NULL_TERMINATED;

G_END_DECLS
