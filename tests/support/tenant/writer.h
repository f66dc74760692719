/* writer.h: messages as MIME, written from a seed */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "company.h"

typedef enum {
  TENANT_MAIL_PLAIN,        /* a short text, in the sender's language */
  TENANT_MAIL_HTML,         /* HTML only */
  TENANT_MAIL_ALTERNATIVE,  /* text and HTML */
  TENANT_MAIL_INLINE_IMAGE, /* multipart/related with a cid: image */
  TENANT_MAIL_PDF,
  TENANT_MAIL_IMAGES,
  TENANT_MAIL_OFFICE, /* a zip container as word processors write it */
  TENANT_MAIL_CSV,
  TENANT_MAIL_FORWARDED,  /* another message attached */
  TENANT_MAIL_INVITATION, /* text/calendar */
  TENANT_MAIL_FOREIGN,    /* Japanese, Chinese, Greek, Russian, Arabic, emoji */
  TENANT_MAIL_LATIN1,     /* ISO-8859-1, quoted-printable */
  TENANT_MAIL_NEWSLETTER, /* long HTML with remote images */
  TENANT_MAIL_BOUNCE,     /* multipart/report */
  TENANT_MAIL_MALFORMED,  /* headers and structure that break the rules */
  TENANT_MAIL_NO_ID,      /* no Message-ID */
  TENANT_MAIL_NO_DATE,    /* no Date */
  TENANT_MAIL_LARGE,      /* 1 to 8 MB */
  TENANT_MAIL_N_KINDS
} TenantMailKind;

/* The bytes of a message: the same ones for the same spec in the same company.
 * `info`, nullable, gets what a list shows of it. */
GBytes *
tenant_writer_compose (const TenantMailSpec *spec, TenantMailInfo *info);

/* Fills `info` from the header of a message that came from outside. */
void
tenant_mail_info_read (TenantMailInfo *info, GBytes *bytes);
void
tenant_mail_info_clear (TenantMailInfo *info);
