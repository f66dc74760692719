/* read-pkcs7.c: what an opaque S/MIME signature signs */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "readers.h"

#include <gnutls/pkcs7.h>

/* Certificates alone are sent in the same wrapping: there is nothing to read. */
static MunTextOutcome
read_content (gnutls_pkcs7_t pkcs7, MunReply *reply)
{
  gnutls_datum_t content = { NULL, 0 };
  int status = gnutls_pkcs7_get_embedded_data (pkcs7, 0, &content);

  if (status == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
    return MUN_TEXT_COMPLETE;
  if (status != GNUTLS_E_SUCCESS)
    return MUN_TEXT_DAMAGED;
  mun_reply_message (reply, content.data, content.size);
  gnutls_free (content.data);
  return MUN_TEXT_COMPLETE;
}

MunTextOutcome
mun_read_pkcs7 (GBytes *data, MunReply *reply)
{
  MunTextOutcome outcome = MUN_TEXT_DAMAGED;
  gsize size;
  gconstpointer bytes = g_bytes_get_data (data, &size);
  gnutls_datum_t input = { (unsigned char *)bytes, size };
  gnutls_pkcs7_t pkcs7;
  int status;

  if (gnutls_pkcs7_init (&pkcs7) != GNUTLS_E_SUCCESS)
    return MUN_TEXT_DAMAGED;
  status = gnutls_pkcs7_import (pkcs7, &input, GNUTLS_X509_FMT_DER);
  /* It reads signed data only; what else comes in a message is sealed for its recipient. */
  if (status == GNUTLS_E_UNKNOWN_PKCS_CONTENT_TYPE)
    outcome = MUN_TEXT_ENCRYPTED;
  else if (status == GNUTLS_E_SUCCESS)
    outcome = read_content (pkcs7, reply);
  gnutls_pkcs7_deinit (pkcs7);
  return outcome;
}
