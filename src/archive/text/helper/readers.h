/* readers.h: the formats that munimentd-text reads; each is a library's work */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "reply.h"

G_BEGIN_DECLS

/* mun_read_any: what the request asks for. */
MunTextOutcome
mun_read_any (MunTextKind kind, GBytes *data, MunReply *reply);

/* Each puts what it finds into @reply and says how it ended. */

/* poppler. It reads tables from files at its first document: mun_read_pdf_prepare() is that. */
void
mun_read_pdf_prepare (void);
MunTextOutcome
mun_read_pdf (GBytes *data, MunReply *reply);
/* libarchive, and libxml2 for what is in it. */
MunTextOutcome
mun_read_package (GBytes *data, MunReply *reply);
/* libytnef */
MunTextOutcome
mun_read_tnef (GBytes *data, MunReply *reply);
/* GnuTLS */
MunTextOutcome
mun_read_pkcs7 (GBytes *data, MunReply *reply);

/* What is wanted of an XML file of a package. */
typedef enum {
  MUN_XML_OFFICE,     /* Office Open XML: text runs, cells, names of sheets */
  MUN_XML_OPEN,       /* OpenDocument: paragraphs and headings */
  MUN_XML_PROPERTIES, /* title, subject, keywords of either */
  MUN_XML_MANIFEST    /* OpenDocument: is it encrypted? */
} MunXmlContent;

/* Gives the next bytes: their number, 0 at the end, -1 on failure. */
typedef int (*MunXmlRead) (void *context, char *buffer, int length);

/* mun_read_xml: DAMAGED when it is not well-formed, ENCRYPTED when the manifest says so. */
MunTextOutcome
mun_read_xml (MunXmlContent content, MunXmlRead read, gpointer context, MunReply *reply);

G_END_DECLS
