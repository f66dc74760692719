/* read-any.c: which reader a request is for */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "readers.h"

MunTextOutcome
mun_read_any (MunTextKind kind, GBytes *data, MunReply *reply)
{
  switch (kind) {
  case MUN_TEXT_KIND_PDF:
    return mun_read_pdf (data, reply);
  case MUN_TEXT_KIND_PACKAGE:
    return mun_read_package (data, reply);
  case MUN_TEXT_KIND_TNEF:
    return mun_read_tnef (data, reply);
  case MUN_TEXT_KIND_PKCS7:
    return mun_read_pkcs7 (data, reply);
  case MUN_TEXT_KIND_NONE:
  default:
    return MUN_TEXT_DAMAGED;
  }
}
