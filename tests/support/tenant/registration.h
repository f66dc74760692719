/* registration.h: the application registered in the tenant: certificates and granted roles */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "dice.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>

#define TENANT_GRAPH_APP_ID "00000003-0000-0000-c000-000000000000"
#define TENANT_EXCHANGE_APP_ID "00000002-0000-0ff1-ce00-000000000000"

/* A certificate that was uploaded. */
typedef struct {
  char *key_id; /* GUID */
  GBytes *der;
  char *thumbprint; /* SHA-1, 40 upper-case hex digits, as the portal shows it */
  char *sha256;     /* 64 upper-case hex digits */
  char *subject;
  gint64 not_before;
  gint64 not_after;
  gnutls_pubkey_t key;
} TenantCertificate;

typedef struct {
  char *object_id;
  char *client_id;
  char *principal_id;       /* object id of its service principal */
  char *graph_principal_id; /* the tenant's object ids of the two resources */
  char *exchange_principal_id;
  char *name;
  gboolean enabled;
  GPtrArray *certificates; /* TenantCertificate */
  GPtrArray *roles;        /* names, granted in this order */
} TenantRegistration;

/* An application permission of Microsoft Graph or Exchange Online. */
typedef struct {
  const char *name;
  const char *id;
  const char *resource; /* app id */
} TenantRole;

TenantRegistration *
tenant_registration_new (guint64 seed);
void
tenant_registration_free (TenantRegistration *self);

/* Adds a certificate given as DER or PEM; the same one twice is kept once. Returns a borrowed one.
 * Errors: G_IO_ERROR_INVALID_DATA with the reason, also when the file holds a private key. */
TenantCertificate *
tenant_registration_upload (TenantRegistration *self, GBytes *data, GError **error);
gboolean
tenant_registration_remove (TenantRegistration *self, const char *thumbprint);

/* FALSE when no such permission exists. Granting twice is once. */
gboolean
tenant_registration_grant (TenantRegistration *self, const char *role);
gboolean
tenant_registration_revoke (TenantRegistration *self, const char *role);

const TenantRole *
tenant_role_lookup (const char *name);
