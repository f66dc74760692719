/* server-certificate.c: what a server showed in the TLS handshake */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-client"

#include "server-certificate.h"

#include "text.h"

#include <string.h>

struct _MunServerCertificate {
  gatomicrefcount references;
  char *subject;
  char *issuer;
  gint64 not_before;
  gint64 not_after;
  char *fingerprint;
  gboolean trusted;
};

G_DEFINE_BOXED_TYPE (MunServerCertificate, mun_server_certificate, mun_server_certificate_ref,
                     mun_server_certificate_unref)

static char *
sha256_of (GTlsCertificate *certificate)
{
  g_autoptr (GByteArray) der = NULL;
  g_autofree char *lower = NULL;

  g_object_get (certificate, "certificate", &der, NULL);
  lower = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
  return g_ascii_strup (lower, -1);
}

MunServerCertificate *
mun_server_certificate_new (GTlsCertificate *certificate, gboolean trusted)
{
  MunServerCertificate *self;
  g_autoptr (GDateTime) before = NULL;
  g_autoptr (GDateTime) after = NULL;

  g_return_val_if_fail (G_IS_TLS_CERTIFICATE (certificate), NULL);

  self = g_new0 (MunServerCertificate, 1);
  g_atomic_ref_count_init (&self->references);
  self->subject = g_tls_certificate_get_subject_name (certificate);
  self->issuer = g_tls_certificate_get_issuer_name (certificate);
  before = g_tls_certificate_get_not_valid_before (certificate);
  after = g_tls_certificate_get_not_valid_after (certificate);
  self->not_before = before != NULL ? g_date_time_to_unix (before) : 0;
  self->not_after = after != NULL ? g_date_time_to_unix (after) : 0;
  self->fingerprint = sha256_of (certificate);
  self->trusted = trusted;
  return self;
}

MunServerCertificate *
mun_server_certificate_ref (MunServerCertificate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
mun_server_certificate_unref (MunServerCertificate *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_free (self->subject);
  g_free (self->issuer);
  g_free (self->fingerprint);
  g_free (self);
}

const char *
mun_server_certificate_get_subject (MunServerCertificate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->subject != NULL ? self->subject : "";
}

const char *
mun_server_certificate_get_issuer (MunServerCertificate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->issuer != NULL ? self->issuer : "";
}

gint64
mun_server_certificate_get_not_before (MunServerCertificate *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->not_before;
}

gint64
mun_server_certificate_get_not_after (MunServerCertificate *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->not_after;
}

const char *
mun_server_certificate_get_fingerprint (MunServerCertificate *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->fingerprint;
}

gboolean
mun_server_certificate_is_trusted (MunServerCertificate *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->trusted;
}

char *
mun_fingerprint_normalize (const char *text)
{
  g_autoptr (GBytes) bytes = text != NULL ? mun_text_from_hex (text) : NULL;

  if (bytes == NULL || g_bytes_get_size (bytes) != 32)
    return NULL;
  return mun_text_to_hex (g_bytes_get_data (bytes, NULL), 32, TRUE);
}
