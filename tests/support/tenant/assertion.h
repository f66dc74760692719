/* assertion.h: checks of a signed client assertion */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tenant.h"

/* A refusal in the words of the token endpoint. */
typedef struct {
  guint status;      /* HTTP */
  const char *error; /* OAuth error name */
  guint code;        /* AADSTS number */
  char *text;
} TenantRefusal;

/* Checks the JWT of client `client_id` for the token endpoint of `segment` (the tenant's name in
 * the request's path). FALSE fills `refusal`, whose text the caller frees. */
gboolean
tenant_assertion_check (Tenant *self, const char *jwt, const char *client_id, const char *segment,
                        TenantRefusal *refusal);

/* Fills `refusal`, always FALSE. */
gboolean
tenant_refuse (TenantRefusal *refusal, guint status, const char *error, guint code,
               const char *format, ...) G_GNUC_PRINTF (5, 6);

/* TRUE when `segment` is the tenant's id or one of its domains. */
gboolean
tenant_is_own_name (Tenant *self, const char *segment);
