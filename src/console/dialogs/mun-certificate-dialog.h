/* mun-certificate-dialog.h: shows a server's certificate to the person who decides about it */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "server-certificate.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Responses: "trust" (only for a certificate seen for the first time), "edit" (only for a changed
 * one), "cancel". */
#define MUN_TYPE_CERTIFICATE_DIALOG (mun_certificate_dialog_get_type ())
G_DECLARE_FINAL_TYPE (MunCertificateDialog, mun_certificate_dialog, MUN, CERTIFICATE_DIALOG,
                      AdwMessageDialog)

/* `server`: name or address; `pinned`: the fingerprint that was trusted until now, NULL for a new
 * server. */
MunCertificateDialog *
mun_certificate_dialog_new (GtkWindow *parent, const char *server,
                            MunServerCertificate *certificate, const char *pinned);

/* "A1B2 C3D4 …" in lines of eight groups: for eyes. Owned. */
char *
mun_certificate_dialog_format_fingerprint (const char *sha256_hex);

G_END_DECLS
