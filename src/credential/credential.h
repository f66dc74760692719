/* credential.h: map of the folder, and all of its public headers */
/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * An "Azure AD App Credential" is how Muniment signs in to a Microsoft 365 tenant without a person:
 * a name, the application (client) id, the directory (tenant) id, and a certificate with its key.
 *
 *   certificate.[ch]        MunCertificate: an immutable X.509 certificate
 *   certificate-create.c    making one: key pair, subject, serial, extensions
 *   certificate-import.c    reading PKCS#12, PEM, encrypted PEM and DER
 *   certificate-export.c    writing DER, PEM, PKCS#8 and PKCS#12
 *   app-credential.[ch]     MunAppCredential: the four things above
 *   app-credential-check.c  cleaning what was pasted, checking, handing over to a server
 *   gnutls-guard.h          automatic release of GnuTLS handles
 *   keyring.[ch]            the same in the secret service; a library of its own (keyring_dep)
 *   keyring-items.[ch]      stored credentials as items of the secret service
 *   keyring-save.c          saving and deleting them without losing any
 *   keyring-password.c      passwords of archive servers, likewise
 *   keyring-prompt.[ch]     asking the user to unlock
 *   keyring-service.[ch]    the secret service itself: unlocking, searching, its errors
 *
 * A key lies in a MunSecret; inside GnuTLS it is for one use only, and wiped after it.
 */

#pragma once

#include "app-credential.h"
#include "certificate.h"
