/* certificate.c: any file as a certificate with or without its key */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "certificate.h"
#include "errors.h"

static void
check_certificate (MunCertificate *certificate)
{
  g_autoptr (GBytes) der = mun_certificate_export_der (certificate);
  g_autofree char *pem = mun_certificate_export_pem (certificate);
  g_autoptr (GError) error = NULL;
  g_autoptr (MunCertificate) again = mun_certificate_import (der, NULL, &error);

  fuzz_assert_text (mun_certificate_get_subject (certificate));
  fuzz_assert_text (pem);
  g_assert_cmpuint (strlen (mun_certificate_get_thumbprint (certificate)), ==, 40);
  g_assert_cmpuint (strlen (mun_certificate_get_sha256 (certificate)), ==, 64);
  g_assert_no_error (error);
  g_assert_cmpstr (mun_certificate_get_sha256 (again), ==,
                   mun_certificate_get_sha256 (certificate));
  g_assert_false (mun_certificate_has_key (again));
  if (mun_certificate_has_key (certificate)) {
    g_autoptr (GBytes) signature
        = mun_certificate_sign (certificate, MUN_SIGNATURE_PS256, "data", 4, &error);

    g_assert_cmpuint (mun_certificate_get_bits (certificate), >=, 2048);
    g_assert_true ((signature == NULL) == (error != NULL));
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static MunSecret *password;
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);

  if (password == NULL)
    password = mun_secret_new ("password", 8);
  for (guint round = 0; round < 2; round++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (MunCertificate) certificate
        = mun_certificate_import (bytes, round == 0 ? NULL : password, &error);

    g_assert_true ((certificate == NULL) == (error != NULL));
    if (error != NULL) {
      g_assert_true (error->domain == MUN_ERROR);
      fuzz_assert_text (error->message);
    } else {
      check_certificate (certificate);
    }
  }
  return 0;
}
