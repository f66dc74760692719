/* mun-certificate-group.h: the certificate of a credential: its figures, and making, importing,
 * exporting it */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "certificate.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Properties: "certificate" (MunCertificate, nullable, notifies), "busy" (while a key is made or a
 * file read), "common-name" (the subject of the next certificate that is made here). Actions for
 * the menu: certificate.create, .import, .download, .export-key. */
#define MUN_TYPE_CERTIFICATE_GROUP (mun_certificate_group_get_type ())
G_DECLARE_FINAL_TYPE (MunCertificateGroup, mun_certificate_group, MUN, CERTIFICATE_GROUP,
                      AdwPreferencesGroup)

/* Borrowed; NULL when there is none yet. */
MunCertificate *
mun_certificate_group_get_certificate (MunCertificateGroup *self);
void
mun_certificate_group_set_certificate (MunCertificateGroup *self, MunCertificate *certificate);
void
mun_certificate_group_set_common_name (MunCertificateGroup *self, const char *common_name);
gboolean
mun_certificate_group_get_busy (MunCertificateGroup *self);

/* What the menu does once its dialogs are answered. All return at once; what fails is said in the
 * group. */
void
mun_certificate_group_create (MunCertificateGroup *self, guint bits, guint months);
/* `password` nullable: it is asked for when the file needs one. */
void
mun_certificate_group_import (MunCertificateGroup *self, GFile *file, MunSecret *password);
/* The public part: PEM for a name that ends in ".pem", else DER. */
void
mun_certificate_group_download (MunCertificateGroup *self, GFile *file);
/* Certificate and key as PKCS#12. */
void
mun_certificate_group_export_key (MunCertificateGroup *self, GFile *file, MunSecret *password);

G_END_DECLS
