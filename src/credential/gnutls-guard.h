/* gnutls-guard.h: automatic release of GnuTLS handles; inside src/credential only */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/pkcs12.h>
#include <gnutls/x509.h>

G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_crt_t, gnutls_x509_crt_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_privkey_t, gnutls_x509_privkey_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_privkey_t, gnutls_privkey_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_x509_dn_t, gnutls_x509_dn_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_pkcs12_t, gnutls_pkcs12_deinit, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (gnutls_pkcs12_bag_t, gnutls_pkcs12_bag_deinit, NULL)

/* A buffer that GnuTLS allocated; wiped, as it may hold a key. */
typedef gnutls_datum_t MunDatum;

static inline void
mun_datum_clear (MunDatum *datum)
{
  if (datum->data) {
    gnutls_memset (datum->data, 0, datum->size);
    gnutls_free (datum->data);
    datum->data = NULL;
  }
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MunDatum, mun_datum_clear)
