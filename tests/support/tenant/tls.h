/* tls.h: the certificate authority and the server certificate of one run */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* Makes both (elliptic-curve keys, valid for ten days around now) for 127.0.0.1, ::1 and localhost.
 * `ca_pem` gets the authority's certificate. */
GTlsCertificate *
tenant_tls_make (char **ca_pem, GError **error);
